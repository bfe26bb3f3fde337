/** One filter on one photo, every product to be seen. */

import "./filter-playground.js";
