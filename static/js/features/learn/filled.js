/**
 * A step's texts with what is measured put in.
 *
 * @import { Call, Step, StepText } from "../../../lessons/types.js"
 * @import { Measuring } from "./measures/index.js"
 */

/**
 * @typedef {object} AskShown
 * @property {"choice" | "number" | "click"} kind
 * @property {string} question
 * @property {readonly string[]} options
 * @property {Readonly<Record<string, string>>} hints
 * @property {string} unit
 * @property {number | null} right  Number of the right option, once it is known.
 * @property {string} measured  The right number, once it is measured.
 */

/** @typedef {{rows: {label: string, text: string}[], means: string}} Shown */

/**
 * The sentence and the question.
 *
 * @param {Step} step
 * @param {StepText} text
 * @param {Measuring} measuring
 * @returns {Promise<{said: string, ask: AskShown | null}>}
 */
export async function wordsOf({ ask }, text, measuring) {
  const fill = (/** @type {string} */ each) => measuring.fill(each);
  const said = await fill(text.say ?? "");
  if (!ask) return { said, ask: null };
  const options = await Promise.all((text.options ?? []).map(fill));
  const hints = Object.fromEntries(Object.entries(text.hints).map(([key, value]) => [key, String(value)]));
  return { said, ask: { kind: ask.kind, question: await fill(text.ask), options, hints, unit: text.unit ?? "", right: null, measured: "" } };
}

/**
 * The numbers of the reveal, and what they mean.
 *
 * @param {Step} step
 * @param {StepText} text
 * @param {Measuring} measuring
 * @returns {Promise<Shown>}
 */
export async function numbersOf({ measures }, text, measuring) {
  const texts = await Promise.all(measures.map((each) => measuring.text(each)));
  const labels = await Promise.all(text.got.map((each) => measuring.fill(each)));
  return { rows: texts.map((each, at) => ({ label: labels[at] ?? "", text: each })), means: await measuring.fill(text.means) };
}

/**
 * What was right.
 *
 * @param {Step} step
 * @param {Measuring} measuring
 * @returns {Promise<{right: number | null, measured: string}>}
 */
export async function rightOf({ ask }, measuring) {
  if (ask?.kind === "number") return { right: null, measured: await measuring.text(ask.right) };
  return { right: ask?.kind === "choice" ? await optionOf(ask.right, measuring) : null, measured: "" };
}

/** @param {number | Call} right @param {Measuring} measuring @returns {Promise<number>} */
export const optionOf = async (right, measuring) => (typeof right === "number" ? right : (await measuring.measure(right)).number);
