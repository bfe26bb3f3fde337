/** How a photo comes to the page: samples, files, the camera, a drawing, anything dropped or pasted. */

import "./drop-zone.js";
import "./image-dock.js";
import "./sample-grid.js";
