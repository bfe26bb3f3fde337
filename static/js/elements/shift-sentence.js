import { h, setText } from "./dom.js";

/** @import { Part } from "../layer-views/words.js" */

/** @type {WeakMap<Element, string>} */
const written = new WeakMap();

/** @param {readonly Part[]} parts */
export const textOf = (parts) => parts.map((part) => (typeof part === "string" ? part : part.strong)).join("");

/**
 * Write a sentence, its numbers strong, only where it differs from what is there.
 *
 * @param {Element} line
 * @param {readonly Part[]} parts
 * @returns {boolean}  Whether it does.
 */
export function writeParts(line, parts) {
  const text = textOf(parts);
  if (written.get(line) === text) return false;
  written.set(line, text);
  const known = [...line.childNodes];
  const alike = known.length === parts.length && parts.every((part, at) => (typeof part === "string") === (known[at]?.nodeType === Node.TEXT_NODE));
  if (alike) parts.forEach((part, at) => setText(/** @type {Node} */ (known[at]), typeof part === "string" ? part : part.strong));
  else line.replaceChildren(...parts.map((part) => (typeof part === "string" ? part : h("b", { class: "num" }, part.strong))));
  return true;
}
