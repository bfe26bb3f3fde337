import { legendGradient, paint } from "../../draw/colormap.js";
import { veil } from "../../draw/veil.js";
import { rounded } from "../../geometry/scale.js";
import { MapCanvas } from "../../widgets/canvases.js";
import { h, place, setAttribute, setHidden, setText } from "../../widgets/dom.js";
import { scrubbed } from "./scrubbed.js";
import { zoomNow } from "../../widgets/zoom.js";

/** @import { Palette } from "../../state/scene.js" */

/** CSS pixels from which there is room for a zero between the ends of the scale; it is made that wide if it can. */
const WIDE = 90;

/** One map of a comparison: a value is a whole number of the screen's own pixels; what its colours mean is below. */
export class ShiftMap {
  #canvas = new MapCanvas("shift-canvas");
  #cell = h("i", { class: "shift-cell", hidden: true });
  #value = h("output", { class: "shift-value num", hidden: true });
  #ramp = h("i", { class: "shift-ramp", "aria-hidden": "true" });
  /** Shows and hides what says that all is zero; only the maps of which it has been true have that. @type {((time: number) => void) | null} */
  #note = null;
  #range = h("div", { class: "shift-range num", "aria-hidden": "true" }, h("span"), h("span"), h("span"));
  #key = "";
  #size = { width: 1, height: 1, zoom: 1 };
  #rampWidth = 0;
  /** @type {ImageData | null} */
  #image = null;

  /**
   * @param {string} name  Which of the maps this is.
   * @param {string} label  For people who do not see it.
   */
  constructor(name, label) {
    this.#canvas.element.setAttribute("role", "img");
    this.label = label;
    this.describe(label, false);
    this.well = h("div", { class: "shift-well blank" }, this.#canvas.element, this.#cell, this.#value);
    this.element = h("div", { class: "shift-map", "data-map": name }, this.well, this.#ramp, this.#range);
  }

  /**
   * @param {Float32Array} values
   * @param {{width: number, height: number}} size
   * @param {Palette} palette
   * @param {Uint8Array | null} compared
   * @param {{room: number, alpha?: number}} look  CSS pixels there are; how strong values that were left out appear.
   */
  paint(values, { width, height }, palette, compared, { room, alpha }) {
    const { scale, map } = palette;
    this.#image = paint(values, width, height, scale, map, this.#image);
    this.#canvas.show(veil(this.#image, compared, alpha));
    const most = Math.max(width, height);
    const zoom = most <= room ? Math.floor((room * devicePixelRatio) / most) / devicePixelRatio : room / most;
    if (zoom !== this.#size.zoom || width !== this.#size.width || height !== this.#size.height) {
      this.#size = { width, height, zoom };
      this.well.classList.remove("blank");
      place(this.#canvas.element, { width: width * zoom, height: height * zoom });
      place(this.well, { width: width * zoom, height: height * zoom });
      this.#rampWidth = Math.max(width * zoom, Math.min(room, WIDE));
      for (const part of [this.#ramp, this.#range]) place(part, { width: this.#rampWidth });
      this.#canvas.smoothWhenReduced(width * zoom);
    }
    this.#legend(palette);
  }

  /** @param {Palette} palette */
  #legend({ scale, map }) {
    const wide = this.#rampWidth >= WIDE;
    const key = `${scale.low} ${scale.high} ${map.kind} ${map.table[0]} ${wide}`;
    if (key === this.#key) return;
    this.#key = key;
    this.#ramp.style.background = legendGradient(map);
    const [low, middle, high] = /** @type {[Element, Element, Element]} */ ([...this.#range.children]);
    setText(low, rounded(scale.low, 3));
    setText(middle, scale.low < 0 && wide ? "0" : "");
    setText(high, rounded(scale.high, 3));
  }

  #makeNote() {
    const note = h("span", { class: "shift-zero", "aria-hidden": "true" }, "✓ all zero");
    this.#canvas.element.after(note);
    return scrubbed(note, { opacity: [0, 1, 1] }, 2);
  }

  /**
   * @param {string} text
   * @param {boolean} zero  Whether every value compared is.
   */
  describe(text, zero) {
    if (zero) this.#note ??= this.#makeNote();
    this.#note?.(zero ? 1 : 0);
    setAttribute(this.#canvas.element, "aria-label", zero ? `${text}: all zero` : text);
  }

  /**
   * The value under a pointer.
   *
   * @param {PointerEvent} event
   * @returns {{y: number, x: number} | null}
   */
  at(event) {
    const box = this.well.getBoundingClientRect();
    const { width, height } = this.#size;
    const zoom = this.#size.zoom * zoomNow();
    const [x, y] = [Math.floor((event.clientX - box.left) / zoom), Math.floor((event.clientY - box.top) / zoom)];
    return x >= 0 && y >= 0 && x < width && y < height ? { y, x } : null;
  }

  /**
   * @param {{y: number, x: number} | null} pixel
   * @param {string} [text]
   */
  point(pixel, text = "") {
    for (const part of [this.#cell, this.#value]) setHidden(part, !pixel);
    if (!pixel) return;
    const { zoom } = this.#size;
    place(this.#cell, { left: pixel.x * zoom, top: pixel.y * zoom, width: zoom, height: zoom });
    setText(this.#value, text);
  }
}
