import { colormap } from "../draw/colormap.js";
import { convolutionTerms, largestTerms } from "../draw/products.js";
import { valueAt } from "../draw/tensor.js";
import { fixed } from "../geometry/scale.js";
import { session } from "../state/session.js";
import { h, s } from "./dom.js";
import { parameter } from "./parameters.js";
import { currentTheme, layerOnScreen, paletteOf } from "./scene.js";
import { valueColours } from "./strip-cell.js";
import { HEAD, NUMERALS, ROW, WIDTH, captions, numbers, rowMarks, sumAxis, sumMarks } from "./terms-marks.js";

/** @import { ModelDetail, NodeDetail } from "../api/client.js" */
/** @import { Term } from "../draw/products.js" */
/** @import { Activation, Pixel } from "../state/session.js" */
/** @import { Palette } from "./scene.js" */

const MOST_ROWS = 10;
/** Wider kernels are shown as colours alone: their numbers would be too small to read. */
const WIDEST_IN_NUMBERS = 3;

/** The sum behind a value of a convolution: patch × kernel of every input channel, what each adds, and the bias. */
export class InspectorTerms {
  #drawing = s("svg", {
    class: "terms",
    width: WIDTH,
    role: "img",
    "aria-label": "Patch times kernel, and what each input channel adds",
  });
  #total = h("p", { class: "terms-total" });
  #source = "";
  #markup = "";

  /**
   * @param {AbortSignal} signal
   * @param {() => void} changed Paint again.
   */
  constructor(signal, changed) {
    this.element = h("div", { class: "inspector-terms" }, this.#drawing, this.#total);
    this.changed = changed;
    this.#drawing.addEventListener(
      "pointermove",
      (event) => {
        const row = event.target instanceof Element ? event.target.closest("[data-row]") : null;
        if (row) this.#open(Number(row.getAttribute("data-row")));
      },
      { signal },
    );
    this.#drawing.addEventListener("pointerleave", () => (session.hover.value = null), { signal });
  }

  /** @param {number} channel */
  #open(channel) {
    const { y, x } = session.selection.value;
    const now = session.hover.value;
    if (now?.node === this.#source && now.channel === channel) return;
    session.hover.value = { node: this.#source, channel, y, x };
  }

  /**
   * @param {ModelDetail} model
   * @param {NodeDetail} node
   * @param {Activation} activation
   * @param {Pixel} pixel
   */
  paint(model, node, activation, pixel) {
    const [source = ""] = node.inputs;
    const input = layerOnScreen(source)?.activation;
    const weights = node.kind === "conv2d" ? parameter(model.id, `${node.name}.weight`, this.changed) : null;
    const biased = `${node.name}.bias` in node.parameters;
    const bias = biased ? parameter(model.id, `${node.name}.bias`, this.changed) : null;
    const known = input && weights?.data instanceof Float32Array && (bias || !biased);
    this.element.hidden = !known;
    if (!known || !(weights.data instanceof Float32Array)) return;
    this.#source = source;
    const terms = convolutionTerms(node, { shape: weights.shape, data: weights.data }, input, pixel);
    this.#draw(terms, weights.shape[3] ?? 1, weights.data, input);
    this.#writeTotal(terms, biased ? (bias?.data[pixel.channel] ?? 0) : null, activation, pixel, reluOf(model, node));
  }

  /**
   * @param {Term[]} terms
   * @param {number} width Of the kernel.
   * @param {Float32Array} weights
   * @param {Activation} input
   */
  #draw(terms, width, weights, input) {
    const { shown, others } = largestTerms(terms, MOST_ROWS);
    const largest = shown.reduce(
      (best, term) => (Math.abs(term.sum) > Math.abs(best.sum) ? term : best),
      shown[0] ?? { channel: -1, sum: 0 },
    );
    const hovered = session.hover.value;
    const wanted = shown.find((term) => hovered?.node === input.node && term.channel === hovered.channel);
    const open = (wanted ?? largest).channel;
    const palettes = {
      patch: paletteOf(input, shown[0]?.channel ?? 0),
      kernel: symmetric(weights),
      product: symmetric(shown.flatMap((term) => term.products)),
    };
    const axis = sumAxis([...shown.map((term) => term.sum), others.sum]);
    const parts = [captions()];
    let [y, run] = [HEAD, 0];
    for (const term of shown) {
      const opened = term.channel === open && width <= WIDEST_IN_NUMBERS;
      const height = ROW + (opened ? (term.kernel.length / width) * NUMERALS + 5 : 0);
      parts.push(
        `<g data-row="${term.channel}" class="term${opened ? " open" : ""}"><rect class="hit" x="-8" y="${y}" width="${WIDTH + 16}" height="${height}"/>`,
      );
      parts.push(rowMarks(term, width, y, palettes, input.kind === "input" && input.shape[0] === 3));
      parts.push(sumMarks(axis, run, term.sum, y, opened ? height : ROW, term !== shown.at(-1) || others.count > 0));
      if (opened) parts.push(numbers(term, width, y + ROW, palettes));
      parts.push("</g>");
      run += term.sum;
      y += height;
    }
    if (others.count) {
      parts.push(
        `<text class="faint" x="0" y="${y + 19}">${others.count} others together</text>${sumMarks(axis, run, others.sum, y, ROW, false)}`,
      );
      y += ROW;
    }
    parts.unshift(`<path class="zero" d="M${axis(0)} ${HEAD}V${y}"/>`);
    this.#write(parts.join(""), y + 2);
  }

  /**
   * @param {string} markup Numbers only.
   * @param {number} height
   */
  #write(markup, height) {
    if (markup === this.#markup) return;
    this.#markup = markup;
    this.#drawing.setAttribute("height", String(height));
    this.#drawing.setAttribute("viewBox", `0 0 ${WIDTH} ${height}`);
    this.#drawing.innerHTML = markup;
  }

  /**
   * @param {readonly Term[]} terms
   * @param {number | null} bias null where the layer has none.
   * @param {Activation} activation
   * @param {Pixel} pixel
   * @param {Activation | undefined} rectified The ReLU that follows.
   */
  #writeTotal(terms, bias, activation, { channel, y, x }, rectified) {
    const sum = terms.reduce((total, term) => total + term.sum, 0);
    const chip = (/** @type {number} */ value) => {
      const element = h("b", { class: "chip" }, fixed(value, 3));
      const { background, ink } = valueColours(activation, channel, value);
      element.style.background = background;
      element.style.color = ink;
      return element;
    };
    const added = bias === null ? [] : [" + bias ", chip(bias), " = ", chip(sum + bias)];
    const after = rectified
      ? [h("span", { class: "terms-after" }, "ReLU →"), chip(valueAt(rectified, channel, y, x))]
      : [];
    this.#total.replaceChildren("Σ ", chip(sum), ...added, ...after);
  }
}

/**
 * What becomes of the sum where a ReLU alone reads it.
 *
 * @param {ModelDetail} model
 * @param {NodeDetail} node
 */
function reluOf(model, node) {
  const readers = model.nodes.filter((each) => each.inputs.includes(node.name));
  const [only] = readers;
  return only && readers.length === 1 && only.kind === "relu" ? layerOnScreen(only.name)?.activation : undefined;
}

/**
 * A signed scale around zero that holds all these values.
 *
 * @param {Iterable<number>} values
 * @returns {Palette}
 */
function symmetric(values) {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return { scale: { low: -largest, high: largest }, map: colormap("diverging", currentTheme()) };
}
