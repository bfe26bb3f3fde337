/** Numbers and sentences of the Explain page. */

import { fixed, grouped, percent } from "../../geometry/scale.js";
import { methodOf } from "../../state/explain-stream.js";
import { CONTROL, FORGOTTEN, RANDOM, beats, entryOf, explain, leftOver } from "../../state/explain.js";
import { className } from "../../state/scene.js";
import { h, s } from "../../widgets/dom.js";
import { TOLD } from "./methods.js";

/** @import { Entry, MapHeader, Question } from "../../state/explain-types.js" */

/** @param {number} value @param {number} [decimals] */
export const signed = (value, decimals = 2) => (value >= 0 ? `+${fixed(value, decimals)}` : fixed(value, decimals));

/**
 * With as many decimals as its size wants.
 *
 * @param {number} value
 */
export function precise(value) {
  const size = Math.abs(value);
  return signed(value, size >= 1 ? 3 : size >= 0.01 ? 4 : size >= 1e-4 ? 6 : 8);
}

/** @param {number | null} index  Of a class. */
export const classAt = (index) => (index === null ? "" : className(explain.classes.value[index] ?? String(index)));

/** @param {string} tile */
export const toldOf = (tile) => /** @type {import("./methods.js").Told} */ (TOLD[methodOf(tile)]);

/** @param {Question} question  What is asked, in words. */
export function subjectOf({ of, a, b, channel, node }) {
  if (of === "pair") return `${classAt(a)} rather than ${classAt(b)}`;
  return of === "class" ? classAt(a) : `channel ${channel} of ${node}`;
}

/** Whether the answer is told as a share. @param {Question} question */
export const isShare = ({ reading }) => reading !== "value";

/** @param {Question} question @param {number} answer */
export const answerText = (question, answer) => (isShare(question) ? percent(answer) : fixed(answer, 3));

/**
 * A tick or a cross, with a word for those who listen.
 *
 * @param {boolean | null} passes
 * @returns {Node[]}
 */
export function mark(passes) {
  if (passes === null) return [];
  const path = passes ? "M2 6.5l2.6 2.6L10 3" : "M2.5 2.5l7 7M9.5 2.5l-7 7";
  const drawn = s("svg", { class: passes ? "ok" : "no", width: 12, height: 12, viewBox: "0 0 12 12", role: "img", "aria-label": passes ? "passes" : "fails" },
    s("path", { d: path, fill: "none", stroke: "currentColor", "stroke-width": 1.8 }));
  return [drawn];
}

/** Below this a value is told with one decimal more. */
const SMALL = 0.1;

/** @param {string} text  Said more quietly. */
export const quiet = (text) => h("span", { class: "aside" }, text);

/**
 * The first row of a tile: what the map adds up to.
 *
 * @param {MapHeader} header
 * @returns {(Node | string)[]}
 */
export function sumWords({ promise, total, adds_up: holds }) {
  if (!promise) return [quiet("no claim")];
  const told = (/** @type {number} */ value) => fixed(value, Math.abs(promise.goal) < SMALL ? 3 : 2);
  if (promise.parts.biases !== undefined) return [told(total), quiet(" + "), told(promise.parts.biases), quiet(" b "), ...mark(holds)];
  return [told(total), quiet(" of "), told(promise.goal), " ", ...mark(holds)];
}

/** @param {MapHeader} header */
export function sumTitle({ promise, total, residual }) {
  if (!promise) return "This method does not promise a sum";
  const parts = Object.entries(promise.parts).map(([name, value]) => `${name} ${signed(value, 4)}`);
  return `Sum of the map ${fixed(total, 4)} of ${fixed(promise.goal, 4)}; ${parts.join(", ")}; residual ${(residual ?? 0).toExponential(1)}`;
}

/**
 * The second: what is left when the network has forgotten everything.
 *
 * @param {string} tile
 * @param {Entry} entry
 * @returns {{ words: (Node | string)[], title: string }}
 */
export function forgetWords(tile, entry) {
  const left = leftOver(entry);
  if (left === null) return { words: ["–"], title: "Not measured yet" };
  const ends = entry.memories.filter(({ stage, stages }) => stage === stages.length).map(({ correlation }) => fixed(correlation));
  const title = `Rank correlation with its own map after all weights are random: ${ends.join(", ")} in ${ends.length} random networks. Near 0 is good.`;
  return { words: [fixed(left), " ", ...(tile === CONTROL ? [] : mark(left < FORGOTTEN))], title };
}

/**
 * The third: whether its pixels matter.
 *
 * @param {string} tile
 * @param {Entry} entry
 * @returns {{ words: (Node | string)[], title: string }}
 */
export function filmWords(tile, entry) {
  if (!entry.film) return { words: ["–"], title: "Not measured yet" };
  const { deletion, insertion } = entry.film.areas;
  const random = entryOf(RANDOM).film?.areas;
  const beaten = random ? ` In random order ${fixed(random.deletion, 3)} and ${fixed(random.insertion, 3)}.` : "";
  const title = `Area under the answer while its pixels are removed ${fixed(deletion, 3)} (low is good), and while they are put in ${fixed(insertion, 3)} (high is good).${beaten} The tick: better than the control in both.`;
  return { words: [quiet("out "), fixed(deletion), quiet(" in "), fixed(insertion), " ", ...(tile === CONTROL ? [] : mark(beats(entry)))], title };
}

/** Methods that are worse than random order in one direction, as a warning; empty while too little is known. */
export function randomWarning() {
  const random = entryOf(RANDOM).film;
  if (!random) return "";
  const films = [...explain.entries.value].filter(([name, { film }]) => film && name !== RANDOM && name !== CONTROL);
  const beaten = films.filter(([, entry]) => beats(entry, RANDOM) === false).length;
  return beaten && films.length > 4 ? `Random order is better than ${beaten} of ${films.length} methods in one direction or both.` : "";
}

/** @param {number} count */
export const pixels = (count) => grouped(count);
