/**
 * The part of the image that the network sees, in pixels of the image.
 *
 * @import { CropBox, ModelSummary } from "../api/client.js"
 */

/** @typedef {{ width: number, height: number }} Size */

/**
 * @param {number} width
 * @param {ModelSummary["input"]} input
 * @returns {number}
 */
const heightFor = (width, input) => Math.max(1, Math.round((width * input.height) / input.width));

/**
 * The width of the largest box of the network's proportions that fits, its height rounded as above.
 *
 * @param {ModelSummary["input"]} input
 * @param {Size} image
 * @returns {number}
 */
function widestWidth(input, image) {
  const widest = Math.floor((input.width * (2 * image.height + 1) - 1) / (2 * input.height));
  return Math.max(1, Math.min(image.width, widest));
}

/**
 * The largest centred box: what the server takes when it is told nothing.
 *
 * @param {ModelSummary["input"]} input
 * @param {Size} image
 * @returns {CropBox}
 */
export function defaultCrop(input, image) {
  const width = widestWidth(input, image);
  const height = Math.min(image.height, heightFor(width, input));
  return { left: (image.width - width) >> 1, top: (image.height - height) >> 1, width, height };
}

/**
 * The box nearest to the wish that keeps the proportions and stays inside the image.
 *
 * @param {ModelSummary["input"]} input
 * @param {Size} image
 * @param {{ left: number, top: number, width: number }} wish
 * @param {number} [smallest]  Least width in pixels.
 * @returns {CropBox}
 */
export function fitCrop(input, image, wish, smallest = 8) {
  const widest = widestWidth(input, image);
  const width = Math.round(Math.min(widest, Math.max(Math.min(smallest, widest), wish.width)));
  const height = heightFor(width, input);
  const inside = (/** @type {number} */ value, /** @type {number} */ room) => Math.round(Math.min(room, Math.max(0, value)));
  return { left: inside(wish.left, image.width - width), top: inside(wish.top, image.height - height), width, height };
}

/**
 * @param {CropBox | null} a
 * @param {CropBox | null} b
 * @returns {boolean}
 */
export const sameCrop = (a, b) => a === b || (!!a && !!b && cropKey(a) === cropKey(b));

/**
 * @param {{ left: number, top: number, width: number }} crop
 * @returns {string}
 */
export const cropKey = ({ left, top, width }) => `${left},${top},${width}`;
