/** What the Shift lab says, from measured numbers only. */

import { largestOf } from "../../geometry/extremes.js";
import { MINUS, fixed, grouped, rounded } from "../../geometry/scale.js";
import { strong } from "../../layer-views/words.js";
import { named } from "../../state/verdict.js";

/** @import { Border, Invariance, LayerMaps, Pooling } from "../../api/live-messages.js" */
/** @import { Doubt } from "../../api/client.js" */
/** @import { Rule } from "../../geometry/period.js" */
/** @import { Part } from "../../layer-views/words.js" */
/** @import { AskedResult, Place } from "../../state/shift-types.js" */

const THIN = "\u202f";

/**
 * A relative error in per cent, which is "0" only where it is.
 *
 * @param {number} error
 * @returns {string}
 */
export function percentText(error) {
  const value = error * 100;
  if (value === 0) return "0";
  if (value < 0.095) return rounded(value, 2);
  return fixed(value, value < 9.95 ? 1 : 0);
}

/** @param {number} error */
export const errorText = (error) => `${percentText(error)}${THIN}%`;

/** @type {Record<Border, string>} */
export const BORDER_NAMES = { trained: "as trained", zeros: "zeros", wrap: "wrap", reflect: "reflect" };

/** What the newly exposed part of the photo is, when it is asked for its class. @type {Record<Exclude<Border, "trained">, string>} */
export const FILL_TEXTS = {
  zeros: "new pixels are 0",
  wrap: "the photo wraps",
  reflect: "it is mirrored",
};

/** @type {Record<Pooling, string>} */
export const POOLING_NAMES = {
  trained: "as trained",
  max: "max",
  average: "average",
  blur3: "blur 3",
  blur5: "blur 5",
  strided: "strided",
};

/**
 * "conv_1_1", "conv_1_1 and conv_1_2", …
 *
 * @param {readonly Part[]} parts
 * @returns {Part[]}
 */
function list(parts) {
  return parts.flatMap((part, index) => {
    if (index === 0) return [part];
    return [index === parts.length - 1 ? " and " : ", ", part];
  });
}

/**
 * "3 px right and 2 px up".
 *
 * @param {Place} place
 * @returns {Part[]}
 */
function wayText({ dx, dy }) {
  /** @type {Part[][]} */
  const ways = [];
  if (dx) ways.push([strong(`${Math.abs(dx)} px`), dx > 0 ? " right" : " left"]);
  if (dy) ways.push([strong(`${Math.abs(dy)} px`), dy > 0 ? " down" : " up"]);
  return ways.flatMap((way, index) => (index ? [" and ", ...way] : way));
}

/**
 * The error under one variant, with a check mark where every value is equal; a dash while none of the present state is here.
 *
 * @param {{ error: number | null, exact: boolean } | undefined} layer
 */
export function variantText(layer) {
  if (!layer || layer.error === null) return "\u2013";
  return layer.exact ? `${percentText(layer.error)} ✓` : percentText(layer.error);
}

/**
 * What stands instead while the maps of the present state have not come: no number of another one.
 *
 * @param {Place} place
 * @returns {Part[]}
 */
export function lateText(place) {
  return place.dx || place.dy ? ["Computing the maps for ", ...wayText(place), "…"] : ["Computing the maps at rest…"];
}

/**
 * How a sound moved: a column of its spectrogram is 10 ms, a row a band of pitch.
 *
 * @param {Place} place
 * @returns {Part[]}
 */
function soundText({ dx, dy }) {
  const bands = Math.abs(dy) === 1 ? "1 band" : `${Math.abs(dy)} bands`;
  const time = dx ? [strong(`${Math.abs(10 * dx)} ms`), dx > 0 ? " later" : " earlier"] : [];
  const pitch = dy ? [strong(bands), dy > 0 ? " lower" : " higher"] : [];
  return [...time, ...(dx && dy ? [" and "] : []), ...pitch];
}

/** @param {boolean} sound */
export const nounOf = (sound) => (sound ? "sound" : "photo");

/**
 * What is seen, in a few sentences.
 *
 * @param {AskedResult} result
 * @param {Doubt | null} doubt  Of the answer to the photo at rest.
 * @param {boolean} [sound]  Whether the photo is a sound's spectrogram, at its own size.
 * @returns {Part[]}
 */
export function leadOf(result, doubt, sound = false) {
  const { layers, dx, dy } = result;
  if (!layers.length) return mapless(result, doubt, sound);
  const exact = layers.filter((layer) => layer.exact);
  if (!dx && !dy) return restSentence(result, exact.length === layers.length, sound);
  const moved = [`The ${nounOf(sound)} moved `, ...(sound ? soundText(result) : wayText(result))];
  const parts = [...moved, ". ", ...exactSentence(exact)];
  const rest = layers.filter((layer) => !layer.exact);
  const why = [...borderSentence(rest, result.border, sound), ...stepSentence(rest, result), ...emptySentence(rest)];
  return [...parts, ...why, ...worstSentence(rest), ...answerSentence(result.probabilities, doubt)];
}

/**
 * Whether the class that comes first is still the same.
 *
 * @param {Invariance | null} answer
 * @param {Doubt | null} doubt
 * @returns {Part[]}
 */
function answerSentence(answer, doubt) {
  if (!answer) return [];
  const { labels, before, after } = answer;
  const [first, now] = [before, after].map((shares) => shares.indexOf(largestOf(shares)));
  const name = (/** @type {number | undefined} */ index) => strong(named(labels[index ?? 0] ?? "", doubt));
  return first === now ? ["The answer stays ", name(first), "."] : ["The answer flips from ", name(first), " to ", name(now), "."];
}

/**
 * @param {AskedResult} result
 * @param {Doubt | null} doubt
 * @param {boolean} sound
 * @returns {Part[]}
 */
function mapless({ dx, dy, probabilities }, doubt, sound) {
  /** @type {Part[]} */
  const parts = [`This network has no maps that could move along: every layer sees the whole ${nounOf(sound)} at once. `];
  if (!probabilities || (!dx && !dy)) return parts;
  const { labels, before, after } = probabilities;
  const [first, now] = [before, after].map((shares) => shares.indexOf(largestOf(shares)));
  const name = (/** @type {number | undefined} */ index) => strong(named(labels[index ?? 0] ?? "", doubt));
  const change = pointsText((after[first ?? 0] ?? 0) - (before[first ?? 0] ?? 0));
  const flip = first === now ? ["and stays first. "] : ["and ", name(now), " comes first. "];
  return [...parts, `The ${nounOf(sound)} moved `, ...wayText({ dx, dy }), ": ", name(first), " changes by ", strong(`${change} points`), " ", ...flip];
}

/**
 * @param {AskedResult} result
 * @param {boolean} agree
 * @param {boolean} sound
 * @returns {Part[]}
 */
function restSentence({ layers }, agree, sound) {
  if (!agree) return [`The ${nounOf(sound)} is at rest.`];
  const values = layers.reduce((sum, layer) => sum + layer.compared, 0);
  return [
    `The ${nounOf(sound)} is at rest, so both orders agree: not one of `,
    ...[strong(grouped(values)), " values differs. "],
    ...[strong("Drag it"), ", or press →, and watch which layers still agree."],
  ];
}

/**
 * @param {readonly LayerMaps[]} exact
 * @returns {Part[]}
 */
function exactSentence(exact) {
  if (!exact.length) return ["No layer shown here moved with it exactly. "];
  const values = exact.reduce((sum, layer) => sum + layer.compared, 0);
  const names = list(unique(exact.map(({ node }) => node)).map(strong));
  return [...names, " moved along exactly: not one of ", strong(grouped(values)), " values differs. "];
}

/** @param {readonly string[]} names */
const unique = (names) => [...new Set(names)];

/**
 * Layers that are off only where padding stands in for photo.
 *
 * @param {readonly LayerMaps[]} rest
 * @param {Border} border
 * @param {boolean} sound
 * @returns {Part[]}
 */
function borderSentence(rest, border, sound) {
  const edges = rest.filter((layer) => layer.error !== null && layer.differing_inside === 0);
  if (!edges.length) return [];
  const names = list(unique(edges.map(({ node }) => node)).map(strong));
  const verb = edges.length > 1 ? " differ" : " differs";
  const stands = border === "trained" ? "the padding it was trained with" : `${BORDER_NAMES[border]} padding`;
  return [...names, `${verb} only along the border, where ${stands} stands in for the ${nounOf(sound)}. `];
}

/**
 * Layers that skip pixels, and by a shift that is no multiple of their step.
 *
 * @param {readonly LayerMaps[]} rest
 * @param {Place} place
 * @returns {Part[]}
 */
function stepSentence(rest, { dx, dy }) {
  const off = rest.filter(({ stride: [down, across], differing_inside: inside }) => inside > 0 && (dx % across || dy % down));
  const steps = [...new Set(off.map(({ stride }) => largestOf(stride)))].sort((a, b) => a - b);
  if (!steps.length) return [];
  const each = steps.map((step) => {
    const names = unique(off.filter(({ stride }) => largestOf(stride) === step).map(({ node }) => node));
    const keep = step === steps[0] ? `${names.length > 1 ? " keep" : " keeps"} one value every ` : " every ";
    /** @type {Part[]} */
    const parts = [...list(names.map(strong)), keep, strong(`${step} px`)];
    return parts;
  });
  const joined = each.flatMap((parts, index) => (index ? [", ", ...parts] : parts));
  return [...joined, ": this shift falls between. "];
}

/**
 * @param {readonly LayerMaps[]} rest
 * @returns {Part[]}
 */
function emptySentence(rest) {
  const empty = rest.filter((layer) => layer.compared === 0);
  if (!empty.length) return [];
  return ["Of ", ...list(unique(empty.map(({ node }) => node)).map(strong)), " nothing is left to compare: all of it depends on pixels that were not there before. "];
}

/**
 * @param {readonly LayerMaps[]} rest
 * @returns {Part[]}
 */
function worstSentence(rest) {
  const worst = largestOf(rest.map((layer) => layer.error ?? -1));
  return worst > 0 ? ["The largest error is ", strong(errorText(worst)), ". "] : [];
}

/**
 * Two short lines beside a curve.
 *
 * @param {Rule | null} rule
 * @returns {[string, string]}
 */
export function ruleText(rule) {
  if (!rule) return ["", ""];
  if (rule.kind === "always") return ["exact", "always"];
  if (rule.kind === "never") return ["never", "exact"];
  if (rule.kind === "every") return ["exact every", `${rule.step} px`];
  if (rule.kind === "some") return ["exact at", `${rule.count} shifts`];
  return ["exact only", "at rest"];
}

/**
 * A difference of probabilities in points: "−27.3", "+4.0", "0".
 *
 * @param {number} difference  Of two shares.
 */
export function pointsText(difference) {
  const points = difference * 100;
  if (points === 0) return "0";
  const size = Math.abs(points) < 0.05 ? rounded(Math.abs(points), 1) : Math.abs(points).toFixed(1);
  return `${points < 0 ? MINUS : "+"}${size}`;
}
