/** How pixels become the values of a network: the conventions that people know, and numbers of a file's own. */

/** @typedef {{mean: readonly number[], std: readonly number[], divisor: number, order: string}} Numbers */

/** The server's conventions, with what they do to a pixel from 0 to 255. */
export const SCALINGS = /** @type {const} */ ([
  ["unit", "0 to 1", "pixel / 255"],
  ["imagenet", "ImageNet", "(pixel / 255 − mean) / deviation"],
  ["signed", "−1 to 1", "pixel / 127.5 − 1"],
  ["bytes", "0 to 255", "the pixel itself"],
  ["caffe", "Caffe (BGR)", "blue first, pixel − mean"],
]);

/**
 * Pixels as a network with these numbers gets them.
 *
 * @param {Float32Array} pixels `(C, H, W)` from 0 to 255, red first.
 * @param {Numbers} numbers
 * @returns {Float32Array}
 */
export function scaled(pixels, { mean, std, divisor, order }) {
  const size = pixels.length / mean.length;
  return pixels.map((_, index) => {
    const channel = Math.floor(index / size);
    const from = order === "BGR" ? mean.length - 1 - channel : channel;
    const pixel = pixels[from * size + (index % size)] ?? 0;
    return (pixel / divisor - (mean[channel] ?? 0)) / (std[channel] ?? 1);
  });
}

/**
 * How to show planes as red, green and blue although they have left 0 to 255: the smallest value black, the largest
 * white, the first plane red whatever it is.
 *
 * @param {number} min
 * @param {number} max
 * @param {number} channels
 */
export function stretched(min, max, channels) {
  const span = max - min || 1;
  return { mean: Array(channels).fill(-min / span), std: Array(channels).fill(1 / span) };
}
