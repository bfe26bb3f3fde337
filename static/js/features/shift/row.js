import { colormap } from "../../draw/colormap.js";
import { scaleFor } from "../../draw/tensor.js";
import { TIMES, exact, fixed, grouped } from "../../geometry/scale.js";
import { viewOf } from "../../layer-views/index.js";
import { currentTheme } from "../../state/scene.js";
import { nodesWithMaps } from "../../state/shift-layers.js";
import { shift } from "../../state/shift.js";
import { glyph, h, setAttribute, setText } from "../../widgets/dom.js";
import { ShiftMap } from "./map.js";
import { percentText } from "./words.js";

/** @import { LayerMaps } from "../../api/live-messages.js" */
/** @import { LayerChoice } from "../../state/shift-types.js" */

/** Differences are drawn on a scale this many times finer. */
export const FINER = 4;
/** Letters of numbers with two words behind them on one line. */
const LONG = 17;

/**
 * @param {string} name
 * @param {string} sign
 */
const step = (name, sign) => h("button", { type: "button", class: "btn icon small", "aria-label": name }, sign);

/** One layer: what is compared, how far it is apart, and three maps of one channel. */
export class ShiftRow {
  #sign = h("span", { class: "shift-sign" });
  #select = h("select", { "aria-label": "Layer" });
  #facts = h("p", { class: "shift-facts num" });
  #error = h("p", { class: "shift-error", "data-lesson": "errors" }, h("b", { class: "num" }), h("small"), h("span", { class: "ok" }));
  #count = h("p", { class: "shift-count num", "data-lesson": "errors" });
  #aside = h("p", { class: "shift-count num" });
  #channel = h("span", { class: "num" });
  #maps = [new ShiftMap("first", "moved, then run"), new ShiftMap("after", "run, then moved"), new ShiftMap("difference", "their difference")];
  #kind = "";
  #options = /** @type {object | null} */ (null);
  /** @type {LayerMaps | null} */
  #layer = null;
  /** @type {{y: number, x: number} | null} */
  #pixel = null;

  /**
   * @param {(change: Partial<LayerChoice>) => void} change
   * @param {object} [more]
   * @param {HTMLElement} [more.chart]
   * @param {() => void} [more.remove]
   */
  constructor(change, { chart, remove } = {}) {
    const [before, after] = [step("Previous channel", "‹"), step("Next channel", "›")];
    const channel = h("div", { class: "shift-channel" }, before, this.#channel, after);
    if (remove) {
      const button = step("Remove this layer", "×");
      button.addEventListener("click", remove);
      channel.append(button);
    }
    const name = h("div", { class: "shift-name" }, this.#sign, this.#select);
    const label = h("div", { class: "shift-label" }, name, this.#facts, this.#error, this.#count, this.#aside, channel);
    const [first, second, third] = this.#maps.map((map) => map.element);
    const signs = ["\u2212", "="].map((sign) => h("span", { class: "shift-operator", "aria-hidden": "true" }, sign));
    third?.setAttribute("data-lesson", "difference");
    this.element = h("div", { class: "shift-row", role: "group" });
    this.element.append(label, .../** @type {Node[]} */ ([first, signs[0], second, signs[1], third]), ...(chart ? [chart] : []));
    this.#select.addEventListener("change", () => change({ node: this.#select.value, channel: null }));
    before.addEventListener("click", () => change({ channel: this.#shownChannel - 1 }));
    after.addEventListener("click", () => change({ channel: this.#shownChannel + 1 }));
    for (const map of this.#maps) {
      map.well.addEventListener("pointermove", (event) => this.#point(map.at(event)));
      map.well.addEventListener("pointerleave", () => this.#point(null));
    }
  }

  #shownChannel = 0;
  /** @type {Float32Array} */
  #difference = new Float32Array();

  /**
   * @param {LayerChoice} choice
   * @param {LayerMaps | null} layer  null while it has not come.
   * @param {number} room  CSS pixels for the side of a map.
   */
  paint({ node, channel }, layer, room) {
    this.#paintChoice(node);
    this.#shownChannel = channel ?? layer?.channel ?? 0;
    setText(this.#channel, `channel ${this.#shownChannel}`);
    this.#layer = layer;
    for (const name of ["aria-label", "data-node"]) setAttribute(this.element, name, node);
    setAttribute(this.element, "data-lesson", `row:${node}`);
    this.element.classList.toggle("waiting", !layer || (channel !== null && layer.channel !== channel));
    this.#paintNumbers(layer);
    if (layer) this.#paintMaps(layer, room);
    this.#point(this.#pixel);
  }

  /** @param {string} node */
  #paintChoice(node) {
    const model = shift.model.value;
    const kind = model?.nodes.find((each) => each.name === node)?.kind ?? "";
    if (this.#options !== model) {
      this.#options = model;
      this.#select.replaceChildren(...nodesWithMaps(model).map(({ name }) => new Option(name, name)));
    }
    if (this.#select.value !== node) this.#select.value = this.#select.title = node;
    if (kind === this.#kind) return;
    this.#kind = kind;
    const { glyph: sign, token } = viewOf(kind);
    this.#sign.replaceChildren(glyph(sign, token, 18));
  }

  /** @param {LayerMaps | null} layer */
  #paintNumbers(layer) {
    const [number, unit, word] = /** @type {[HTMLElement, HTMLElement, HTMLElement]} */ ([...this.#error.children]);
    const known = layer !== null && layer.error !== null;
    this.#error.classList.toggle("exact", layer?.exact ?? false);
    setText(number, known ? percentText(layer.error ?? 0) : "\u2013");
    setAttribute(number, "title", known && layer.error ? `${exact(layer.error)} = ‖f(Tx) \u2212 T f(x)‖ / ‖T f(x)‖` : null);
    setText(unit, known && layer.error !== 0 ? "\u202f%" : "");
    setText(word, layer?.exact ? "✓ exact" : "");
    if (!layer) return [this.#facts, this.#count, this.#aside].forEach((line) => setText(line, ""));
    const [, height, width] = layer.shape;
    const [down, across] = layer.stride;
    const stride = down === across ? String(down) : `${down}${TIMES}${across}`;
    setText(this.#facts, `stride ${stride}, ${height}${TIMES}${width}`);
    setText(this.#count, countOf(layer));
    setText(this.#aside, asideOf(layer));
  }

  /**
   * @param {LayerMaps} layer
   * @param {number} room
   */
  #paintMaps(layer, room) {
    const [, height, width] = layer.shape;
    const kind = layer.layer_scale[0] < 0 ? "diverging" : "sequential";
    const scale = scaleFor(layer.scale[0], layer.scale[1], kind);
    const theme = currentTheme();
    const palette = { scale, map: colormap(kind, theme) };
    const finer = { scale: { low: 0, high: scale.high / FINER }, map: colormap("sequential", theme) };
    const [first, after, difference] = /** @type {[ShiftMap, ShiftMap, ShiftMap]} */ (this.#maps);
    first.paint(layer.shifted_input, { width, height }, palette, layer.compared_mask, { room });
    after.paint(layer.shifted_map, { width, height }, palette, layer.compared_mask, { room });
    this.#difference = distances(layer, this.#difference);
    difference.paint(this.#difference, { width, height }, finer, layer.compared_mask, { room, alpha: 0 });
    for (const map of this.#maps) map.describe(`${layer.node}, channel ${layer.channel}, ${map.label}`, layer.exact && map === difference);
  }

  /** @param {{y: number, x: number} | null} pixel  The value pointed at, shown in all three maps. */
  #point(pixel) {
    this.#pixel = pixel;
    const layer = this.#layer;
    const [, height = 0, width = 0] = layer?.shape ?? [];
    const there = layer && pixel && pixel.y < height && pixel.x < width ? pixel : null;
    const at = (there?.y ?? 0) * width + (there?.x ?? 0);
    const compared = layer?.compared_mask?.[at] !== 0;
    const planes = layer ? [layer.shifted_input, layer.shifted_map, this.#difference] : [];
    this.#maps.forEach((map, index) => {
      const value = planes[index]?.[at] ?? NaN;
      const text = index === 2 && !compared ? "left out" : fixed(value, 3);
      map.point(there, text);
    });
  }
}

/**
 * How far the two maps are apart, 0 where they are not compared.
 *
 * @param {LayerMaps} layer
 * @param {Float32Array} before  Written over if it has the length.
 */
export function distances({ shifted_input: first, shifted_map: after, compared_mask: compared }, before) {
  const found = before.length === first.length ? before : new Float32Array(first.length);
  for (let at = 0; at < found.length; at += 1) {
    found[at] = compared && !compared[at] ? 0 : Math.abs(/** @type {number} */ (first[at]) - /** @type {number} */ (after[at]));
  }
  return found;
}

/** Two lines where one is too short: here, for a browser that balances lines lays each out many times. @param {LayerMaps} layer */
function countOf({ differing, compared }) {
  const numbers = `${grouped(differing)} of ${grouped(compared)}`;
  return numbers.length > LONG ? `${numbers}\nvalues differ` : `${numbers} values differ`;
}

/**
 * What else there is to know about a comparison.
 *
 * @param {LayerMaps} layer
 */
function asideOf({ left_out: leftOut, interpolated }) {
  const parts = leftOut ? [`${grouped(leftOut)} left out`] : [];
  if (interpolated) parts.push("interpolated");
  return parts.join(", ");
}
