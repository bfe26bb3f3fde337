/** Every layer beside the others, and the chosen one on a sheet. */

import "./network-strip.js";
