import { largestOf } from "../../geometry/extremes.js";
import { fixed } from "../../geometry/scale.js";
import { BORDERS, POOLINGS, shift } from "../../state/shift.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, setAttribute, setStyle, setText } from "../../widgets/dom.js";
import { rove } from "../../widgets/keys.js";
import { BORDER_NAMES, POOLING_NAMES, variantText } from "./words.js";

/** @import { Border, Pooling } from "../../api/live-messages.js" */
/** @import { Variant, Variants } from "../../state/shift-types.js" */

/** Bars are at least drawn on this scale, so that a tiny error does not look like a large one. */
const LEAST_SCALE = 0.2;

const AS_TRAINED = "This is the network as it was trained.";
const NO_POOLING = "this network has none";

/** Kinds of layer that the choice of a pooling replaces. */
const POOLS = new Set(["max_pool2d", "avg_pool2d", "blur_pool2d"]);

/** @type {Record<Border, string>} */
const BORDER_TIPS = {
  trained: "Each layer pads as it was trained to, or not at all",
  zeros: "Zeros enter at the edges, in the input and in every layer",
  wrap: "The input and every map continue on the other side",
  reflect: "The input and every map are mirrored at the edges",
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
  /** What was painted last: most answers change none of it. @type {readonly unknown[]} */
  #painted = [];

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(shift.border, shift.pooling, shift.borders, shift.poolings, shift.result, shift.late, this.subject.model);
    this.#borders = BORDERS.map((border) => this.#borderButton(border));
    this.piece("borders").replaceChildren(...this.#borders);
    this.#poolings = POOLINGS.slice(1).map((pooling) => this.#poolingButton(pooling));
    const list = this.piece("poolings");
    list.replaceChildren(...this.#poolings);
    list.addEventListener("keydown", (event) => rove(event, this.#poolings, 1), { signal });
  }

  /** @param {Border} border */
  #borderButton(border) {
    const parts = [h("span", {}, BORDER_NAMES[border]), h("b", { class: "num" })];
    const button = h("button", { type: "button", title: BORDER_TIPS[border], "data-border": border }, ...parts);
    button.addEventListener("click", () => (shift.border.value = border));
    return button;
  }

  /** @param {Pooling} pooling */
  #poolingButton(pooling) {
    const parts = [h("span", {}, POOLING_NAMES[pooling]), h("i", { "aria-hidden": "true" }), h("b", { class: "num" })];
    const button = h("button", { type: "button", title: POOLING_TIPS[pooling], "data-pooling": pooling }, ...parts);
    button.addEventListener("click", () => {
      // The one it was trained with is the network itself, with nothing changed.
      shift.pooling.value = shift.poolings.value?.byName.get(pooling)?.trained ? "trained" : pooling;
    });
    return button;
  }

  /** @override */
  paint() {
    const { border, borders, pooling, poolings, result } = shift;
    const changes = result.value?.changes ?? [];
    const wanted = [border.value, borders.value, pooling.value, poolings.value, shift.late.value, this.subject.model.value, changes.join("\n")];
    if (wanted.every((each, at) => each === this.#painted[at])) return;
    this.#painted = wanted;
    this.#paintBorders();
    this.#paintPoolings();
    this.#paintChanges(changes);
  }

  #paintBorders() {
    const { border, borders } = shift;
    for (const button of this.#borders) {
      const name = /** @type {Border} */ (button.dataset.border);
      const number = /** @type {Element} */ (button.lastElementChild);
      paintNumber(button, number, borders.value?.byName.get(name), lastRow(borders.value));
      setAttribute(button, "aria-pressed", String(name === border.value));
    }
    setText(this.piece("borders-caption"), captionOf(borders.value));
  }

  #paintPoolings() {
    const { pooling, poolings } = shift;
    const all = poolings.value;
    const trained = [...(all?.byName ?? [])].find(([, each]) => each.trained)?.[0];
    const chosen = pooling.value === "trained" ? trained : pooling.value;
    const none = this.subject.model.value !== null && !this.subject.model.value.nodes.some(({ kind }) => POOLS.has(kind));
    this.piece("poolings").hidden = none;
    const row = lastRow(all);
    const most = Math.max(LEAST_SCALE, largestOf([...(all?.byName.values() ?? [])].map(({ layers }) => layers[row]?.error ?? 0)));
    for (const button of this.#poolings) {
      const name = /** @type {Pooling} */ (button.dataset.pooling);
      const variant = all?.byName.get(name);
      const [label, bar, number] = /** @type {[Element, HTMLElement, Element]} */ ([...button.children]);
      paintNumber(button, number, variant, row);
      const stale = !variant || variant.stale || shift.late.value;
      setStyle(bar, "--share", String(stale ? 0 : (variant.layers[row]?.error ?? 0) / most));
      setAttribute(button, "aria-pressed", String(name === chosen));
      setText(label, POOLING_NAMES[name] + (name === trained ? " (trained)" : ""));
      button.tabIndex = name === (chosen ?? "max") ? 0 : -1;
    }
    setText(this.piece("caption"), none ? NO_POOLING : captionOf(all));
    setAttribute(this.piece("caption"), "title", all ? `at dx ${fixed(all.dx, 0)}, dy ${fixed(all.dy, 0)}` : null);
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
}

/**
 * @param {HTMLElement} button
 * @param {Element} number
 * @param {Variant | undefined} variant
 * @param {number} row
 */
function paintNumber(button, number, variant, row) {
  const stale = !variant || variant.stale || shift.late.value;
  button.classList.toggle("stale", stale);
  setText(number, variantText(stale ? undefined : variant.layers[row]));
}

/** The errors shown are those of the deepest layer that is compared. @param {Variants<string> | null} variants */
const lastRow = (variants) => (variants?.nodes.length ?? 0) - 1;

/** Whose errors they are. @param {Variants<string> | null} variants */
function captionOf(variants) {
  const node = variants?.nodes[lastRow(variants)];
  return node ? `error of ${node}, %` : "";
}

customElements.define("shift-variants", ShiftVariants);
