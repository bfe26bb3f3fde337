import { bySize } from "../../draw/products.js";
import { largestOf, smallestOf } from "../../geometry/extremes.js";
import { addUp, textOf } from "../../geometry/rounding.js";

/** @import { Share, Working } from "./types.js" */

/** @typedef {{index: number, share: Share | null}} Placed */

/**
 * Which rows are shown, in which order, what each adds as printed, and what all others add together.
 *
 * @param {Working} working
 * @param {number} most
 * @param {number} wanted A row that has to be among them; -1 for none.
 * @param {readonly number[] | null} [kept] Rows that stay where they are, though others have become larger.
 * @returns {{rows: Placed[], others: {count: number, share: Share | null} | null, axis: [number, number]}}
 */
export function arrange(working, most, wanted, kept = null) {
  const { adds, count, rest } = working;
  const shown = kept ? keeping(kept, wanted) : chosen(working, most, wanted);
  const hidden = count - shown.length + (rest?.count ?? 0);
  if (!adds) {
    const rows = shown.map((index) => ({ index, share: null }));
    return { rows, others: hidden ? { count: hidden, share: null } : null, axis: working.axis ?? [0, 0] };
  }
  const visible = new Set(shown);
  const remaining = adds.reduce((sum, each, index) => sum + (visible.has(index) ? 0 : each), rest?.sum ?? 0);
  const parts = shown.map((index) => adds[index] ?? 0);
  const shares = runningSum(hidden ? [...parts, remaining] : parts, working.total ?? 0, working.decimals ?? 3);
  const ends = shares.flatMap(({ from, to }) => [from, to]);
  return {
    rows: shown.map((index, at) => ({ index, share: shares[at] ?? null })),
    others: hidden ? { count: hidden, share: shares.at(-1) ?? null } : null,
    axis: [Math.min(0, smallestOf(ends)), Math.max(0, largestOf(ends))],
  };
}

/** Whether the rows stand by size, the largest first. @param {Working} working @param {number} most */
export const bySizeOf = ({ adds, inOrder, count }, most) => Boolean(adds) && !(inOrder && count <= most);

/** @param {readonly number[]} kept @param {number} wanted */
const keeping = (kept, wanted) => (wanted < 0 || kept.includes(wanted) ? kept : [...kept.slice(0, -1), wanted]);

/**
 * The largest first; where nothing is added up, those around the current one.
 *
 * @param {Working} working
 * @param {number} most
 * @param {number} wanted
 */
function chosen({ adds, count, current, inOrder }, most, wanted) {
  const all = Array.from({ length: Math.min(count, most) }, (_, index) => index);
  if (count <= most && (!adds || inOrder)) return all;
  if (!adds) {
    const middle = wanted < 0 ? current : wanted;
    const first = Math.max(0, Math.min(count - most, middle - (most >> 1)));
    return all.map((index) => first + index);
  }
  const order = bySize(adds).slice(0, most);
  const missing = [inOrder ? current : -1, wanted].filter((index) => index >= 0 && !order.includes(index));
  order.splice(order.length - missing.length, missing.length, ...missing);
  return order;
}

/**
 * @param {readonly number[]} parts
 * @param {number} total As printed.
 * @param {number} decimals
 * @returns {Share[]}
 */
function runningSum(parts, total, decimals) {
  let [sum, units] = [0, 0];
  return addUp(parts, total, decimals).parts.map((part, index) => {
    const from = sum;
    sum += parts[index] ?? 0;
    units += part.units;
    const printed = part.units / 10 ** decimals;
    return { text: part.text, printed, adjusted: part.adjusted, from, to: sum, run: textOf(units, decimals) };
  });
}
