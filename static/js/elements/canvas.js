/** Canvases in pixels of the screen. */

import { place } from "./dom.js";

/** @typedef {{x: number, y: number, width: number, height: number}} Spot In the unit of the context. */

const one = new OffscreenCanvas(1, 1);
const brush = one.getContext("2d", { willReadFrequently: true });

/**
 * Draw an image, of one pixel a value, enlarged or reduced.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {ImageData} image
 * @param {Spot} spot
 * @param {boolean} smooth Averaged rather than crisp.
 */
export function stamp(context, image, { x, y, width, height }, smooth) {
  if (one.width < image.width) one.width = image.width;
  if (one.height < image.height) one.height = image.height;
  brush?.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = smooth;
  context.drawImage(one, 0, 0, image.width, image.height, x, y, width, height);
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
