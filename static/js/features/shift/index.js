/** What a network says when the photo moves. */

import { late } from "../../api/client.js";
import "./shift-controls.js";
import "./shift-lead.js";
import "./shift-pad.js";
import "./shift-table.js";
import "./shift-variants.js";
import "../../widgets/terms.js";

/** What is further down the page: what is above comes first. */
export const lowerParts = () => Promise.all([late(() => import("./shift-sweep.js")), late(() => import("./shift-warp.js")), late(() => import("./shift-dense.js"))]);
