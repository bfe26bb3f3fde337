import { paint } from "../draw/colormap.js";
import { h } from "./dom.js";

/** @import { Palette } from "./scene.js" */

/** A canvas of one pixel per value, enlarged by CSS; it paints only when what it shows has changed. */
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
   * @param {{width: number, height: number, rows?: number}} size `rows`: only these many from the top.
   * @param {Palette} palette
   */
  paint(values, { width, height, rows = height }, { scale, map }) {
    const key = [width, height, rows, scale.low, scale.high, map.table[0], map.kind].join();
    const same =
      this.#values !== null && this.#values.buffer === values.buffer && this.#values.byteOffset === values.byteOffset;
    if (same && key === this.#key) return;
    this.#values = values;
    this.#key = key;
    this.#resize(width, height);
    const context = this.element.getContext("2d");
    if (!context) return;
    if (rows < height) context.clearRect(0, 0, width, height);
    if (rows > 0) context.putImageData(paint(values, width, height, scale, map), 0, 0, 0, 0, width, rows);
  }

  /**
   * @param {ImageData} image
   */
  show(image) {
    this.#values = null;
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
