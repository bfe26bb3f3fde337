/** @typedef {{x: number, y: number, width: number, height: number}} Spot In pixels of the screen. */

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
