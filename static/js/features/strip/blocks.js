import { largestOf, smallestOf } from "../../geometry/extremes.js";
import { h, place, setAttribute, setText } from "../../widgets/dom.js";

/** @import { Column } from "../../geometry/layout.js" */
/** @import { BlockMark } from "./branches.js" */

/** Height of the row. */
export const BLOCKS_ROOM = 22;
/** A folded block is as narrow as its column; its button may stand over the gaps beside it. */
const OVER = 6;

/** @typedef {(fold: boolean, blocks: readonly BlockMark[]) => void} Fold */

/** What a press on each button does now. @type {WeakMap<HTMLElement, () => void>} */
const presses = new WeakMap();

/**
 * The names of the blocks above their columns: a click folds one, or opens it.
 *
 * @param {readonly BlockMark[]} blocks
 * @param {HTMLElement} row
 * @param {readonly Column[]} columns
 * @param {Fold} fold
 */
export function paintBlocks(blocks, row, columns, fold) {
  paintAll(blocks, row, fold);
  while (row.children.length > blocks.length) row.lastElementChild?.remove();
  while (row.children.length < blocks.length) row.append(pressed("strip-block", h("b", {}, h("i", { "aria-hidden": "true" }), h("span"))));
  blocks.forEach((block, at) => {
    const element = /** @type {HTMLElement} */ (row.children[at]);
    const [sign, name] = element.firstElementChild?.children ?? [];
    const own = columns.slice(block.from, block.to + 1);
    const [left, right] = [smallestOf(own.map(({ x }) => x)), largestOf(own.map(({ x, width }) => x + width))];
    if (!sign || !name) return;
    presses.set(element, () => fold(!block.folded, [block]));
    setText(sign, block.folded ? "+" : "\u2212");
    setText(name, block.name);
    const count = block.last - block.first + 1;
    setAttribute(element, "aria-expanded", String(!block.folded));
    setAttribute(element, "title", `${block.folded ? "Open" : "Fold"} ${block.name}, ${count} layers`);
    place(element, { left: left - OVER / 2, width: right - left + OVER });
  });
}

/**
 * One button in the bar of the strip for all of them.
 *
 * @param {readonly BlockMark[]} blocks
 * @param {HTMLElement} row
 * @param {Fold} fold
 */
function paintAll(blocks, row, fold) {
  const bar = row.closest("network-strip")?.querySelector(".strip-bar");
  const there = /** @type {HTMLElement | null} */ (bar?.querySelector(".fold-all") ?? null);
  if (!bar || !blocks.length) return there?.remove();
  const button = there ?? pressed("btn small fold-all");
  if (!there) bar.querySelector(".find")?.after(button);
  const open = 2 * blocks.filter(({ folded }) => folded).length < blocks.length;
  setText(button, open ? "Fold" : "Unfold");
  setAttribute(button, "title", open ? "Show one layer of every block" : "Show every layer");
  presses.set(button, () => fold(open, blocks));
}

/**
 * @param {string} name Its class.
 * @param {...HTMLElement} children
 */
function pressed(name, ...children) {
  const button = h("button", { type: "button", class: name }, ...children);
  button.addEventListener("click", () => presses.get(button)?.());
  return button;
}
