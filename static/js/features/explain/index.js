/** Why an answer is what it is: the question, ten maps with their checks, the chosen one large, its film. */

import "./explain-charts.js";
import "./explain-film.js";
import "./explain-head.js";
import "./explain-inspector.js";
import "./explain-photo.js";
import "./explain-question.js";
import "./explain-tiles.js";
import "./explain-views.js";

export { half } from "./explain-views.js";
export { listenToKeys } from "./keys.js";
