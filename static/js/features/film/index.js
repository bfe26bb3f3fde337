/** The forward pass as a film: moving through layers and values, by button and by key. */

import "./step-bar.js";
