import { numbersNow, shortest } from "../../state/edits.js";
import { h, setHidden, setText } from "../../widgets/dom.js";
import { NumberCells } from "./cells.js";

/** @import { NodeDetail, NpyArray } from "../../api/client.js" */
/** @import { Edit } from "../../state/edits.js" */
/** @import { Editing } from "../../state/editing.js" */

/** The four numbers that a channel of batch norm has, as they stand in its formula. */
const NUMBERS = /** @type {const} */ ([["weight", "scale \u03b3"], ["bias", "shift \u03b2"], ["running_mean", "mean \u03bc"], ["running_var", "variance \u03c3\u00b2"]]);

/** Scale and shift of a channel of batch norm, and the mean and variance that it was trained with. */
export class NormPart {
  #cells;
  #formula = h("p", { class: "note" });
  /** @type {{node: string, at: number, now: number[]}} */
  #now = { node: "", at: 0, now: [] };

  /** @param {Editing} editing */
  constructor(editing) {
    this.#cells = new NumberCells({ done: (values) => void editing.change(this.#changed(values)), trying: (values) => void editing.try(this.#changed(values)) }, "Scale and shift", true);
    this.#cells.lay(NUMBERS.map(([, name]) => name), NUMBERS.length);
    const reset = h("button", { type: "button", class: "btn small", title: "As trained" }, "Reset");
    reset.addEventListener("click", () => void editing.drop(NUMBERS.map(([key]) => this.#edit(key, 0))));
    const names = h("div", { class: "edit-four" }, ...NUMBERS.map(([, name]) => h("span", {}, name)));
    this.element = h("div", { class: "edit-kernel" }, h("div", { class: "edit-row" }, h("h3", {}, "Scale and shift"), reset), h("div", {}, names, this.#cells.element), this.#formula);
  }

  /** @param {string} what @param {number} value @returns {Edit} */
  #edit(what, value) {
    return { node: this.#now.node, what, which: String(this.#now.at), value: shortest(value), rest: "", off: false };
  }

  /** @param {readonly number[]} read */
  #changed(read) {
    return NUMBERS.flatMap(([key], at) => (read[at] === this.#now.now[at] ? [] : [this.#edit(key, read[at] ?? NaN)]));
  }

  /**
   * @param {NodeDetail} node
   * @param {number} at
   * @param {readonly Edit[]} edits
   * @param {(key: string) => NpyArray | null} trained
   */
  paint(node, at, edits, trained) {
    const arrays = node.kind === "batch_norm2d" ? NUMBERS.map(([key]) => trained(key)) : [];
    const there = arrays.length > 0 && arrays.every(Boolean);
    setHidden(this.element, !there);
    if (!there) return;
    const now = NUMBERS.map(([key], which) => {
      const array = /** @type {NpyArray} */ (arrays[which]);
      return numbersNow(edits, { node: node.name, what: key, at: [at], shape: array.shape }, [Number(array.data[at])])[0] ?? NaN;
    });
    this.#now = { node: node.name, at, now };
    this.#cells.paint(now);
    setText(this.#formula, `y = \u03b3 (x \u2212 \u03bc) / \u221a(\u03c3\u00b2 + ${Number(node.config.epsilon)}) + \u03b2. A variance below 0 is refused.`);
  }
}
