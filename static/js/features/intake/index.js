/** How a photo comes to the page: samples, files, the camera, a drawing, anything dropped or pasted. */

import { late } from "../../api/client.js";
import "./image-dock.js";
import "./sample-grid.js";

// What is dropped comes later than the first picture.
void late(() => import("./drop-zone.js"));
