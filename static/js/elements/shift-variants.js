import { fixed } from "../geometry/scale.js";
import { session } from "../state/session.js";
import { BORDERS, POOLINGS, shift } from "../state/shift.js";
import { BaseElement } from "./base-element.js";
import { h, setAttribute, setText } from "./dom.js";
import { rove } from "./keys.js";
import { BORDER_NAMES, POOLING_NAMES, percentText } from "./shift-words.js";

/** @import { Border, LayerNumbers, Pooling } from "../api/live-messages.js" */
/** @import { Variants } from "../state/shift-types.js" */

/** Bars are at least drawn on this scale, so that a tiny error does not look like a large one. */
const LEAST_SCALE = 0.2;

const AS_TRAINED = "This is the network as it was trained; any other border or pooling changes it.";
const NO_POOLING = "this network has none";

/** Kinds of layer that the choice of a pooling replaces. */
const POOLS = new Set(["max_pool2d", "avg_pool2d", "blur_pool2d"]);

/** @type {Record<Border, string>} */
const BORDER_TIPS = {
  trained: "Each layer pads as it was trained to, or not at all",
  zeros: "Zeros enter at the edges, in the photo and in every layer",
  wrap: "The photo and every map continue on the other side",
  reflect: "The photo and every map are mirrored at the edges",
};

/** @type {Record<Pooling, string>} */
const POOLING_TIPS = {
  trained: "The layers it was trained with",
  max: "The largest of each window",
  average: "The mean of each window",
  blur3: "The largest of each window at every place, blurred by 1 2 1 over 3 places, then every second value (Zhang 2019)",
  blur5: "The same, blurred by 1 4 6 4 1 over 5 places",
  strided: "Every second value, as it is",
};

/** What stands beyond the border, and how the network pools: the same weights each time. */
export class ShiftVariants extends BaseElement {
  /** @type {HTMLButtonElement[]} */
  #borders = [];
  /** @type {HTMLButtonElement[]} */
  #poolings = [];

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(shift.border, shift.pooling, shift.variants, shift.result, session.model);
    this.#borders = BORDERS.map((border) => this.#borderButton(border));
    this.piece("borders").replaceChildren(...this.#borders);
    this.#poolings = POOLINGS.slice(1).map((pooling) => this.#poolingButton(pooling));
    const list = this.piece("poolings");
    list.replaceChildren(...this.#poolings);
    list.addEventListener("keydown", (event) => rove(event, this.#poolings, 1), { signal });
  }

  /** @param {Border} border */
  #borderButton(border) {
    const button = h("button", { type: "button", title: BORDER_TIPS[border], "data-border": border }, BORDER_NAMES[border]);
    button.addEventListener("click", () => (shift.border.value = border));
    return button;
  }

  /** @param {Pooling} pooling */
  #poolingButton(pooling) {
    const parts = [h("span", {}, POOLING_NAMES[pooling]), h("i", { "aria-hidden": "true" }), h("b", { class: "num" })];
    const button = h("button", { type: "button", title: POOLING_TIPS[pooling], "data-pooling": pooling }, ...parts);
    button.addEventListener("click", () => {
      // The one it was trained with is the network itself, with nothing changed.
      shift.pooling.value = shift.variants.value?.trained === pooling ? "trained" : pooling;
    });
    return button;
  }

  /** @override */
  paint() {
    const { border, pooling, variants, result } = shift;
    for (const button of this.#borders) setAttribute(button, "aria-pressed", String(button.dataset.border === border.value));
    const all = variants.value;
    const chosen = pooling.value === "trained" ? all?.trained : pooling.value;
    const row = (all?.nodes.length ?? 0) - 1;
    const none = session.model.value !== null && !session.model.value.nodes.some(({ kind }) => POOLS.has(kind));
    this.piece("poolings").hidden = none;
    const most = Math.max(LEAST_SCALE, ...[...(all?.byPooling.values() ?? [])].map(({ layers }) => layers[row]?.error ?? 0));
    for (const button of this.#poolings) {
      const name = /** @type {Pooling} */ (button.dataset.pooling);
      this.#paintBar(button, all?.byPooling.get(name), row, most);
      setAttribute(button, "aria-pressed", String(name === chosen));
      setText(/** @type {Element} */ (button.firstElementChild), POOLING_NAMES[name] + (name === all?.trained ? " (trained)" : ""));
      button.tabIndex = name === (chosen ?? "max") ? 0 : -1;
    }
    setText(this.piece("caption"), none ? NO_POOLING : captionOf(all, row));
    setAttribute(this.piece("caption"), "title", all ? `at dx ${fixed(all.dx, 0)}, dy ${fixed(all.dy, 0)}` : null);
    this.#paintChanges(result.value?.changes ?? []);
  }

  /** @param {readonly string[]} changes  Sentences: what the network was not trained with. */
  #paintChanges(changes) {
    const list = this.piece("changes");
    const lines = changes.length ? changes : [AS_TRAINED];
    const text = lines.join("\n");
    if (list.dataset.text === text) return;
    list.dataset.text = text;
    list.replaceChildren(...lines.map((line) => h("li", {}, line)));
    list.classList.toggle("changed", changes.length > 0);
  }

  /**
   * @param {HTMLElement} button
   * @param {{layers: LayerNumbers[], stale: boolean} | undefined} variant
   * @param {number} row
   * @param {number} most
   */
  #paintBar(button, variant, row, most) {
    const layer = variant?.layers[row];
    const [, bar, number] = /** @type {[Element, HTMLElement, Element]} */ ([...button.children]);
    button.classList.toggle("stale", !layer || variant?.stale === true);
    bar.style.setProperty("--share", String((layer?.error ?? 0) / most));
    const text = layer?.error === null || !layer ? "\u2013" : percentText(layer.error);
    setText(number, layer?.exact ? `${text} ✓` : text);
  }
}

/**
 * Whose errors the bars are.
 *
 * @param {Variants | null} variants
 * @param {number} row
 */
function captionOf(variants, row) {
  const node = variants?.nodes[row];
  if (!variants || !node) return "";
  return `error of ${node}, %`;
}

customElements.define("shift-variants", ShiftVariants);
