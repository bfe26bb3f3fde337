import { paint } from "../../draw/colormap.js";
import { isHere, plane } from "../../draw/tensor.js";
import { brief, fixed, percent } from "../../geometry/scale.js";
import { channelSummary, paletteOf, valueColours } from "../../state/scene.js";
import { sameValues } from "../../widgets/canvases.js";
import { h, place, setAttribute, setText } from "../../widgets/dom.js";
import { comparedParts } from "./late.js";

/** @import { Cell } from "../../geometry/cells.js" */
/** @import { Form } from "../../geometry/graph.js" */
/** @import { Palette } from "../../state/scene.js" */
/** @import { Activation } from "../../state/types.js" */

/**
 * @typedef {object} CellSubject
 * @property {Form} form
 * @property {string} kind
 * @property {string} name What the channel is called.
 * @property {number} from First value, of a barcode's segment.
 * @property {number} to
 */

/** How often any cell has got another image. */
let changes = 0;

/** A map as a picture, whose colours are worked out again only where its values or its scale have changed. */
class MapImage {
  /** @type {ImageData | null} */
  image = null;
  /** @type {Float32Array | null} */
  values = null;
  #key = "";

  /**
   * @param {Float32Array} values
   * @param {{width: number, height: number, filled: number}} size `filled`: only these many values from the first.
   * @param {Palette} palette
   * @returns {boolean} Whether it is another picture now.
   */
  paint(values, { width, height, filled }, { scale, map }) {
    const count = Math.min(filled, values.length);
    const key = [width, height, count, scale.low, scale.high, map.table[0], map.kind].join();
    if (key === this.#key && this.values && sameValues(this.values, values)) return false;
    this.#key = key;
    this.image = paint(values.subarray(0, count), width, height, scale, map, this.values ? this.image : null);
    this.values = values;
    return true;
  }

  /** @param {ImageData | null} image Which shows no values. */
  show(image) {
    this.image = image;
    this.values = null;
  }
}

/** One channel in one column: a map, a value, or a stretch of a barcode. On the sheet of three lanes, three maps. */
export class StripCell {
  #own = new MapImage();
  /** Its maps in the lanes of B and of what differs. @type {MapImage[]} */
  #others = [];
  /** @type {import("./compared.js").StripLanes | null} */
  #lanes = null;
  /** Another number for every other image. */
  version = 0;
  /** @type {{swatch: HTMLElement, text: HTMLElement} | null} */
  #unit = null;
  /** @type {HTMLElement | null} Made when there is first something to note. */
  #note = null;
  #large = false;
  /** Whether an edit mutes it. */
  muted = false;
  #width = 0;

  /**
   * @param {number} channel
   * @param {CellSubject} subject
   */
  constructor(channel, subject) {
    this.channel = channel;
    this.subject = subject;
    const class_ = `strip-cell ${subject.form}`;
    const named = { role: "option", tabindex: -1, "data-cell": channel, "aria-label": subject.name };
    this.element = h("div", { class: class_, ...named });
    if (subject.form !== "units") return;
    this.#unit = { swatch: h("i", { class: "swatch" }), text: h("span", { class: "strip-value" }) };
    const called = !/^\d+$/.test(subject.name);
    this.element.append(this.#unit.swatch, h("span", { class: "strip-name" }, subject.name), this.#unit.text);
    this.element.classList.toggle("named", called);
    if (called) this.element.title = subject.name;
  }

  /** What the picture of the column shows in its place; null: nothing yet. */
  get image() {
    return this.#own.image;
  }

  /** All that it shows, from lane to lane. */
  get images() {
    return [this.#own.image, ...this.#others.map(({ image }) => image)];
  }

  /** Whether its picture is averaged rather than crisp: a map that is reduced, but no filter and no barcode. */
  get smooth() {
    const width = this.image?.width ?? 0;
    return this.subject.form === "maps" && this.#own.values !== null && this.#width * devicePixelRatio < width;
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
    this.#stand(cell);
  }

  /** @param {Cell} cell In one lane or in three. */
  #stand({ beside, width }) {
    if (!beside) {
      this.#lanes?.element.remove();
      [this.#lanes, this.#others] = [null, []];
      return;
    }
    const parts = comparedParts(() => {});
    if (parts) this.#lanes ??= new parts.StripLanes(this.channel);
    this.#lanes?.place(beside, width);
    if (!this.#others.length) this.#others = [new MapImage(), new MapImage()];
    if (this.#lanes && !this.#lanes.element.parentElement) this.element.append(this.#lanes.element);
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
    this.element.classList.remove("equal");
    const lanes = this.#lanes ? activation.lanes?.all : null;
    if (lanes) this.#paintLanes(lanes, filled);
    else if (form === "maps") this.#paintMap(activation, filled, perMap);
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
    const { scale, map } = palette;
    this.#own.show(filter instanceof ImageData ? filter : paint(filter, size.width, size.height, scale, map));
    this.version = changes += 1;
    this.#noteDown("");
    setAttribute(this.element, "aria-label", `filter ${this.channel}`);
  }

  clear() {
    if (this.images.some(Boolean)) this.version = changes += 1;
    for (const each of [this.#own, ...this.#others]) each.show(null);
    this.element.classList.remove("equal");
    if (this.#unit) {
      this.#unit.swatch.style.background = "";
      this.element.style.color = "";
      setText(this.#unit.text, "");
    }
    this.#noteDown("");
    setAttribute(this.element, "aria-label", `${this.subject.name}, not computed yet`);
  }

  /** The layer is the same in both, bit for bit: there is nothing of it to be seen. */
  showEqual() {
    this.clear();
    this.element.classList.add("equal");
    setAttribute(this.element, "aria-label", `${this.subject.name}, exactly equal`);
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
    this.#paintValues(plane(activation, this.channel), { width, height, filled }, paletteOf(activation, this.channel));
    // Of a passing frame nobody hears the range of every map.
    if (activation.alike !== undefined) return setAttribute(this.element, "aria-label", this.subject.name);
    const { min, max } = channelSummary(activation, this.channel);
    const dead = min === 0 && max === 0;
    const largest = Math.max(Math.abs(min), Math.abs(max));
    const own = min < 0 ? `±${brief(largest)}` : `0–${brief(largest)}`;
    this.#noteDown(perMap && this.#large ? (dead ? "all 0" : own) : "");
    const range = dead ? "all zero" : `from ${fixed(min, 3)} to ${fixed(max, 3)}`;
    setAttribute(this.element, "aria-label", `${this.subject.name}, ${range}`);
  }

  /**
   * @param {readonly Activation[]} lanes A, B and what differs.
   * @param {number} filled
   */
  #paintLanes(lanes, filled) {
    const images = [this.#own, ...this.#others];
    lanes.forEach((activation, lane) => {
      if (!isHere(activation, this.channel)) return;
      const [, height = 1, width = 1] = activation.shape;
      const painted = images[lane]?.paint(plane(activation, this.channel), { width, height, filled }, paletteOf(activation, this.channel));
      if (painted) this.version = changes += 1;
    });
    const told = this.#lanes?.write(lanes[2]?.change?.channels.get(this.channel), this.muted);
    this.#noteDown("");
    setAttribute(this.element, "aria-label", `${this.subject.name}, ${told}`);
  }

  /** @param {string} text */
  #noteDown(text) {
    if (!text && !this.#note) return;
    if (!this.#note) this.element.append((this.#note = h("small", { class: "strip-note" })));
    setText(this.#note, text);
  }

  /**
   * @param {Float32Array} values
   * @param {{width: number, height: number, filled: number}} size
   * @param {Palette} palette
   */
  #paintValues(values, size, palette) {
    if (this.#own.paint(values, size, palette)) this.version = changes += 1;
  }

  /** @param {Activation} activation */
  #paintUnit(activation) {
    if (!this.#unit) return;
    const { swatch, text } = this.#unit;
    const value = plane(activation, this.channel)[0] ?? NaN;
    const { background, ink } = valueColours(activation, this.channel, value);
    swatch.style.background = background;
    const share = this.subject.kind === "softmax";
    const few = Math.abs(value) < 9.95 ? 1 : 0;
    const written = (/** @type {number} */ each) => (share ? shareText(each, this.#large) : this.#large || Math.abs(each) < 9950 ? fixed(each, this.#large ? 2 : few) : brief(each));
    const [a, b] = this.#large ? (activation.lanes?.all ?? []) : [];
    const both = a && b && [a, b].map((each) => written(plane(each, this.channel)[0] ?? NaN)).join(" \u2192 ");
    setText(text, both ?? written(value));
    this.element.style.color = this.#large ? "" : ink;
    setAttribute(this.element, "aria-label", `${this.subject.name}, ${share ? percent(value) : fixed(value, 3)}`);
  }

  /**
   * @param {Activation} activation
   * @param {number} filled
   */
  #paintBarcode(activation, filled) {
    const { from, to } = this.subject;
    const values = activation.data.subarray(from, to);
    this.#paintValues(values, { width: 1, height: to - from, filled: Math.max(0, filled - from) }, paletteOf(activation, 0));
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
