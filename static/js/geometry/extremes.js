/**
 * The largest and the smallest of numbers, however many: arguments of a call are limited, so numbers that come from
 * data are never spread into `Math.max` and `Math.min`. NaN among them is the answer, as there.
 */

/** @param {Iterable<number>} values @returns {number} -Infinity of none. */
export function largestOf(values) {
  let found = -Infinity;
  for (const value of values) found = Math.max(found, value);
  return found;
}

/** @param {Iterable<number>} values @returns {number} Infinity of none. */
export function smallestOf(values) {
  let found = Infinity;
  for (const value of values) found = Math.min(found, value);
  return found;
}
