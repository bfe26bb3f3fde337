/** The playground in sentences, every number of them measured. */

import { FILTERS } from "../../geometry/filters.js";
import { sameBits } from "../../geometry/same-answer.js";
import { TIMES, exact, grouped } from "../../geometry/scale.js";
import { isTrained, trainedIndex } from "../../state/playground.js";
import { valueIn } from "./results.js";
import { movedText } from "./stage.js";

/** @import { Place } from "../../geometry/same-answer.js" */
/** @import { Playground } from "../../state/playground.js" */
/** @import { Results } from "./results.js" */

/** @typedef {(string | {strong: string})[]} Words */

/** @param {string} text */
const strong = (text) => ({ strong: text });

/** @param {Place} place */
const placeText = ({ y, x }) => `row ${y}, column ${x}`;

/**
 * @param {Playground} state
 * @param {string} layer Whose filters the trained ones are.
 */
function filterName(state, layer) {
  const known = Object.entries(FILTERS).find(([name]) => name === state.kernel)?.[1].split(":")[0] ?? "";
  const name = isTrained(state) ? `Filter ${trainedIndex(state)} of ${layer}` : known;
  return state.edited ? `${name}, edited,` : name;
}

/**
 * What is being seen.
 *
 * @param {Results} results
 * @param {string} layer
 * @returns {Words}
 */
export function sentence(results, layer) {
  const { before, after } = results;
  const { map, strongest, state, photo } = before;
  const value = valueIn(map, strongest);
  const name = filterName(state, layer);
  if (before.range.min === 0 && before.range.max === 0) return [strong(name), " answers 0 everywhere in this photo."];
  if (after.shift.dx || after.shift.dy) return moved(results);
  const [photoSize, mapSize] = [photo, map].map(({ width, height }) => `${height}${TIMES}${width}`);
  return [
    ...[strong(name), ` slides over ${photoSize} pixels and gives `, strong(mapSize ?? ""), " answers. "],
    ...["The strongest is ", strong(exact(value)), ` at ${placeText(strongest)}. Drag the photo: the answer goes with it.`],
  ];
}

/**
 * @param {Results} results
 * @returns {Words}
 */
function moved({ before, after }) {
  const { dx, dy } = after.shift;
  const lead = ["The photo has ", strong(movedText(dx, dy)), ". "];
  const was = valueIn(before.map, before.strongest);
  const { stride } = before.settings;
  if (after.goal === "between") {
    const rule = `the map has one value every ${stride} px, and no window stands where the strongest answer was given. `;
    return [...lead, `But ${rule}It comes back at multiples of `, strong(`${stride} px`), "."];
  }
  if (after.goal === "outside") return [...lead, "The strongest answer has left the map with its part of the photo. ", ...counts(after)];
  const now = valueIn(after.map, after.goal);
  const way = `from ${placeText(before.strongest)} to ${placeText(after.goal)}`;
  if (after.same) {
    const told = [`The strongest answer, ${exact(now)}, moved with it ${way} and is `, strong("the same to the last bit"), ". "];
    return [...lead, ...told, ...counts(after)];
  }
  const why = after.clear ? "" : ", because its window reads pixels that have moved in or lie beyond the border";
  return [...lead, `The strongest answer would go ${way}, but there it is `, strong(exact(now)), ` instead of ${exact(was)}${why}. `, ...counts(after)];
}

/**
 * @param {Results["after"]} after
 * @returns {Words}
 */
function counts({ values: { compared, same } }) {
  if (!compared) return ["No window sees the same pixels as before."];
  const seen = " answers whose windows see the same pixels are the same to the last bit.";
  if (same === compared) return ["All ", strong(grouped(compared)), seen];
  return [strong(`${grouped(same)} of ${grouped(compared)}`), seen];
}

/**
 * The strongest answer before and after the photo has moved.
 *
 * @param {Results} results
 * @returns {{before: [string, string], after: [string, string], verdict: string, same: boolean}}
 */
export function answers({ before, after }) {
  const was = valueIn(before.map, before.strongest);
  const { goal } = after;
  if (typeof goal === "string") {
    const why = goal === "between" ? "between two values" : "outside the map";
    return { before: [placeText(before.strongest), exact(was)], after: [why, "–"], verdict: "nothing to compare", same: false };
  }
  const now = valueIn(after.map, goal);
  const same = after.same && sameBits(was, now);
  const verdict = same ? "✓ same to the last bit" : `differs by ${exact(Math.fround(now - was))}`;
  return { before: [placeText(before.strongest), exact(was)], after: [placeText(goal), exact(now)], verdict, same };
}
