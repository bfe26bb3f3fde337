/**
 * What is tried out on the learner's photo in the browser: small filters, windows of a pool.
 *
 * @import { Measure, Subject } from "./subject.js"
 * @import { Maps } from "./values.js"
 * @import { Picture } from "../../../geometry/convolution.js"
 */

import { convolve, outputSize } from "../../../geometry/convolution.js";
import { nodeOf } from "./subject.js";
import { mapsOf } from "./values.js";
import { largestOf } from "../../../geometry/extremes.js";

/** @param {number} size */
const plain = (size) => ({ size, stride: 1, padding: 0, dilation: 1, mode: /** @type {const} */ ("zeros") });

/**
 * The first colour of what the network gets.
 *
 * @param {Subject} subject
 * @param {AbortSignal} signal
 * @returns {Promise<Picture>}
 */
async function firstPlane(subject, signal) {
  const { values, height, width } = await mapsOf(subject, subject.model.nodes[0]?.name, signal);
  return { planes: [values.slice(0, height * width)], width, height };
}

const IDENTITY = Float32Array.from([0, 0, 0, 0, 1, 0, 0, 0, 0]);

/** @type {(count: (map: Float32Array, inner: Float32Array) => number) => Measure} */
const identity = (count) => async (subject, _, signal) => {
  const photo = await firstPlane(subject, signal);
  const map = convolve(photo, { slices: [IDENTITY], bias: 0 }, plain(3));
  const inner = Float32Array.from(map.values, (_, at) => {
    const [y, x] = [Math.floor(at / map.width) + 1, (at % map.width) + 1];
    return photo.planes[0]?.[y * photo.width + x] ?? NaN;
  });
  return { number: count(map.values, inner) };
};

/** Two filters of whole numbers, and the one that they make together: sums of whole numbers are exact in float32. */
const BLUR = Float32Array.from([1, 2, 1, 2, 4, 2, 1, 2, 1]);
const OUTLINE = Float32Array.from([0, 1, 0, 1, -4, 1, 0, 1, 0]);

function together() {
  const five = new Float32Array(25);
  BLUR.forEach((one, a) => {
    OUTLINE.forEach((other, b) => {
      const at = (Math.floor(a / 3) + Math.floor(b / 3)) * 5 + (a % 3) + (b % 3);
      five[at] = (five[at] ?? 0) + one * other;
    });
  });
  return five;
}

/** @type {Measure} */
async function twoAsFive(subject, _, signal) {
  const { planes, width, height } = await firstPlane(subject, signal);
  const { mean, std, divisor } = subject.model.input;
  const bytes = (planes[0] ?? new Float32Array(0)).map((value) => Math.round((value * (std[0] ?? 1) + (mean[0] ?? 0)) * divisor));
  const photo = { planes: [bytes], width, height };
  const once = convolve(photo, { slices: [BLUR], bias: 0 }, plain(3));
  const twice = convolve({ planes: [once.values], width: once.width, height: once.height }, { slices: [OUTLINE], bias: 0 }, plain(3));
  const five = convolve(photo, { slices: [together()], bias: 0 }, plain(5));
  return { number: five.values.filter((value, at) => value !== twice.values[at]).length };
}

/**
 * The values of one window of a pool without overlap, and their places in the map that is pooled.
 *
 * @param {Subject} subject
 * @param {string | undefined} name
 * @param {AbortSignal} signal
 */
async function windowOf(subject, name, signal) {
  const node = nodeOf(subject, name);
  const size = node.receptive_field.stride[1] / nodeOf(subject, node.inputs[0]).receptive_field.stride[1];
  const maps = await mapsOf(subject, node.inputs[0], signal);
  const { channel, y, x } = subject.pixel.node === name ? subject.pixel : { channel: 0, y: 0, x: 0 };
  const values = [];
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j < size; j += 1) values.push(maps.values[(channel * maps.height + y * size + i) * maps.width + x * size + j] ?? 0);
  }
  return values;
}

/**
 * Of all values of the window changed one at a time, how many change what the pool passes on.
 *
 * @type {(among: (value: number, most: number) => boolean, by: number) => Measure}
 */
const changing = (among, by) => async (subject, [name], signal) => {
  const values = await windowOf(subject, name, signal);
  const most = largestOf(values);
  const tried = values.map((value, at) => (among(value, most) ? values.with(at, value + by * Math.max(1e-3, most / 1e3)) : values));
  return { number: tried.filter((each) => largestOf(each) !== most).length };
};

/**
 * The share of pooled values above zero that stay the same when what is pooled moves along its rows: wrapped round, so
 * that every value counts.
 *
 * @type {Measure}
 */
async function sameAfterMove(subject, [name, dx], signal) {
  const before = await mapsOf(subject, nodeOf(subject, name).inputs[0], signal);
  const [at, then] = [pooled(before, 0), pooled(before, Number(dx))];
  const there = at.map((value, index) => value > 0 || (then[index] ?? 0) > 0);
  const same = at.filter((value, index) => there[index] && value === then[index]).length;
  return { number: (100 * same) / there.filter(Boolean).length, percent: true };
}

/** @param {Maps} maps @param {number} dx  The largest of every 2 × 2, after a move by dx. */
function pooled({ values, channels, height, width }, dx) {
  const at = (/** @type {number} */ channel, /** @type {number} */ y, /** @type {number} */ x) =>
    values[(channel * height + y) * width + ((x - dx + width) % width)] ?? 0;
  const found = [];
  for (let channel = 0; channel < channels; channel += 1) {
    for (let y = 0; y + 1 < height; y += 2) {
      for (let x = 0; x + 1 < width; x += 2) {
        found.push(Math.max(at(channel, y, x), at(channel, y, x + 1), at(channel, y + 1, x), at(channel, y + 1, x + 1)));
      }
    }
  }
  return found;
}

/** @type {Readonly<Record<string, Measure>>} */
export const MEASURES = {
  number: (_, [number]) => ({ number: Number(number) }),
  product: (_, told) => ({ number: told.reduce((all, each) => all * Number(each), 1) }),
  parameters_of: (_, [channels, filters, side]) => ({ number: (Number(channels) * Number(side) ** 2 + 1) * Number(filters) }),
  windows: (_, [extent, size, stride, padding]) => ({
    number: outputSize(Number(extent), { size: Number(size), stride: Number(stride), padding: Number(padding), dilation: 1 }),
  }),
  identity_equal: identity((map, inner) => map.filter((value, at) => value === inner[at]).length),
  identity_values: identity((map) => map.length),
  two_as_five: twoAsFive,
  window: async (subject, [name], signal) => ({ number: (await windowOf(subject, name, signal)).length }),
  changed_by_lowering: changing((value, most) => value !== most, -1),
  changed_by_raising: changing(() => true, 1),
  same_after_move: sameAfterMove,
};
