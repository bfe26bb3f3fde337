/** What is said of two subjects. */

import { largestOf, smallestOf } from "../../geometry/extremes.js";
import { grouped } from "../../geometry/scale.js";
import { named, words } from "../../state/verdict.js";

/** @import { ClassProbability, ComparisonAnswer, Doubt } from "../../api/client.js" */

/** Below this a percentage would say 0.0 and be wrong. */
const SMALLEST = 0.0005;

/** @typedef {{ strong: boolean, text: string }} Part */

/** @param {string} text @returns {Part} */
const strong = (text) => ({ strong: true, text });
/** @param {string} text @returns {Part} */
const plain = (text) => ({ strong: false, text });

/** @param {number} probability Per cent, without its sign. */
export const percent = (probability) => (probability < SMALLEST ? "<0.1" : (100 * probability).toFixed(1));

/** What there is to be read while B is still to come. */
export const WAITING = [strong("A is pinned."), plain(" Change anything, and the change is B: another photo, another network, noise.")];

/**
 * The finding in a sentence. Equal is said only of all layers, and of every bit.
 *
 * @param {Pick<ComparisonAnswer, "exact" | "compared" | "first" | "answer_a" | "answer_b">} found
 * @param {readonly [Doubt | null, Doubt | null]} [doubts]  Of both answers.
 * @returns {Part[]}
 */
export function verdict({ exact, compared, first, answer_a: [a], answer_b: answers }, [ofA, ofB] = [null, null]) {
  if (exact) return [strong("Exactly equal."), plain(` Not one of ${grouped(compared)} values differs.`)];
  const [b] = answers;
  if (!a || !b) return first ? [strong(first), plain(" is the first layer that differs.")] : [plain("No layer that both have differs.")];
  if (a.label !== b.label) return [plain("A says "), strong(named(a.label, ofA)), plain(", B says "), strong(named(b.label, ofB)), plain(".")];
  const points = 100 * (b.probability - a.probability);
  const far = Math.abs(points) < 0.05 ? "less than 0.1 points apart" : `${Math.abs(points).toFixed(1)} points ${points < 0 ? "less" : "more"} sure`;
  return [plain("Still "), strong(named(b.label, ofB)), plain(`, ${far}.`)];
}

/**
 * Every class with both probabilities, the likeliest of either first; null where the two tell other classes apart.
 *
 * @param {readonly ClassProbability[]} a
 * @param {readonly ClassProbability[]} b
 * @returns {{ label: string, a: number, b: number }[] | null}
 */
export function paired(a, b) {
  const others = new Map(b.map(({ label, probability }) => [label, probability]));
  if (a.length !== b.length || !a.every(({ label }) => others.has(label))) return null;
  const rows = a.map(({ label, probability }) => ({ label: words(label), a: probability, b: others.get(label) ?? 0 }));
  return rows.sort((one, two) => Math.max(two.a, two.b) - Math.max(one.a, one.b));
}

/** @param {number} least @param {number} most */
const span = (least, most) => (least === most ? `${least} channels` : `${least} to ${most} channels`);

/**
 * How many channels the layers of a network have that weigh their inputs.
 *
 * @param {{ nodes: readonly { kind: string, output_shape: readonly number[] }[] }} model
 */
export function channelSpan({ nodes }) {
  const counts = nodes.filter(({ kind }) => kind === "conv2d").map(({ output_shape: [channels = 0] }) => channels);
  return counts.length ? span(smallestOf(counts), largestOf(counts)) : "no convolution";
}
