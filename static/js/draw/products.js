/** The sum behind one value of a convolution, term by term. */

import { fieldBox } from "../geometry/windows.js";
import { plane } from "./tensor.js";

/** @import { Tensor } from "./tensor.js" */

/**
 * @typedef {object} Term What one input channel adds.
 * @property {number} channel
 * @property {number[]} patch Row by row; NaN where the window stands over padding.
 * @property {number[]} kernel
 * @property {number[]} products
 * @property {number} sum
 */

/**
 * Patch × kernel for every input channel of one output value, in float64.
 *
 * @param {{kind: string, config: Record<string, any>}} node A convolution.
 * @param {{shape: readonly number[], data: Float32Array}} weights `(O, I / groups, kH, kW)`.
 * @param {Pick<Tensor, "shape" | "data">} input
 * @param {{channel: number, y: number, x: number}} pixel
 * @returns {Term[]}
 */
export function convolutionTerms(node, weights, input, { channel, y, x }) {
  const [outputs = 1, depth = 1, height = 1, width = 1] = weights.shape;
  const group = Math.floor(channel / (outputs / (node.config.groups ?? 1)));
  const [stepY = 1, stepX = 1] = node.config.dilation ?? [];
  const { top, left } = fieldBox(node, y, x, input.shape);
  const size = height * width;
  return Array.from({ length: depth }, (_, index) => {
    const start = (channel * depth + index) * size;
    const kernel = Array.from(weights.data.subarray(start, start + size));
    const source = group * depth + index;
    const patch = kernel.map((_weight, at) => {
      const row = top + Math.floor(at / width) * stepY;
      return valueInside(input, source, row, left + (at % width) * stepX);
    });
    const products = kernel.map((weight, at) => weight * (patch[at] || 0));
    return { channel: source, patch, kernel, products, sum: products.reduce((total, product) => total + product, 0) };
  });
}

/**
 * @param {Pick<Tensor, "shape" | "data">} input
 * @param {number} channel
 * @param {number} y
 * @param {number} x
 */
function valueInside(input, channel, y, x) {
  const [, height = 1, width = 1] = input.shape;
  const inside = y >= 0 && y < height && x >= 0 && x < width;
  return inside ? (plane(input, channel)[y * width + x] ?? NaN) : NaN;
}

/**
 * The terms with the largest sums in channel order, and what all the others add together.
 *
 * @param {readonly Term[]} terms
 * @param {number} most
 * @returns {{shown: Term[], others: {count: number, sum: number}}}
 */
export function largestTerms(terms, most) {
  if (terms.length <= most) return { shown: [...terms], others: { count: 0, sum: 0 } };
  const order = [...terms].sort((a, b) => Math.abs(b.sum) - Math.abs(a.sum));
  const rest = order.slice(most);
  return {
    shown: order.slice(0, most).sort((a, b) => a.channel - b.channel),
    others: { count: rest.length, sum: rest.reduce((total, term) => total + term.sum, 0) },
  };
}
