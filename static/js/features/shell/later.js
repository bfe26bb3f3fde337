/** What the first picture does without. */

import "./copy-link.js";

export { away, surviveServer } from "../../state/server.js";
