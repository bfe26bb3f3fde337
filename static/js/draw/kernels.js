/** The kernels of a convolution as pictures. */

import { paintPhoto } from "./colormap.js";

/** @typedef {{shape: readonly number[], data: Float32Array}} Weights `(O, I / groups, kH, kW)`. */

/** @type {WeakMap<Float32Array, number>} */
const largest = new WeakMap();

/**
 * The largest weight, whatever its sign: one scale for all kernels of a layer.
 *
 * @param {Weights} weights
 */
export function largestWeight({ data }) {
  let most = largest.get(data);
  if (most === undefined) {
    most = 0;
    for (const weight of data) most = Math.max(most, Math.abs(weight));
    largest.set(data, most);
  }
  return most;
}

/**
 * One slice of one filter: what it does with one input channel.
 *
 * @param {Weights} weights
 * @param {number} output
 * @param {number} slice
 * @returns {Float32Array}
 */
export function kernelSlice({ shape, data }, output, slice) {
  const [, depth = 1, height = 1, width = 1] = shape;
  const start = (output * depth + slice) * height * width;
  return data.subarray(start, start + height * width);
}

/**
 * A filter over red, green and blue in its own colours; a weight of zero is middle grey.
 *
 * @param {Weights} weights
 * @param {number} output
 * @returns {ImageData}
 */
export function kernelPhoto(weights, output) {
  const [, , height = 1, width = 1] = weights.shape;
  const size = 3 * height * width;
  const half = 0.5 / (largestWeight(weights) || 1);
  const values = weights.data.subarray(output * size, (output + 1) * size);
  return paintPhoto(values, width, height, { mean: [0.5, 0.5, 0.5], std: [half, half, half] });
}
