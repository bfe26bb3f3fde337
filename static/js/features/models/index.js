/** The networks there are, side by side, and bringing one's own. */

import "./model-picker.js";

/** @param {File[]} files A network that was dropped, and the files of its weights. */
export const takeModel = async (files) => (await import("./model-import.js")).takeModel(files);
