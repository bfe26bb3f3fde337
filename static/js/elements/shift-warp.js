import { fixed } from "../geometry/scale.js";
import { session } from "../state/session.js";
import { changeLayer, shift } from "../state/shift.js";
import { LiveLink } from "../state/live-link.js";
import { effect } from "../state/store.js";
import { BaseElement } from "./base-element.js";
import { h, setText } from "./dom.js";
import { ShiftRow } from "./shift-row.js";
import { errorText } from "./shift-words.js";
import { whenInView } from "./shift-view.js";

/** @import { LayerMaps } from "../api/live-messages.js" */
/** @import { AskedResult, LayerChoice, LiveWish } from "../state/shift-types.js" */

/** Rotation and scale with the same three columns: what the network does not do by itself. */
export class ShiftWarp extends BaseElement {
  /** @type {ShiftRow[]} */
  #rows = [];
  /** @type {AskedResult | null} */
  #result = null;
  #trouble = "";
  /** @type {{transform: "rotate" | "scale", angle: number, factor: number}} */
  #warp = { transform: "rotate", angle: 0, factor: 1 };
  /** @type {LiveLink | null} */
  #link = null;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(shift.layers, session.model, session.theme);
    for (const name of /** @type {const} */ (["angle", "factor"])) {
      const slider = this.piece(name, HTMLInputElement);
      slider.addEventListener("input", () => this.#set(name, Number(slider.value)), { signal });
    }
    this.piece("reset").addEventListener("click", () => this.#set("angle", 0), { signal });
    whenInView(this, () => this.#begin(signal), signal);
  }

  /** @param {AbortSignal} signal */
  #begin(signal) {
    const link = new LiveLink({
      onAnswer: (answer, asked) => {
        if (answer.type === "result") this.#result = { ...answer, asked };
        this.requestPaint();
      },
      onTrouble: (sentence) => ((this.#trouble = sentence), this.requestPaint()),
    });
    this.#link = link;
    effect([session.shown, shift.layers, shift.border, shift.pooling], () => this.#ask(), { signal });
    signal.addEventListener("abort", () => link.close());
  }

  /**
   * One of the two at a time.
   *
   * @param {"angle" | "factor"} name
   * @param {number} value
   */
  #set(name, value) {
    this.#warp = name === "angle" ? { transform: "rotate", angle: value, factor: 1 } : { transform: "scale", angle: 0, factor: value };
    this.requestPaint();
    this.#ask();
  }

  #ask() {
    const shown = session.shown.value;
    if (!shown || shown.model !== session.model.value) return;
    const { left, top, width } = shown.crop;
    /** @type {LiveWish} */
    const wish = {
      ...{ model: shown.model.id, image: shown.image.id, crop: [left, top, width] },
      ...{ ...this.#warp, dx: 0, dy: 0, border: shift.border.value, pooling: shift.pooling.value, size: null },
      ...{ layers: this.#choices, curve: 0, sweep: 0, variants: false, contrast: false },
    };
    this.#link?.ask(wish);
  }

  /** The first and the last of the layers above. */
  get #choices() {
    const layers = shift.layers.value;
    return [...new Set([layers[0], layers.at(-1)])].filter((each) => each !== undefined);
  }

  /** @override */
  paint() {
    const { transform, angle, factor } = this.#warp;
    this.piece("angle", HTMLInputElement).value = String(angle);
    this.piece("factor", HTMLInputElement).value = String(factor);
    setText(this.piece("angle-text"), `${fixed(angle, 0)}°`);
    setText(this.piece("factor-text"), fixed(factor, 2));
    const verb = transform === "rotate" ? "turn" : "scale";
    setText(this.piece("first"), `${verb}, then run`);
    setText(this.piece("after"), `run, then ${verb}`);
    this.piece("trouble").hidden = !this.#trouble;
    setText(this.piece("trouble"), this.#trouble);
    this.#paintRows();
    const result = this.#result;
    this.dataset.warp = result ? `${result.transform},${result.angle},${result.factor}` : "";
    if (result) this.piece("lead").replaceChildren(...leadOf(result));
  }

  #paintRows() {
    const choices = this.#choices;
    while (this.#rows.length > choices.length) this.#rows.pop()?.element.remove();
    while (this.#rows.length < choices.length) {
      const index = this.#rows.length;
      const row = new ShiftRow((change) => this.#change(index, change));
      this.#rows.push(row);
      this.piece("rows").append(row.element);
    }
    const room = this.querySelector(".shift-map")?.clientWidth || 128;
    choices.forEach((choice, index) => {
      /** @type {LayerMaps | undefined} */
      const layer = this.#result?.layers[index];
      this.#rows[index]?.paint(choice, layer?.node === choice.node ? layer : null, room);
    });
  }

  /**
   * The rows are those of the table above: changing one here changes it there.
   *
   * @param {number} index
   * @param {Partial<LayerChoice>} change
   */
  #change(index, change) {
    const chosen = this.#choices[index];
    const at = chosen ? shift.layers.value.indexOf(chosen) : -1;
    if (at >= 0) changeLayer(at, change);
  }
}

/**
 * @param {AskedResult} result
 * @returns {(Node | string)[]}
 */
function leadOf({ transform, angle, factor, layers }) {
  const b = (/** @type {string} */ text) => h("b", { class: "num" }, text);
  if (transform === "rotate" && !angle) return ["Turn or scale the photo: the same filters then meet other patterns, and the maps do not turn along."];
  if (transform === "scale" && factor === 1) return ["At scale 1.00 nothing has changed."];
  const what = transform === "rotate" ? ["The photo is turned by ", b(`${fixed(Math.abs(angle), 0)}°`), angle > 0 ? " anticlockwise" : " clockwise"] : ["The photo is scaled by ", b(fixed(factor, 2))];
  const errors = layers.flatMap(({ node, error }, index) => (error === null ? [] : [index ? ", " : "", b(node), " is off by ", b(errorText(error))]));
  return [...what, "; both sides are interpolated between pixels. ", ...errors, "."];
}

customElements.define("shift-warp", ShiftWarp);
