/**
 * What is drawn of a comparison: the layers of A, of B, or what differs, by B's names.
 *
 * @import { ComparisonAnswer } from "../api/client.js"
 * @import { Comparison } from "./comparison.js"
 * @import { LayerSource } from "./sources.js"
 */

import { answerNow, compares } from "./comparison.js";
import { asNamedInB, standApart } from "./correspondence.js";
import { differenceOf } from "./difference-source.js";
import { inLanes, originalOf } from "./lanes.js";
import { sourceOf } from "./sources.js";
import { largestOf } from "../geometry/extremes.js";

/**
 * The layers of the lane that is shown; of the page's subject while nothing is compared.
 *
 * @param {Comparison} comparison
 * @returns {LayerSource}
 */
export function laneSource(comparison) {
  const { a, b, pinned, begun, lane, gain, answer } = comparison;
  const alone = { a: asNamedInB(sourceOf(a), comparison), b: sourceOf(b) };
  const lanes = { ...alone, difference: differenceOf(alone.a, alone.b) };
  const current = () => (compares(comparison) && !standApart(comparison) ? lanes[lane.value] : alone.b);
  return {
    model: b.model,
    signals: [...alone.b.signals, a.shown, a.arrived, pinned, begun, lane, gain, answer],
    layer(name) {
      const source = current();
      const layer = source.layer(name);
      if (!layer || source === alone.b && !compares(comparison)) return layer;
      const [first, second] = [alone.a.layer(name)?.activation, alone.b.layer(name)?.activation];
      if (!first || !second || String(first.shape) !== String(second.shape)) return layer;
      return { ...layer, activation: inLanes(layer.activation, { a: first, b: second, gain: Number(gain.value) }) };
    },
    get partial() {
      return current().partial;
    },
    want(who, wanted) {
      // All lanes share one range and are a key apart, so both sides have what is in view.
      if (compares(comparison)) lanes.difference.want(who, wanted);
      else alone.b.want(who, wanted);
    },
    whole: (activation) => current().whole(originalOf(activation)),
    address: (...asked) => current().address(...asked),
    known: (node) => node,
    sides: () => (compares(comparison) && !standApart(comparison) ? alone : null),
    distances() {
      const found = compares(comparison) && !standApart(comparison) ? answerNow(comparison) : null;
      return found && distancesIn(found);
    },
  };
}

/** @type {WeakMap<ComparisonAnswer, NonNullable<ReturnType<NonNullable<LayerSource["distances"]>>>>} */
const told = new WeakMap();

/**
 * How far B's layers are from A's, by the names that they have in B.
 *
 * @param {ComparisonAnswer} found
 */
function distancesIn(found) {
  const known = told.get(found);
  if (known) return known;
  const of = new Map(found.layers.map((layer) => [layer.b, { relative: layer.relative, equal: layer.differing === 0 }]));
  const first = found.layers.find(({ differing }) => differing)?.b ?? null;
  const most = largestOf(found.layers.map(({ relative }) => relative ?? 0));
  const made = { of, first, most, exact: found.exact };
  told.set(found, made);
  return made;
}
