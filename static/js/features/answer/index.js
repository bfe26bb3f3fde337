/** What the network says. */

import "./class-bars.js";
