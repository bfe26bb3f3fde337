import { paint } from "../draw/colormap.js";
import { h } from "./dom.js";

/** @import { Palette } from "./scene.js" */

/** So few values are compared one by one: that is cheaper than painting them again. */
const FEW = 64;

/** A canvas of one pixel per value, enlarged by CSS; it paints only what has changed of what it shows. */
export class MapCanvas {
  /** @type {Float32Array | null} */
  #values = null;
  #key = "";
  #filled = 0;

  /** @param {string} [className] */
  constructor(className = "map") {
    this.element = h("canvas", { class: className, width: 1, height: 1 });
  }

  /**
   * @param {Float32Array} values
   * @param {{width: number, height: number, filled?: number}} size `filled`: only these many values from the first.
   * @param {Palette} palette
   */
  paint(values, { width, height, filled = Infinity }, { scale, map }) {
    const key = [width, height, scale.low, scale.high, map.table[0], map.kind].join();
    const count = Math.min(filled, width * height);
    const same = this.#values !== null && sameValues(this.#values, values);
    const known = same && key === this.#key ? this.#filled : 0;
    if (same && key === this.#key && count === known) return;
    this.#values = values;
    this.#key = key;
    this.#filled = count;
    this.#resize(width, height);
    const whole = Math.floor(count / width);
    const part = count % width;
    const context = this.element.getContext("2d");
    if (!context) return;
    if (count < known || (!known && count < width * height)) {
      context.clearRect(part, whole, width, 1);
      context.clearRect(0, part ? whole + 1 : whole, width, height);
    }
    if (count <= known) return;
    const first = Math.floor(known / width);
    const rows = whole - first + (part ? 1 : 0);
    const image = paint(values.subarray(first * width, (first + rows) * width), width, rows, scale, map);
    context.putImageData(image, 0, first, 0, 0, width, whole - first);
    if (part) context.putImageData(image, 0, first, 0, whole - first, part, 1);
  }

  /**
   * @param {ImageData} image
   */
  show(image) {
    this.#values = null;
    this.#key = "";
    this.#resize(image.width, image.height);
    this.element.getContext("2d")?.putImageData(image, 0, 0);
  }

  /** Nothing to see: the canvas lets its well show through. */
  clear() {
    if (this.#key === "empty") return;
    this.#values = null;
    this.#key = "empty";
    this.element.getContext("2d")?.clearRect(0, 0, this.element.width, this.element.height);
  }

  /**
   * Setting a size also clears, so it is set only when it differs.
   *
   * @param {number} width
   * @param {number} height
   */
  #resize(width, height) {
    if (this.element.width !== width) this.element.width = width;
    if (this.element.height !== height) this.element.height = height;
  }

  /**
   * Crisp when enlarged, averaged when reduced: a shrunken map must not drop every other value.
   *
   * @param {number} shownWidth CSS pixels.
   */
  smoothWhenReduced(shownWidth) {
    this.element.classList.toggle("reduced", shownWidth * devicePixelRatio < this.element.width);
  }
}

/**
 * @param {ArrayLike<number>} known
 * @param {ArrayLike<number>} values
 */
export function sameValues(known, values) {
  if (known instanceof Float32Array && values instanceof Float32Array) {
    if (known.buffer === values.buffer && known.byteOffset === values.byteOffset) return true;
  }
  if (values.length > FEW || known.length !== values.length) return false;
  for (let at = 0; at < values.length; at += 1) if (!Object.is(values[at], known[at])) return false;
  return true;
}
