import { largestOf } from "../../geometry/extremes.js";
import { fixed } from "../../geometry/scale.js";
import { strong } from "../../layer-views/words.js";
import { LiveLink } from "../../state/live-link.js";
import { changeLayer, shift } from "../../state/shift.js";
import { effect } from "../../state/store.js";
import { view } from "../../state/view.js";
import { MapCanvas } from "../../widgets/canvases.js";
import { setText } from "../../widgets/dom.js";
import { LowerElement } from "../../widgets/lower-element.js";
import { Bars } from "./answer.js";
import { ShiftRow } from "./row.js";
import { writeParts } from "./sentence.js";
import { errorText } from "./words.js";

/** @import { LayerMaps } from "../../api/live-messages.js" */
/** @import { Part } from "../../layer-views/words.js" */
/** @import { AskedResult, LayerChoice, LiveWish } from "../../state/shift-types.js" */

/** Bars are at least drawn on this scale. */
const LEAST_SCALE = 0.1;

/** Rotation and scale with the same three columns: what the network does not do by itself. */
export class ShiftWarp extends LowerElement {
  /** @type {ShiftRow[]} */
  #rows = [];
  #photo = new MapCanvas("shift-photo");
  #bars = new Bars();
  /** @type {AskedResult | null} */
  #result = null;
  #trouble = "";
  /** @type {LiveLink | null} */
  #link = null;
  #room = 128;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    super.connected(signal);
    this.watch(shift.warp, shift.layers, shift.result, this.subject.model, view.theme);
    for (const name of /** @type {const} */ (["angle", "factor"])) {
      const slider = this.piece(name, HTMLInputElement);
      slider.addEventListener("input", () => this.#set(name, Number(slider.value)), { signal });
    }
    this.piece("reset").addEventListener("click", () => this.#set("angle", 0), { signal });
    this.piece("photo").prepend(this.#photo.element);
    this.piece("bars").replaceWith(this.#bars.element);
    const resized = new ResizeObserver(() => {
      this.#room = this.querySelector(".shift-map")?.clientWidth || this.#room;
      this.requestPaint();
    });
    resized.observe(this);
    signal.addEventListener("abort", () => resized.disconnect());
  }

  /** @override @param {AbortSignal} signal */
  seen(signal) {
    const link = new LiveLink({
      onAnswer: (answer, asked) => {
        if (answer.type === "result") this.#result = { ...answer, asked };
        this.requestPaint();
      },
      onTrouble: (sentence) => ((this.#trouble = sentence), this.requestPaint()),
    });
    this.#link = link;
    effect([this.subject.shown, shift.warp, shift.layers, shift.border, shift.pooling], () => this.#ask(), { signal });
    signal.addEventListener("abort", () => link.close());
  }

  /**
   * One of the two at a time.
   *
   * @param {"angle" | "factor"} name
   * @param {number} value
   */
  #set(name, value) {
    shift.warp.value = name === "angle" ? { transform: "rotate", angle: value, factor: 1 } : { transform: "scale", angle: 0, factor: value };
  }

  #ask() {
    const shown = this.subject.shown.value;
    if (!shown || shown.model !== this.subject.model.value) return;
    const { left, top, width } = shown.crop;
    /** @type {LiveWish} */
    const wish = {
      ...{ model: shown.model.id, image: shown.image.id, crop: [left, top, width] },
      ...{ ...shift.warp.value, dx: 0, dy: 0 },
      ...{ border: shift.border.value, pooling: shift.pooling.value, size: null },
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
    const { transform, angle, factor } = shift.warp.value;
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
    this.piece("photo").hidden = !result;
    if (!result) return;
    const [height, width] = result.size;
    this.#photo.show(new ImageData(result.picture, width, height));
    writeParts(this.piece("lead"), leadOf(result, this.subject.image.value?.kind === "sound" ? "spectrogram" : "photo"));
    this.#bars.paint(barsOf(result, shift.result.value));
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
    choices.forEach((choice, index) => {
      /** @type {LayerMaps | undefined} */
      const layer = this.#result?.layers[index];
      this.#rows[index]?.paint(choice, layer?.node === choice.node ? layer : null, this.#room);
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
 * Two of each layer: how far it is off after the turn, and after the shift above.
 *
 * @param {AskedResult} turned
 * @param {AskedResult | null} shifted
 */
function barsOf({ transform, layers }, shifted) {
  const most = Math.max(LEAST_SCALE, largestOf(layers.map(({ error }) => error ?? 0)));
  const rest = !shifted?.dx && !shifted?.dy;
  return layers.flatMap(({ node, error }) => {
    const moved = shifted?.layers.find((each) => each.node === node)?.error ?? null;
    const bar = (/** @type {string} */ how, /** @type {number | null} */ value) => ({
      ...{ name: `${node}, ${how}`, text: value === null ? "\u2013" : errorText(value), share: (value ?? 0) / most },
    });
    const still = { name: `${node}, shifted`, text: "at rest", share: 0, best: true };
    return [{ ...bar(transform === "rotate" ? "turned" : "scaled", error), best: false }, rest ? still : { ...bar("shifted", moved), best: true }];
  });
}

/**
 * @param {AskedResult} result
 * @param {string} noun
 * @returns {Part[]}
 */
function leadOf({ transform, angle, factor, layers }, noun) {
  if (transform === "rotate" && !angle) return [`Turn or scale the ${noun}: the same filters then meet other patterns, and the maps do not turn along.`];
  if (transform === "scale" && factor === 1) return ["At scale 1.00 nothing has changed."];
  /** @type {Part[]} */
  const turned = [`The ${noun} is turned by `, strong(`${fixed(Math.abs(angle), 0)}°`), angle > 0 ? " anticlockwise" : " clockwise"];
  const what = transform === "rotate" ? turned : [`The ${noun} is scaled by `, strong(fixed(factor, 2))];
  const errors = layers.flatMap(({ node, error }, index) => (error === null ? [] : [index ? ", " : "", strong(node), " is off by ", strong(errorText(error))]));
  const off = errors.length ? [...errors, "."] : ["This network has no maps that could turn along."];
  return [...what, "; both sides are interpolated between pixels. ", ...off];
}

customElements.define("shift-warp", ShiftWarp);
