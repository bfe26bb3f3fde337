/** One line for whoever is here for the first time. */

import "./first-visit.js";
