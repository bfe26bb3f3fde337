/** Questions about a layer's numbers: its planes, its ranges, which channels stand out. */

/** @import { MapKind, Scale } from "./colormap.js" */

/**
 * @typedef {object} Tensor
 * @property {readonly number[]} shape `[C, H, W]` or `[F]`.
 * @property {Float32Array} data All values in C order; empty where maps come one by one, or have not come yet.
 * @property {Map<number, Float32Array>} [planes] The maps that are here, where they come one by one.
 * @property {number} min
 * @property {number} max
 */
/** @typedef {{min: number, max: number, mean: number, std: number, zeros: number, count: number}} Summary */

/**
 * How many values a channel has.
 *
 * @param {Pick<Tensor, "shape">} tensor
 */
export function planeSize({ shape }) {
  return (shape[1] ?? 1) * (shape[2] ?? 1);
}

const NOTHING = new Float32Array(0);

/**
 * Whether the values of a channel are here.
 *
 * @param {Pick<Tensor, "data" | "planes">} tensor
 * @param {number} channel
 */
export const isHere = ({ data, planes }, channel) => (planes ? planes.has(channel) : data.length > 0);

/**
 * The values of one channel, as a view; none where they are not here.
 *
 * @param {Pick<Tensor, "shape" | "data" | "planes">} tensor
 * @param {number} channel
 * @returns {Float32Array}
 */
export function plane(tensor, channel) {
  if (tensor.planes) return tensor.planes.get(channel) ?? NOTHING;
  const size = planeSize(tensor);
  return tensor.data.subarray(channel * size, (channel + 1) * size);
}

/**
 * @param {Pick<Tensor, "shape" | "data" | "planes">} tensor
 * @param {number} channel
 * @param {number} y
 * @param {number} x
 * @returns {number} NaN outside, and where it is not here.
 */
export function valueAt(tensor, channel, y, x) {
  return plane(tensor, channel)[y * (tensor.shape[2] ?? 1) + x] ?? NaN;
}

/**
 * Everything the panel says of some values, in float64. NaN values are left out, as missing.
 *
 * @param {Float32Array} values
 * @returns {Summary}
 */
export function summary(values) {
  const length = values.length;
  let [min, max, sum, squares, zeros, count] = [Infinity, -Infinity, 0, 0, 0, 0];
  for (let at = 0; at < length; at += 1) {
    const value = /** @type {number} */ (values[at]);
    if (value !== value) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    if (value === 0) zeros += 1;
    sum += value;
    count += 1;
  }
  const mean = sum / count;
  for (let at = 0; at < length; at += 1) {
    const off = /** @type {number} */ (values[at]) - mean;
    if (off === off) squares += off * off;
  }
  return { min, max, mean, std: Math.sqrt(squares / count), zeros, count };
}

/**
 * A scale that keeps zero where the map has its neutral colour: ±largest where values go below zero, else 0 to largest.
 *
 * @param {number} min
 * @param {number} max
 * @param {MapKind} kind
 * @returns {Scale}
 */
export function scaleFor(min, max, kind) {
  const largest = Math.max(Math.abs(min), Math.abs(max));
  if (!Number.isFinite(largest)) return { low: 0, high: 0 };
  if (kind === "diverging") return { low: -largest, high: largest };
  return kind === "sequential" ? { low: 0, high: largest } : { low: Math.min(0, min), high: max };
}

/**
 * Grey for the planes of the picture, blue and orange for differences and for what has both signs, orange alone for the rest.
 *
 * @param {{kind: string, min: number}} activation
 * @returns {MapKind}
 */
export function mapKindOf({ kind, min }) {
  if (kind === "input") return "grey";
  return min < 0 || kind === "difference" ? "diverging" : "sequential";
}

/**
 * The mean of the squares, in float64. NaN values are left out, as missing.
 *
 * @param {Float32Array} values
 * @returns {number} 0 where there are none.
 */
export function meanSquare(values) {
  const length = values.length;
  let [sum, count] = [0, 0];
  for (let at = 0; at < length; at += 1) {
    const value = /** @type {number} */ (values[at]);
    if (value !== value) continue;
    sum += value * value;
    count += 1;
  }
  return count && sum / count;
}

/**
 * The channels with the largest mean square, in channel order; those in `always` come first.
 *
 * @param {readonly number[]} energies Mean squares of all channels, in their own order.
 * @param {number} count
 * @param {readonly number[]} [always]
 * @returns {number[]}
 */
export function strongest(energies, count, always = []) {
  const ranks = Float64Array.from(energies);
  for (const channel of always) ranks[channel] = Infinity;
  const channels = energies.map((_, channel) => channel);
  if (channels.length > count) channels.sort((a, b) => (ranks[b] ?? 0) - (ranks[a] ?? 0) || a - b);
  return channels.slice(0, count).sort((a, b) => a - b);
}

/**
 * Strength and sign of every kernel slice of one filter: what its ribbons show.
 *
 * @param {Float32Array} kernel `(O, I, kH, kW)`.
 * @param {readonly number[]} shape
 * @param {number} output
 * @returns {{norm: number, sum: number}[]} One entry an input channel.
 */
export function sliceStrengths(kernel, shape, output) {
  const [, inputs = 0, height = 1, width = 1] = shape;
  const size = height * width;
  return Array.from({ length: inputs }, (_, input) => {
    const start = (output * inputs + input) * size;
    let [sum, squares] = [0, 0];
    for (const weight of kernel.subarray(start, start + size)) {
      sum += weight;
      squares += weight * weight;
    }
    return { norm: Math.sqrt(squares), sum };
  });
}

/**
 * What each part of a vector adds to one score: the sum of weight × value over the part.
 *
 * @param {Float32Array} weights `(out, in)`.
 * @param {Float32Array} values
 * @param {number} output
 * @param {readonly {from: number, to: number}[]} parts
 * @returns {number[]}
 */
export function contributions(weights, values, output, parts) {
  return parts.map(({ from, to }) => {
    let sum = 0;
    for (let index = from; index < to; index += 1) {
      sum += (weights[output * values.length + index] ?? 0) * (values[index] ?? 0);
    }
    return sum;
  });
}
