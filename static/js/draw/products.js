/** The sums behind values of convolutions and dense layers, term by term. */

import { plane } from "./tensor.js";

/** @import { Tensor } from "./tensor.js" */

/**
 * @typedef {object} Term What one input channel adds.
 * @property {number} channel
 * @property {number} y Of the patch's first cell in the input; negative over padding.
 * @property {number} x
 * @property {readonly number[]} step From one cell to the next: rows, columns.
 * @property {number} width Cells in a row of the patch.
 * @property {number[]} patch Row by row; NaN where the window stands over padding.
 * @property {number[]} kernel
 * @property {number[]} products
 * @property {number} sum
 * @property {string} [node] Whose channel, where it is not the layer's own input.
 */

/** @param {readonly number[]} products */
const total = (products) => products.reduce((sum, product) => sum + product, 0);

/**
 * Patch × kernel for every input channel of one output value, in float64.
 *
 * @param {{config: Record<string, any>}} node A convolution.
 * @param {{shape: readonly number[], data: Float32Array}} weights `(O, I / groups, kH, kW)`.
 * @param {Pick<Tensor, "shape" | "data">} input
 * @param {{channel: number, y: number, x: number}} pixel
 * @returns {Term[]}
 */
export function convolutionTerms(node, weights, input, { channel, y, x }) {
  const [outputs = 1, depth = 1, height = 1, width = 1] = weights.shape;
  const group = Math.floor(channel / (outputs / (node.config.groups ?? 1)));
  const { stride: [strideY = 1, strideX = 1] = [], padding: [padTop = 0, padLeft = 0] = [], dilation: [stepY = 1, stepX = 1] = [] } = node.config;
  const [top, left] = [y * strideY - padTop, x * strideX - padLeft];
  const size = height * width;
  return Array.from({ length: depth }, (_, index) => {
    const start = (channel * depth + index) * size;
    const kernel = Array.from(weights.data.subarray(start, start + size));
    const source = group * depth + index;
    const patch = patchOf(input, source, { y: top, x: left, step: [stepY, stepX], width, count: size });
    const products = kernel.map((weight, at) => weight * (patch[at] || 0));
    const corner = { channel: source, y: top, x: left, step: [stepY, stepX], width };
    return { ...corner, patch, kernel, products, sum: total(products) };
  });
}

/**
 * The cells of a window, row by row; NaN where it stands over padding.
 *
 * @param {Pick<Tensor, "shape" | "data">} input
 * @param {number} channel
 * @param {{y: number, x: number, step?: readonly number[], width: number, count: number}} window
 * @returns {number[]}
 */
export function patchOf(input, channel, { y, x, step: [stepY = 1, stepX = 1] = [], width, count }) {
  const [, rows = 1, columns = 1] = input.shape;
  const values = plane(input, channel);
  return Array.from({ length: count }, (_, at) => {
    const row = y + Math.floor(at / width) * stepY;
    const column = x + (at % width) * stepX;
    const inside = row >= 0 && row < rows && column >= 0 && column < columns;
    return inside ? (values[row * columns + column] ?? NaN) : NaN;
  });
}

/**
 * Map × weights for every channel of what a dense layer reads; a plain vector is a channel a value.
 *
 * @param {{shape: readonly number[], data: Float32Array}} weights `(out, in)`.
 * @param {Pick<Tensor, "shape" | "data">} input As it was before it was flattened.
 * @param {number} output
 * @returns {Term[]}
 */
export function denseTerms(weights, { shape, data }, output) {
  const [channels = 1, height = 1, width = 1] = shape;
  const size = height * width;
  return Array.from({ length: channels }, (_, channel) => {
    const patch = Array.from(data.subarray(channel * size, (channel + 1) * size));
    const start = output * data.length + channel * size;
    const kernel = Array.from(weights.data.subarray(start, start + size));
    const products = kernel.map((weight, at) => weight * (patch[at] ?? 0));
    return { channel, y: 0, x: 0, step: [1, 1], width, patch, kernel, products, sum: total(products) };
  });
}

/**
 * Which value of the input one cell of a patch is; null for padding.
 *
 * @param {Term} term
 * @param {number} cell
 */
export function placeOf({ channel, y, x, step: [stepY = 1, stepX = 1], width, patch }, cell) {
  if (Number.isNaN(patch[cell] ?? NaN)) return null;
  return { channel, y: y + Math.floor(cell / width) * stepY, x: x + (cell % width) * stepX };
}

/**
 * The cell whose product is largest, of either sign; the first one inside where all are zero.
 *
 * @param {Term} term
 */
export function largestCell({ patch, products }) {
  let best = -1;
  products.forEach((product, cell) => {
    if (Number.isNaN(patch[cell] ?? NaN)) return;
    if (best < 0 || Math.abs(product) > Math.abs(products[best] ?? 0)) best = cell;
  });
  return Math.max(0, best);
}

/**
 * Numbers of the parts from the largest to the smallest, of either sign; equal ones keep their order.
 *
 * @param {readonly number[]} parts
 */
export function bySize(parts) {
  return parts.map((_, index) => index).sort((a, b) => Math.abs(parts[b] ?? 0) - Math.abs(parts[a] ?? 0) || a - b);
}
