/**
 * Which layer of A stands beside which of B: by name and shape until the server has answered, which also knows two files
 * of one network whose layers have other names.
 *
 * @import { ComparisonAnswer } from "../api/client.js"
 * @import { Comparison } from "./comparison.js"
 * @import { LayerSource } from "./sources.js"
 */

import { answerNow, compares } from "./comparison.js";
import { smallestOf } from "../geometry/extremes.js";

/**
 * Whether the two share too little for their maps to stand beside each other: less than half of the smaller network.
 *
 * @param {Comparison} comparison
 */
export function standApart(comparison) {
  const [a, b] = [comparison.a.shown.value, comparison.b.shown.value];
  // An edited network has the very layers of the other.
  if (!compares(comparison) || !a || !b || a.model.id === b.model.id || a.model.nodes === b.model.nodes) return false;
  const nodes = [a, b].map((each) => each.model.nodes);
  const named = () => nodes[0]?.filter((node) => nodes[1]?.some((other) => other.name === node.name && String(other.output_shape) === String(node.output_shape)));
  const shared = answerNow(comparison)?.layers ?? named();
  return (shared?.length ?? 0) < smallestOf(nodes.map((each) => each.length)) / 2;
}

/**
 * The layers of A by the names of their counterparts in B.
 *
 * @param {LayerSource} a
 * @param {Comparison} comparison
 * @returns {LayerSource}
 */
export function asNamedInB(a, comparison) {
  const inA = (/** @type {string} */ name) => namesOf(comparison)?.inA.get(name) ?? name;
  return {
    model: a.model,
    signals: a.signals,
    layer: (name) => a.layer(inA(name)),
    get partial() {
      return a.partial;
    },
    want: (who, wanted) => a.want(who, new Map([...wanted].map(([name, channels]) => [inA(name), channels]))),
    whole: (activation) => a.whole(activation),
    address: (what, name, query) => a.address(what, inA(name), query),
    known: (name) => namesOf(comparison)?.inB.get(name) ?? name,
  };
}

/** @typedef {{ inA: ReadonlyMap<string, string>, inB: ReadonlyMap<string, string> }} Names  B's name -> A's, and A's -> B's. */

/** @type {WeakMap<ComparisonAnswer, Names>} */
const told = new WeakMap();

/**
 * @param {Comparison} comparison
 * @returns {Names | null} null: not told yet.
 */
function namesOf(comparison) {
  const found = answerNow(comparison);
  if (!found) return null;
  const known = told.get(found);
  if (known) return known;
  const made = {
    inA: new Map(found.layers.map(({ a, b }) => [b, a])),
    inB: new Map(found.layers.map(({ a, b }) => [a, b])),
  };
  told.set(found, made);
  return made;
}
