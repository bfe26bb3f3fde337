/**
 * One layer in three lanes: A's output, B's, and what differs. All three share the range of both.
 *
 * @import { Activation, Lanes } from "./types.js"
 */

import { differenceOfLayers } from "./difference.js";

/** @type {WeakMap<Activation, Activation>} */
const placed = new WeakMap();
/** @type {WeakMap<Activation, Activation>} */
const originals = new WeakMap();

/**
 * The same output, knowing what it stands beside: it goes on to be what the original becomes.
 *
 * @param {Activation} activation
 * @param {Pick<Lanes, "a" | "b" | "gain">} sides
 * @returns {Activation}
 */
export function inLanes(activation, { a, b, gain }) {
  const known = placed.get(activation);
  if (known?.lanes && known.lanes.a === a && known.lanes.b === b && known.lanes.gain === gain) return known;
  /** @type {Lanes} */
  const lanes = {
    ...{ a, b, gain },
    get all() {
      const difference = differenceOfLayers(a, b);
      const each = (/** @type {Activation} */ lane) => inLanes(lane, { a, b, gain });
      return difference && /** @type {const} */ ([each(a), each(b), each(difference)]);
    },
  };
  /** @type {Activation} */
  const made = Object.assign(Object.create(activation), { lanes });
  placed.set(activation, made);
  originals.set(made, activation);
  return made;
}

/** @param {Activation} activation  What `inLanes` was given. */
export const originalOf = (activation) => originals.get(activation) ?? activation;
