/**
 * What follows from a map's values: which pixels are strongest, and how much of it few of them hold.
 *
 * @import { Ranking } from "../state/explain-types.js"
 */

/** This share of all values reaches the full colour. */
const STRONGEST = 0.01;

/**
 * @param {Float32Array} values
 * @returns {Ranking}
 */
export function rankingOf(values) {
  const count = values.length;
  const at = (/** @type {number} */ index) => values[index] ?? 0;
  const every = Array.from(values, (_, index) => index);
  const place = placesIn(every.toSorted((a, b) => at(b) - at(a) || a - b));
  const bySize = every.toSorted((a, b) => Math.abs(at(b)) - Math.abs(at(a)) || a - b);
  const running = new Float64Array(count + 1);
  bySize.forEach((index, rank) => (running[rank + 1] = (running[rank] ?? 0) + Math.abs(at(index))));
  const strong = Math.abs(at(bySize[Math.floor(STRONGEST * count)] ?? 0));
  const most = Math.abs(at(bySize[0] ?? 0));
  return { strong: strong || most, size: running[count] ?? 0, place, sizePlace: placesIn(bySize), running };
}

/**
 * How many of the strongest pixels hold half of the map.
 *
 * @param {Ranking} ranking
 */
export function holdingHalf({ running, size }) {
  let count = 0;
  while (count < running.length - 1 && (running[count] ?? 0) < size / 2) count += 1;
  return count;
}

/** @param {readonly number[]} order */
function placesIn(order) {
  const places = new Uint32Array(order.length);
  order.forEach((index, rank) => (places[index] = rank));
  return places;
}
