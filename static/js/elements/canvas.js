/** Canvases in pixels of the screen. */

import { place } from "./dom.js";

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
    place(canvas, { width: width / devicePixelRatio, height: height / devicePixelRatio });
  }
  return context;
}
