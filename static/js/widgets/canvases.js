/** Canvases: in pixels of the screen, of one pixel a value, and of marks over either. */

import { paint } from "../draw/colormap.js";
import { drawMarks } from "../draw/marks.js";
import { currentTheme } from "../state/scene.js";
import { h, place } from "./dom.js";
import { pixelRatio } from "./zoom.js";

/** @import { Area, Inks, Mark } from "../draw/marks.js" */
/** @import { Palette } from "../state/scene.js" */

/** Canvases: in pixels of the screen, of one pixel a value, and of marks over either. */

/** @typedef {{x: number, y: number, width: number, height: number}} Spot In the unit of the context. */

/** Sizes of images for which a canvas is kept: drawing from one copies all of it, so each has just the size. */
const SIZES = 24;

/** @type {Map<string, OffscreenCanvasRenderingContext2D | null>} */
const kept = new Map();

/** @param {ImageData} image */
function canvasOf({ width, height }) {
  const key = `${width} ${height}`;
  const found = kept.get(key);
  if (found) return found;
  if (kept.size >= SIZES) kept.clear();
  const made = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  kept.set(key, made);
  return made;
}

/**
 * Draw an image, of one pixel a value, enlarged or reduced.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {ImageData} image
 * @param {Spot} spot
 * @param {boolean} smooth Averaged rather than crisp.
 */
export function stamp(context, image, { x, y, width, height }, smooth) {
  const own = canvasOf(image);
  if (!own) return;
  own.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = smooth;
  context.drawImage(own.canvas, x, y, width, height);
}

/**
 * An empty canvas of a size; setting the size anew costs more than clearing.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number} width In pixels of the screen.
 * @param {number} height
 */
export function cleared(canvas, width, height) {
  const context = canvas.getContext("2d");
  context?.resetTransform();
  if (canvas.width === width && canvas.height === height) context?.clearRect(0, 0, width, height);
  else {
    Object.assign(canvas, { width, height });
    place(canvas, { width: width / pixelRatio(), height: height / pixelRatio() });
  }
  return context;
}

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
    this.element.classList.toggle("reduced", shownWidth * pixelRatio() < this.element.width);
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

/** @typedef {{x: number, y: number, marks: readonly Mark[]}} Group Marks, and where their own corner is. */

const NAMES = ["halo", "ink", "ink-2", "ink-3", "panel", "bg", "accent", "line-2", "pos", "neg"];

/** @type {Map<string, Inks>} */
const known = new Map();

/** The colours of the style sheet and the font of the page, as a canvas takes them. @returns {Inks} */
export function inks() {
  const theme = currentTheme();
  const found = known.get(theme);
  if (found) return found;
  const probe = h("i", { hidden: true });
  document.body.append(probe);
  const style = getComputedStyle(probe);
  const colours = Object.fromEntries(
    NAMES.map((name) => {
      probe.style.color = `var(--${name})`;
      return [name, style.color];
    }),
  );
  const made = { font: style.fontFamily, colours };
  probe.remove();
  known.set(theme, made);
  return made;
}

/**
 * Marks that lie over pictures and move with the pointer: drawing them anew has nothing of the page styled, laid out
 * or painted again, as it would be for elements.
 */
export class MarksCanvas {
  element = h("canvas", { class: "marks", width: 1, height: 1, "aria-hidden": "true" });
  #key = "";

  /**
   * Over all of the parent, and a little around it.
   *
   * @param {{width: number, height: number}} parent CSS pixels.
   * @param {number} beyond How far the marks reach beyond it.
   * @param {readonly Mark[]} marks
   */
  cover({ width, height }, beyond, marks) {
    const area = { x: -beyond, y: -beyond, width: width + 2 * beyond, height: height + 2 * beyond };
    this.paint(area, [{ x: 0, y: 0, marks }]);
  }

  /**
   * @param {Area} area Of the canvas in its parent, CSS pixels; what lies outside is not drawn.
   * @param {readonly Group[]} groups
   */
  paint({ x, y, width, height }, groups) {
    const ratio = pixelRatio();
    const drawn = groups.map((group) => [group.x, group.y, group.marks]);
    const key = JSON.stringify([x, y, width, height, ratio, currentTheme(), drawn]);
    if (key === this.#key) return;
    this.#key = key;
    const context = cleared(this.element, Math.ceil(width * ratio), Math.ceil(height * ratio));
    place(this.element, { left: x, top: y });
    if (!context) return;
    for (const { x: right, y: down, marks } of groups) {
      context.setTransform(ratio, 0, 0, ratio, (right - x) * ratio, (down - y) * ratio);
      drawMarks(context, marks, inks());
    }
  }
}
