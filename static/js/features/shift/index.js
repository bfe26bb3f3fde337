/** What a network says when the photo moves. */

import "./shift-controls.js";
import "./shift-lead.js";
import "./shift-pad.js";
import "./shift-table.js";
import "./shift-variants.js";
import "../../widgets/terms.js";

/** What is further down the page: what is above comes first. */
export const lowerParts = () => Promise.all([import("./shift-sweep.js"), import("./shift-warp.js"), import("./shift-dense.js")]);
