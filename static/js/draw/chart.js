/** Histograms: how often which value occurs. */

import { largestOf } from "../geometry/extremes.js";

/** @import { Scale } from "./colormap.js" */

/**
 * Counts in equal bins from `low` to `high`; the last bin takes its upper bound, values outside go to the end bins.
 *
 * @param {Float32Array} values
 * @param {Scale} scale
 * @param {number} bins
 * @returns {number[]}
 */
export function histogram(values, { low, high }, bins) {
  /** @type {number[]} */
  const counts = new Array(bins).fill(0);
  const span = high - low || 1;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(((value - low) / span) * bins)));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/**
 * Heights of bars whose area grows with the root of the count, so that rare values stay visible beside a heap of
 * zeros; a bin that is not empty is at least one pixel high. The bin that holds zero does not set the scale.
 *
 * @param {readonly number[]} counts
 * @param {number} height
 * @param {number} zeroBin
 * @returns {number[]}
 */
export function barHeights(counts, height, zeroBin) {
  const others = counts.filter((_, bin) => bin !== zeroBin);
  const largest = largestOf(others) || largestOf(counts) || 1;
  return counts.map((count) => (count ? Math.max(1, Math.round(Math.sqrt(Math.min(1, count / largest)) * height)) : 0));
}

/**
 * Where a value stands on a scale, from 0 to 1.
 *
 * @param {number} value
 * @param {Scale} scale
 */
export function shareOf(value, { low, high }) {
  return high === low ? 0 : Math.min(1, Math.max(0, (value - low) / (high - low)));
}
