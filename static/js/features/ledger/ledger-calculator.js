import { TIMES } from "../../geometry/scale.js";
import { pair } from "../../layer-views/words.js";
import { view } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, setText } from "../../widgets/dom.js";

/** @import { ModelDetail, NodeDetail } from "../../api/client.js" */
/** @typedef {Record<"height" | "width" | "channels" | "units" | "filters" | "kernel", number>} Sizes */

/** A small photograph, and as many units as ImageNet has classes. */
const PHOTO = { height: 256, width: 256, channels: 3, units: 1000, filters: 10, kernel: 3 };
const BYTES = 4n; // of a float32

/** @param {bigint | number} count */
const digits = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, "\u202f");

/** @param {bigint} bytes */
function memory(bytes) {
  const steps = Math.min(5, Math.floor((String(bytes).length - 1) / 3));
  const value = Number(bytes) / 1000 ** steps;
  return `${value < 100 ? value.toPrecision(2) : Math.round(value)} ${["bytes", "kB", "MB", "GB", "TB", "PB"][steps]}`;
}

/**
 * A product with every number filled in; exact, however large.
 *
 * @param {...number} factors
 */
function product(...factors) {
  const count = factors.reduce((sofar, factor) => sofar * BigInt(factor), 1n);
  return { count, formula: `${factors.map(digits).join(` ${TIMES} `)} = `, text: digits(count) };
}

/**
 * The weights of a fully connected layer and of one of filters; biases are apart.
 *
 * @param {Sizes} sizes
 */
export function connections({ height, width, channels, units, filters, kernel }) {
  const dense = product(height, width, channels, units);
  const shared = product(kernel, kernel, channels, filters);
  return { dense, shared, memory: memory(dense.count * BYTES), times: digits((dense.count + shared.count / 2n) / shared.count) };
}

/**
 * What a layer connects.
 *
 * @param {ModelDetail} model
 * @param {NodeDetail} node
 * @returns {Sizes}
 */
export function sizesOf(model, node) {
  const source = model.nodes.find((each) => each.name === node.inputs[0]) ?? node;
  const [channels = 1, height = 1, width = 1] = source.output_shape;
  const [filters = 1, ...map] = node.output_shape;
  const units = map.reduce((sofar, extent) => sofar * extent, filters);
  const kernel = pair(node, "kernel_size")[0] ?? 1;
  return { height, width, channels, units, filters, kernel };
}

/** "Why not fully connected": the selected layer's sizes, or anybody's, and what they come to. */
export class LedgerCalculator extends BaseElement {
  #own = /** @type {Sizes} */ (PHOTO);
  #name = "";

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(this.subject.model, view.selection);
    this.#form.addEventListener("submit", (event) => event.preventDefault(), { signal });
    this.#form.addEventListener("input", () => this.#work(), { signal });
    this.piece("layer").addEventListener("click", () => this.#fill(this.#own), { signal });
    this.piece("photo").addEventListener("click", () => this.#fill(PHOTO), { signal });
  }

  get #form() {
    return this.piece("form", HTMLFormElement);
  }

  /** Take up the selected layer, or the first convolution where that one connects nothing. @override */
  paint() {
    const { model } = this.subject;
    const { selection } = view;
    const connects = model.value?.nodes.filter((node) => ["conv2d", "dense"].includes(node.kind));
    const node = connects?.find(({ name }) => name === selection.value.node) ?? connects?.[0];
    const name = `${model.value?.id}/${node?.name}`;
    if (!model.value || !node || name === this.#name) return;
    this.#name = name;
    this.#own = sizesOf(model.value, node);
    setText(this.piece("layer"), node.name);
    this.#fill(this.#own);
  }

  /** @param {Sizes} sizes */
  #fill(sizes) {
    for (const [name, value] of Object.entries(sizes)) {
      const field = this.#form.elements.namedItem(name);
      if (field instanceof HTMLInputElement) field.value = String(value);
    }
    this.#work();
  }

  #work() {
    const entries = [...new FormData(this.#form)].map(([name, text]) => [name, Number(text)]);
    const sizes = /** @type {Sizes} */ (Object.fromEntries(entries));
    const same = (/** @type {Sizes} */ other) => String(JSON.stringify(sizes) === JSON.stringify(other));
    this.piece("layer").setAttribute("aria-pressed", same(this.#own));
    this.piece("photo").setAttribute("aria-pressed", same(PHOTO));
    const valid = this.#form.checkValidity();
    for (const part of ["dense", "shared", "times"]) this.piece(part).hidden = !valid;
    this.piece("invalid").hidden = valid;
    if (!valid) return;
    const { dense, shared, memory, times } = connections(sizes);
    this.piece("dense").replaceChildren(dense.formula, h("b", {}, dense.text), ` weights, ${memory} of memory`);
    this.piece("shared").replaceChildren(shared.formula, h("b", {}, shared.text), " weights, at any size of the image");
    setText(this.piece("times"), `${times} times as many weights, biases not counted.`);
  }
}

customElements.define("ledger-calculator", LedgerCalculator);
