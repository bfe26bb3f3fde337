/** What stands around every page: the way to the others, the theme, what is under way. */

import "./page-tabs.js";
import "./status-line.js";
import "./theme-toggle.js";

/** Nobody copies the link of a view before there is one. */
export const copying = () => import("./copy-link.js");
