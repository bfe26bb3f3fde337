import { colour, cssColour, inkOn } from "../draw/colormap.js";
import { isHere, plane } from "../draw/tensor.js";
import { brief, fixed, percent } from "../geometry/scale.js";
import { h, place, setAttribute, setText } from "./dom.js";
import { MapCanvas } from "./map-canvas.js";
import { channelSummary, paletteOf } from "./scene.js";

/** @import { Cell } from "../geometry/cells.js" */
/** @import { Form } from "../geometry/graph.js" */
/** @import { Palette } from "./scene.js" */
/** @import { Activation } from "../state/session.js" */

/**
 * @typedef {object} CellSubject
 * @property {Form} form
 * @property {string} kind
 * @property {string} name What the channel is called.
 * @property {number} from First value, of a barcode's segment.
 * @property {number} to
 */

/** One channel in one column: a map, a value, or a stretch of a barcode. */
export class StripCell {
  #map = new MapCanvas();
  #swatch = h("i", { class: "swatch" });
  #text = h("span", { class: "strip-value" });
  #note = h("small", { class: "strip-note" });
  #large = false;
  #width = 0;

  /**
   * @param {number} channel
   * @param {CellSubject} subject
   */
  constructor(channel, subject) {
    this.channel = channel;
    this.subject = subject;
    const canvas = this.#map.element;
    if (subject.form === "barcode") canvas.dataset.from = String(subject.from);
    else canvas.dataset.channel = String(channel);
    const class_ = `strip-cell ${subject.form}`;
    const named = { role: "option", tabindex: -1, "data-cell": channel, "aria-label": subject.name };
    this.element = h("div", { class: class_, ...named });
    if (subject.form === "units") this.element.append(this.#swatch, h("span", { class: "strip-name" }, subject.name), this.#text);
    else this.element.append(canvas);
    if (subject.form === "maps") this.element.append(this.#note);
  }

  get map() {
    return this.#map.element;
  }

  /**
   * @param {Cell} cell
   * @param {boolean} large On the sheet.
   */
  place(cell, large) {
    this.#large = large;
    this.#width = cell.width;
    place(this.element, { left: cell.x, top: cell.y, width: cell.width, height: cell.height });
    this.element.classList.toggle("large", large);
    this.#map.smoothWhenReduced(this.subject.form === "barcode" ? Infinity : cell.width);
  }

  /**
   * @param {Activation} activation
   * @param {number} filled How many values of every map, or of the vector, are to be seen.
   * @param {boolean} perMap
   */
  paint(activation, filled, perMap) {
    if (filled <= (this.subject.form === "units" ? this.channel : 0)) return this.clear();
    // What was there before stays, faded, until its successor has come.
    if (!isHere(activation, this.channel)) return undefined;
    const { form } = this.subject;
    if (form === "maps") this.#paintMap(activation, filled, perMap);
    else if (form === "units") this.#paintUnit(activation);
    else this.#paintBarcode(activation, filled);
  }

  /**
   * The filter in the place of its map.
   *
   * @param {ImageData | Float32Array} filter A picture, or the values of one slice.
   * @param {{width: number, height: number}} size
   * @param {Palette} palette
   */
  paintFilter(filter, size, palette) {
    if (filter instanceof ImageData) this.#map.show(filter);
    else this.#map.paint(filter, size, palette);
    this.#map.smoothWhenReduced(Infinity);
    setText(this.#note, "");
    setAttribute(this.element, "aria-label", `filter ${this.channel}`);
  }

  clear() {
    this.#map.clear();
    this.#swatch.style.background = "";
    setText(this.#text, "");
    setText(this.#note, "");
    setAttribute(this.element, "aria-label", `${this.subject.name}, not computed yet`);
  }

  /** @param {boolean} selected Tab stops at the selected cell alone. */
  select(selected) {
    setAttribute(this.element, "aria-selected", String(selected));
    setAttribute(this.element, "tabindex", selected ? "0" : "-1");
  }

  /**
   * @param {Activation} activation
   * @param {number} filled
   * @param {boolean} perMap
   */
  #paintMap(activation, filled, perMap) {
    const [, height = 1, width = 1] = activation.shape;
    this.#map.paint(plane(activation, this.channel), { width, height, filled }, paletteOf(activation, this.channel));
    this.#map.smoothWhenReduced(this.#width);
    const { min, max } = channelSummary(activation, this.channel);
    const dead = min === 0 && max === 0;
    const largest = Math.max(Math.abs(min), Math.abs(max));
    const own = min < 0 ? `±${brief(largest)}` : `0–${brief(largest)}`;
    setText(this.#note, perMap && this.#large ? (dead ? "all 0" : own) : "");
    const range = dead ? "all zero" : `from ${fixed(min, 3)} to ${fixed(max, 3)}`;
    setAttribute(this.element, "aria-label", `${this.subject.name}, ${range}`);
  }

  /** @param {Activation} activation */
  #paintUnit(activation) {
    const value = plane(activation, this.channel)[0] ?? NaN;
    const { background, ink } = valueColours(activation, this.channel, value);
    this.#swatch.style.background = background;
    const share = this.subject.kind === "softmax";
    setText(
      this.#text,
      share ? shareText(value, this.#large) : fixed(value, this.#large ? 2 : Math.abs(value) < 9.95 ? 1 : 0),
    );
    this.#text.style.color = this.#large ? "" : ink;
    setAttribute(this.element, "aria-label", `${this.subject.name}, ${share ? percent(value) : fixed(value, 3)}`);
  }

  /**
   * @param {Activation} activation
   * @param {number} filled
   */
  #paintBarcode(activation, filled) {
    const { from, to } = this.subject;
    const values = activation.data.subarray(from, to);
    this.#map.paint(values, { width: 1, height: to - from, filled: Math.max(0, filled - from) }, paletteOf(activation, 0));
    setAttribute(this.element, "aria-label", `values ${from} to ${to - 1}`);
  }
}

/**
 * @param {number} share
 * @param {boolean} large
 */
function shareText(share, large) {
  if (large) return percent(share);
  return (share * 100).toFixed(share < 0.0995 ? 1 : 0);
}

/**
 * The colour of one value, for CSS.
 *
 * @param {Activation} activation
 * @param {number} channel
 * @param {number} value
 */
export function valueColours(activation, channel, value) {
  const { scale, map } = paletteOf(activation, channel);
  const rgb = colour(value, scale, map);
  return { background: cssColour(rgb), ink: inkOn(rgb) };
}
