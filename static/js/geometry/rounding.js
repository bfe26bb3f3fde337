/** Printing numbers so that what is printed adds up: no reader with a pencil finds a contradiction. */

import { fixed } from "./scale.js";

/**
 * Decimals for values of this size: three around one, fewer for large values, more for small ones.
 *
 * @param {number} largest
 */
export function decimalsFor(largest) {
  if (!(largest > 0) || !Number.isFinite(largest)) return 3;
  const power = Math.floor(Math.log10(largest));
  return power >= 0 ? Math.max(0, Math.min(3, 4 - power)) : Math.min(8, 2 - power);
}

/** @typedef {{text: string, units: number, adjusted: boolean}} Printed `units`: the printed number in its last digit. */

/**
 * A value in units of the last printed digit.
 *
 * @param {number} value
 * @param {number} decimals
 */
export const unitsOf = (value, decimals) => Math.round(Number(value.toFixed(decimals)) * 10 ** decimals);

/**
 * @param {number} units
 * @param {number} decimals
 */
export const textOf = (units, decimals) => fixed(units / 10 ** decimals, decimals);

/**
 * The parts of a sum, rounded so that the printed parts add up to the printed total: each as usual, and where
 * that misses the total, the parts that were closest to being rounded the other way go the other way (the
 * method of the largest remainder). No printed part is a whole last digit off.
 *
 * @param {readonly number[]} parts
 * @param {number} total As the page shows it; it may differ from the exact sum by float32's rounding.
 * @param {number} decimals
 * @returns {{parts: Printed[], holds: boolean}} `holds`: false where they are no parts of that total.
 */
export function addUp(parts, total, decimals) {
  const scale = 10 ** decimals;
  const nearest = parts.map((part) => unitsOf(part, decimals));
  const missing = unitsOf(total, decimals) - nearest.reduce((sum, units) => sum + units, 0);
  const step = Math.sign(missing);
  const holds = Math.abs(missing) <= parts.length;
  const order = parts.map((part, index) => ({ index, left: step * (part * scale - (nearest[index] ?? 0)) }));
  order.sort((a, b) => b.left - a.left);
  const moved = new Set(order.slice(0, holds ? Math.abs(missing) : 0).map(({ index }) => index));
  const printed = nearest.map((units, index) => {
    const now = units + (moved.has(index) ? step : 0);
    return { text: textOf(now, decimals), units: now, adjusted: moved.has(index) };
  });
  return { parts: printed, holds };
}

/**
 * The sign between a formula and its result: "=" where the printed numbers give the printed result, else "≈".
 *
 * @param {number} recomputed From the numbers as they are printed.
 * @param {string} shown The result as it is printed, by `fixed` or `rounded`.
 * @param {number} decimals
 */
export function equals(recomputed, shown, decimals) {
  return fixed(recomputed, decimals) === shown ? "=" : "≈";
}

/**
 * The number that a printed text says.
 *
 * @param {string} text
 */
export const read = (text) => Number(text.replace("\u2212", "-"));
