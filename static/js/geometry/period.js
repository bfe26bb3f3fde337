/** At which shifts a layer is exact: a rule, read off the measured points. */

import { smallestOf } from "./extremes.js";

/** @typedef {{kind: "always" | "rest" | "never"} | {kind: "every", step: number} | {kind: "some", count: number}} Rule */

/**
 * @param {ReadonlyMap<number, boolean>} exact  For each shift that was measured.
 * @param {number} range  The rule is for all whole shifts from -range to range.
 * @returns {Rule | null}  null while some of them are not measured.
 */
export function exactRule(exact, range) {
  const shifts = Array.from({ length: 2 * range + 1 }, (_, index) => index - range);
  if (!shifts.every((shift) => exact.has(shift))) return null;
  const agreeing = shifts.filter((shift) => exact.get(shift));
  if (agreeing.length === shifts.length) return { kind: "always" };
  if (!agreeing.length) return { kind: "never" };
  if (agreeing.length === 1 && exact.get(0)) return { kind: "rest" };
  const step = smallestOf(agreeing.filter((shift) => shift > 0));
  const periodic = shifts.every((shift) => exact.get(shift) === (shift % step === 0));
  return periodic ? { kind: "every", step } : { kind: "some", count: agreeing.length };
}
