import { colormap, colour, cssColour, inkOn } from "../../draw/colormap.js";
import { scaleFor } from "../../draw/tensor.js";
import { termsAt } from "../../geometry/convolution.js";
import { largestOf } from "../../geometry/extremes.js";
import { addUp, decimalsFor } from "../../geometry/rounding.js";
import { MINUS, exact, fixed } from "../../geometry/scale.js";
import { isTrained } from "../../state/playground.js";
import { currentTheme } from "../../state/scene.js";
import { h } from "../../widgets/dom.js";

/** @import { Colormap, Scale } from "../../draw/colormap.js" */
/** @import { Terms } from "../../geometry/convolution.js" */
/** @import { Place } from "../../geometry/same-answer.js" */
/** @import { Results } from "./results.js" */

/** @typedef {{scale: Scale, map: Colormap}} Palette */
/** @typedef {{caption: string, values: ArrayLike<number>, texts: string[], palette: Palette, inside?: boolean[], adjusted?: boolean[]}} Grid */

/** A text longer than this does not fit a cell. */
const LONGEST = 7;

/** Patch × kernel = products, and their sum: the arithmetic of one value of the map, cell by cell. */
export class PlaygroundTerms {
  #title = h("h3");
  #rows = h("div", { class: "play-rows" });
  #total = h("p", { class: "play-total" });
  #note = h("p", { class: "play-note" });
  #key = "";
  /** @type {Results["after"] | null} */
  #of = null;

  constructor() {
    this.element = h("section", { class: "play-terms", "aria-label": "Arithmetic" }, this.#title, this.#rows, this.#total, this.#note);
  }

  /**
   * @param {Results} results
   * @param {Place} at
   */
  paint({ before, after }, at) {
    const key = [at.y, at.x, currentTheme()].join();
    if (key === this.#key && after === this.#of) return;
    this.#key = key;
    this.#of = after;
    const terms = termsAt(after.picture, before.kernel, before.settings, at);
    this.#title.replaceChildren("Row ", h("b", {}, String(at.y)), ", column ", h("b", {}, String(at.x)), " of the map: patch × kernel");
    const printed = print(terms);
    const names = terms.patches.length === 3 ? ["red", "green", "blue"] : [""];
    const size = before.settings.size;
    const largest = largestOf(terms.products.flatMap((each) => [...each].map(Math.abs)));
    this.#rows.replaceChildren(
      ...terms.patches.map((patch, channel) =>
        h(
          "div",
          { class: "play-row" },
          ...(names[channel] ? [h("span", { class: "play-slice" }, names[channel])] : []),
          grid(this.#patch(patch, terms.inside, isTrained(before.state)), size),
          h("span", { class: "play-sign", "aria-hidden": "true" }, "×"),
          grid(kernelGrid(before.kernel.slices, channel, before.state.cells), size),
          h("span", { class: "play-sign", "aria-hidden": "true" }, "="),
          grid({ caption: "products", values: terms.products[channel] ?? [], palette: signed(largest), ...cut(printed, channel, patch.length) }, size),
        ),
      ),
    );
    this.#writeTotal(terms, before.kernel.bias, terms.products.length * size * size);
    this.#note.textContent = noteOf(terms, printed.rounded, before.settings.mode);
  }

  /**
   * @param {Float32Array} values
   * @param {boolean[]} inside
   * @param {boolean} trained
   * @returns {Grid}
   */
  #patch(values, inside, trained) {
    const most = largestOf([...values].map(Math.abs));
    const scale = trained ? scaleFor(-most, most, "diverging") : { low: 0, high: 255 };
    const map = colormap(trained ? "diverging" : "grey", currentTheme());
    return { caption: "patch of the photo", values, texts: short(values, most), palette: { scale, map }, inside };
  }

  /**
   * @param {Terms} terms
   * @param {number} bias
   * @param {number} count
   */
  #writeTotal({ sum, value }, bias, count) {
    const parts = [h("span", {}, `Sum of ${count} products`), h("b", {}, exact(sum))];
    if (bias) parts.push(h("span", {}, "+ bias"), h("b", {}, exact(bias)));
    parts.push(h("span", {}, "= the value in the map"), h("output", { class: "play-value" }, exact(value)));
    this.#total.replaceChildren(...parts);
  }
}

/**
 * @param {Float32Array[]} slices
 * @param {number} channel
 * @param {readonly string[]} typed
 * @returns {Grid}
 */
function kernelGrid(slices, channel, typed) {
  const values = slices[channel] ?? new Float32Array(0);
  const most = largestOf(slices.flatMap((slice) => [...slice].map(Math.abs)));
  const own = typed.slice(channel * values.length, (channel + 1) * values.length);
  const texts = own.every((text) => text.length <= LONGEST) ? own.map((text) => text.replace("-", MINUS)) : short(values, most);
  return { caption: "kernel", values, texts, palette: signed(most) };
}

/** @param {number} most @returns {Palette} */
const signed = (most) => ({ scale: scaleFor(-most, most, "diverging"), map: colormap("diverging", currentTheme()) });

/**
 * Exactly, where all of them fit their cells; else all with the same decimals.
 *
 * @param {ArrayLike<number>} values
 * @param {number} largest
 */
function short(values, largest) {
  const texts = Array.from(values, exact);
  if (texts.every((text) => text.length <= LONGEST)) return texts;
  return Array.from(values, (value) => fixed(value, decimalsFor(largest)));
}

/**
 * The products exactly where all fit, else rounded so that what is printed adds up.
 *
 * @param {Terms} terms
 */
function print({ products, sum }) {
  const all = products.flatMap((each) => [...each]);
  const texts = all.map(exact);
  if (texts.every((text) => text.length <= LONGEST)) return { texts, adjusted: all.map(() => false), rounded: false };
  const { parts } = addUp(all, sum, decimalsFor(largestOf(all.map(Math.abs))));
  return { texts: parts.map(({ text }) => text), adjusted: parts.map(({ adjusted }) => adjusted), rounded: true };
}

/**
 * @param {{texts: string[], adjusted: boolean[]}} printed
 * @param {number} channel
 * @param {number} size
 */
const cut = ({ texts, adjusted }, channel, size) => ({
  texts: texts.slice(channel * size, (channel + 1) * size),
  adjusted: adjusted.slice(channel * size, (channel + 1) * size),
});

/**
 * @param {Grid} of
 * @param {number} size
 */
function grid({ caption, values, texts, palette, inside, adjusted }, size) {
  const rows = Array.from({ length: size }, (_, row) => {
    const cells = Array.from({ length: size }, (_, column) => {
      const at = row * size + column;
      const value = values[at] ?? 0;
      const rgb = colour(value, palette.scale, palette.map);
      const outside = inside?.[at] === false;
      const title = outside ? `${exact(value)}, beyond the border` : exact(value);
      const cell = h("td", { class: outside ? "outside" : adjusted?.[at] ? "adjusted" : null, title }, texts[at] ?? "");
      cell.style.background = cssColour(rgb);
      cell.style.color = inkOn(rgb);
      return cell;
    });
    return h("tr", {}, ...cells);
  });
  return h("table", { class: "play-grid" }, h("caption", {}, caption), h("tbody", {}, ...rows));
}

/**
 * @param {Terms} terms
 * @param {boolean} rounded
 * @param {string} mode
 */
function noteOf({ inside }, rounded, mode) {
  const outside = inside.filter((each) => !each).length;
  const parts = [];
  const what = { zeros: "zeros", wrap: "the opposite side", reflect: "the mirrored photo" }[mode] ?? mode;
  if (outside) parts.push(`${outside} of ${inside.length} cells lie beyond the border and read ${what}.`);
  if (rounded) parts.push("Cells are printed rounded, products so that they add up; the sum and the value are exact.");
  parts.push("Float32: each product is rounded, then added row by row, from left to right; the bias last.");
  return parts.join(" ");
}
