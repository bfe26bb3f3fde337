/**
 * What differs between two outputs of a layer: B - A value by value, exactly as the two are stored, and how much that is.
 *
 * @import { Activation, Change, ChannelChange } from "./types.js"
 */

import { isHere, plane } from "../draw/tensor.js";
import { largestOf, smallestOf } from "../geometry/extremes.js";

/** The last difference made for a B: everything that is painted asks for it. @type {WeakMap<Activation, Difference>} */
const made = new WeakMap();

/** @typedef {{a: Activation, activation: Activation & {change: Change}, values: Map<number, [Float32Array, Float32Array]>, whole: [Float32Array, Float32Array] | null}} Difference `values`: what each map was made from; `whole`: what all of them were. */

/**
 * B - A as the output of a layer; null where the two have other shapes, or nothing of them is here. Of layers that come
 * map by map it has the maps that both have, and grows with them.
 *
 * @param {Activation} a
 * @param {Activation} b
 * @returns {Activation & {change: Change} | null}
 */
export function differenceOfLayers(a, b) {
  if (a.shape.length !== b.shape.length || a.shape.some((extent, axis) => extent !== b.shape[axis])) return null;
  const known = made.get(b);
  // Everything that is painted asks for it: of layers that are here whole there is nothing to be looked through again.
  if (known?.a === a && known.whole && known.whole[0] === a.data && known.whole[1] === b.data) return known.activation;
  const difference = known?.a === a ? known : begun(a, b);
  if (difference !== known) made.set(b, difference);
  if (grow(difference, b)) measure(difference.activation, b.shape[0] ?? 0);
  difference.whole = a.planes || b.planes ? null : [a.data, b.data];
  return difference.activation;
}

/**
 * @param {Activation} a
 * @param {Activation} b
 * @returns {Difference}
 */
function begun(a, b) {
  const some = a.planes || b.planes ? { planes: new Map() } : {};
  const data = new Float32Array(a.planes || b.planes ? 0 : Math.min(a.data.length, b.data.length));
  const numbers = { min: 0, max: 0, mean: NaN, std: NaN, zeroFraction: NaN };
  /** @type {Change} */
  const change = { equal: null, relative: null, compared: 0, differing: 0, channels: new Map() };
  return { a, activation: { node: b.node, kind: "difference", shape: b.shape, data, ...some, ...numbers, change }, values: new Map(), whole: null };
}

/**
 * Take in the channels that have come, and let go of those that are gone; what they came to stays known.
 *
 * @param {Difference} difference
 * @param {Activation} b
 * @returns {boolean} Whether there are new ones.
 */
function grow({ a, activation, values }, b) {
  let changed = false;
  for (let channel = 0; channel < (b.shape[0] ?? 0); channel += 1) {
    const known = values.get(channel);
    if (!isHere(a, channel) || !isHere(b, channel)) {
      if (known && values.delete(channel)) activation.planes?.delete(channel);
      continue;
    }
    const [before, after] = [plane(a, channel), plane(b, channel)];
    if (known && sameMemory(known[0], before) && sameMemory(known[1], after)) continue;
    values.set(channel, [before, after]);
    const target = activation.planes ? new Float32Array(after.length) : plane(activation, channel);
    activation.change.channels.set(channel, subtract(before, after, target));
    activation.planes?.set(channel, target);
    changed = true;
  }
  return changed;
}

/** @param {Float32Array} a @param {Float32Array} b */
const sameMemory = (a, b) => a.buffer === b.buffer && a.byteOffset === b.byteOffset;

/** @param {Float32Array} values */
const bitsOf = (values) => new Uint32Array(values.buffer, values.byteOffset, values.length);

/**
 * @param {Float32Array} a
 * @param {Float32Array} b
 * @param {Float32Array} difference  Is written.
 * @returns {ChannelChange}
 */
function subtract(a, b, difference) {
  const [first, second] = [bitsOf(a), bitsOf(b)];
  let [differing, min, max, distance, length] = [0, Infinity, -Infinity, 0, 0];
  for (let at = 0; at < b.length; at += 1) {
    const before = /** @type {number} */ (a[at]);
    const gap = /** @type {number} */ (b[at]) - before;
    difference[at] = gap;
    if (first[at] !== second[at]) differing += 1;
    min = Math.min(min, gap);
    max = Math.max(max, gap);
    distance += gap * gap;
    length += before * before;
  }
  return { compared: b.length, differing, min, max, distance, length };
}

/**
 * Sum up what is known of the channels.
 *
 * @param {Activation & {change: Change}} activation
 * @param {number} channels
 */
function measure(activation, channels) {
  const { change } = activation;
  const known = [...change.channels.values()];
  const total = (/** @type {"compared" | "differing" | "distance" | "length"} */ key) => known.reduce((sum, each) => sum + each[key], 0);
  const all = known.length === channels;
  activation.min = smallestOf(known.map(({ min }) => min));
  activation.max = largestOf(known.map(({ max }) => max));
  change.compared = total("compared");
  change.differing = total("differing");
  change.relative = all ? relative(total("distance"), total("length")) : null;
  change.equal = change.differing ? false : all || null;
}

/**
 * ||B - A|| / ||A|| from the sums of squares; null where A is all zero and B is not.
 *
 * @param {number} distance
 * @param {number} length
 * @returns {number | null}
 */
export const relative = (distance, length) => (distance === 0 ? 0 : length ? Math.sqrt(distance) / Math.sqrt(length) : null);
