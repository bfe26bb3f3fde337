/** Words that say what they mean, on hover and on focus. */

import { late } from "../api/client.js";
import { h } from "./dom.js";
import { styles } from "./styles.js";

/** @import { Part } from "../layer-views/words.js" */

/**
 * @param {string} text
 * @param {string} says  One sentence.
 * @param {string} [className]
 */
export const term = (text, says, className = "") => h("dfn", { class: `term ${className}`, tabindex: 0, "aria-description": says }, text);

/** A piece of a sentence. @param {Part} part @returns {Node | string} */
export function partNode(part) {
  if (typeof part === "string") return part;
  return part.says ? term(part.strong, part.says, "strong") : h("b", {}, part.strong);
}

const show = (/** @type {Event} */ { target }) => {
  const word = target instanceof Element ? target.closest(".term") : null;
  if (word) void Promise.all([late(() => import("./term-tip.js")), styles("help")]).then(([{ showTip }]) => word.isConnected && showTip(word));
};
for (const when of ["pointerover", "focusin"]) document.addEventListener(when, show);
