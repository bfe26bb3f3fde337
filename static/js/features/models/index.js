/** The networks there are, side by side, and bringing one's own. */

import "./model-picker.js";

/** @param {File} file A network that was dropped. */
export const takeModel = async (file) => (await import("./model-import.js")).takeModel(file);
