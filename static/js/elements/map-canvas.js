import { paint } from "../draw/colormap.js";
import { h } from "./dom.js";

/** @import { Palette } from "./scene.js" */

/** So few values are compared one by one: that is cheaper than painting them again. */
const FEW = 64;

/** A canvas of one pixel per value, enlarged by CSS; it paints only where what it shows has changed. */
export class MapCanvas {
  /** @type {Float32Array | null} */
  #values = null;
  #key = "";

  /** @param {string} [className] */
  constructor(className = "map") {
    this.element = h("canvas", { class: className, width: 1, height: 1 });
  }

  /**
   * @param {Float32Array} values
   * @param {{width: number, height: number}} size
   * @param {Palette} palette
   */
  paint(values, { width, height }, { scale, map }) {
    const key = [width, height, scale.low, scale.high, map.table[0], map.kind].join();
    if (key === this.#key && this.#values && sameValues(this.#values, values)) return;
    this.show(paint(values, width, height, scale, map));
    this.#values = values;
    this.#key = key;
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
