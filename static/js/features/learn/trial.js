/**
 * The answering of one question: a try, a hint, one more try, and what the page has measured.
 *
 * @import { Ask } from "../../../lessons/types.js"
 * @import { Measuring } from "./measures/index.js"
 * @import { Grade } from "./progress.js"
 */

import { optionOf } from "./filled.js";

/** @typedef {{node: string, channel: number}} Clicked */
/** @typedef {number | string | Clicked | null} Answer  Number of an option, typed text, or what is selected. */

/**
 * `contradicted`: what was measured does not bear the lesson's answer out.
 *
 * @typedef {object} Trial
 * @property {Answer} answer
 * @property {readonly Answer[]} wrong
 * @property {boolean} done
 * @property {boolean} right
 * @property {boolean} contradicted
 */

/** @type {Trial} */
export const FRESH = { answer: null, wrong: [], done: false, right: false, contradicted: false };

/** @param {string} text  As people type numbers: 12 288, 12,288, −0.5. @param {string} locale @returns {number} NaN for others. */
export function readNumber(text, locale) {
  const decimal = (1.5).toLocaleString(locale).charAt(1);
  const grouping = decimal === "," ? /[\s\u202f.']/g : /[\s\u202f,']/g;
  const plain = text.trim().replace(grouping, "").replace(decimal, ".").replace("\u2212", "-");
  return plain === "" ? NaN : Number(plain);
}

/**
 * Whether an answer is right, by what is measured now.
 *
 * @param {Ask} ask
 * @param {Answer} answer
 * @param {Measuring} measuring
 * @returns {Promise<boolean>}
 */
export async function isRight(ask, answer, measuring) {
  if (ask.kind === "choice") return answer === (await optionOf(ask.right, measuring));
  if (ask.kind === "number") {
    const { number } = await measuring.measure(ask.right);
    return Math.abs(readNumber(String(answer), measuring.locale) - number) <= (ask.tolerance ?? 0) + 1e-9;
  }
  const { node, channel } = /** @type {Clicked} */ (answer);
  if (node !== ask.node) return false;
  return ask.channel === undefined || channel === (await measuring.measure(ask.channel)).number;
}

/**
 * Whether what the lesson claims holds here.
 *
 * @param {Ask} ask
 * @param {Measuring} measuring
 */
export async function isBorneOut(ask, measuring) {
  if (ask.kind !== "choice") return true;
  return (await Promise.all(ask.holds.map((each) => measuring.holds(each)))).every(Boolean);
}

/**
 * The trial after an answer was judged. A second wrong one ends it, and so does an answer that the page contradicts.
 *
 * @param {Trial} trial
 * @param {boolean} right
 * @param {boolean} borneOut
 * @returns {Trial}
 */
export function judged(trial, right, borneOut) {
  const wrong = right ? trial.wrong : [...trial.wrong, trial.answer];
  const done = right || wrong.length > 1 || !borneOut;
  return { ...trial, wrong, done, right, contradicted: done && !borneOut };
}

/** @param {Trial} trial @returns {Grade | null} null: no score. */
export function gradeOf({ done, right, wrong, contradicted }) {
  if (!done || contradicted) return null;
  return right ? (wrong.length ? "later" : "first") : "shown";
}

/** @param {Answer} one @param {Answer} other */
export const sameAnswer = (one, other) => JSON.stringify(one) === JSON.stringify(other);
