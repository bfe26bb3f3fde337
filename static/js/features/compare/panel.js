/** What a comparison adds to the page, in the places that the page keeps for it. */

import { compares, createComparison, swap } from "../../state/comparison.js";
import { comparisonFields } from "../../state/comparison-address.js";
import { standApart } from "../../state/correspondence.js";
import { laneSource } from "../../state/lane-source.js";
import { effect } from "../../state/store.js";
import { addressAlsoHas } from "../../state/url.js";
import { setHidden } from "../../widgets/dom.js";
import { onKeys } from "../../widgets/keys.js";
import { pairedBars } from "./bars.js";
import { changePart } from "./change.js";
import { laneBar } from "./lanes.js";
import { similarityPart } from "./similarity.js";
import { subjectsPart } from "./subjects.js";

/** @import { Comparison } from "../../state/comparison.js" */
/** @import { LayerSource } from "../../state/sources.js" */
/** @import { Subject } from "../../state/subject.js" */

/** @param {string} name @returns {HTMLElement} */
function placeFor(name) {
  const found = document.querySelector(`[data-place="${name}"]`);
  if (found instanceof HTMLElement) return found;
  throw new Error(`the page has no place for ${name}`);
}

/**
 * @param {Subject} subject  That of the page: B from now on.
 * @param {(source: LayerSource) => void} draw
 */
export function beginComparison(subject, draw) {
  const comparison = createComparison(subject);
  draw(laneSource(comparison));
  addressAlsoHas(comparisonFields(comparison));
  show(comparison);
  return comparison;
}

/** @param {Comparison} comparison */
function show(comparison) {
  const dock = placeFor("compare");
  const change = changePart(comparison);
  dock.append(subjectsPart(comparison), change);
  placeFor("compare-answer").append(pairedBars(comparison));
  placeFor("compare-lanes").append(laneBar(comparison));
  placeFor("compare-apart").append(similarityPart(comparison));
  onKeys({ x: ["Swap A and B", () => compares(comparison) && swap(comparison)] });
  const { a, b, pinned, begun, answer } = comparison;
  effect([a.shown, b.shown, pinned, begun, answer], () => {
    const { classList } = document.body;
    classList.toggle("pinned", pinned.value);
    classList.toggle("compared", compares(comparison));
    classList.toggle("apart", standApart(comparison));
    setHidden(dock, !pinned.value);
    setHidden(placeFor("compare-answer"), !pinned.value);
    setHidden(placeFor("compare-apart"), !standApart(comparison));
  });
}
