import { h, setText } from "../../widgets/dom.js";

/** @import { Part } from "../../layer-views/words.js" */

/** @type {WeakMap<Element, string>} */
const written = new WeakMap();

/** @param {readonly Part[]} parts */
export const textOf = (parts) => parts.map((part) => (typeof part === "string" ? part : part.strong)).join("");

/**
 * Write a sentence, its numbers strong, only where it differs from what is there: words change more easily than
 * the elements they stand in.
 *
 * @param {Element} line
 * @param {readonly Part[]} parts
 * @returns {boolean}  Whether it does.
 */
export function writeParts(line, parts) {
  const text = textOf(parts);
  if (written.get(line) === text) return false;
  written.set(line, text);
  const texts = byTurns(parts);
  while (line.childNodes.length > texts.length) line.lastChild?.remove();
  texts.forEach((each, at) => {
    const known = line.childNodes[at];
    if (known) setText(known, each);
    else line.append(at % 2 ? h("b", { class: "num" }, each) : each);
  });
  return true;
}

/**
 * Plain, strong, plain, strong and so on; between two strong ones that touch, the plain one is empty.
 *
 * @param {readonly Part[]} parts
 */
function byTurns(parts) {
  const texts = [""];
  for (const part of parts) {
    if (typeof part !== "string") texts.push(part.strong, "");
    else texts.push((texts.pop() ?? "") + part);
  }
  return texts;
}
