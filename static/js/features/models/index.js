/** The networks there are, side by side, and bringing one's own. */

import { late } from "../../api/client.js";
import "./model-picker.js";

/** @param {File[]} files A network that was dropped, and the files of its weights. */
export const takeModel = async (files) => (await late(() => import("./model-import.js"))).takeModel(files);
