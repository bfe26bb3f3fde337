/** The part of the photo that the network sees. */

import "./crop-box.js";
