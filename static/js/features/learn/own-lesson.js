/**
 * A teacher's own lesson: plain data from a stranger, held against its limits before anything is shown of it, and shown
 * as text alone. It travels whole in a link, packed, or as a JSON file.
 *
 * @import { Ask, Lesson, PageName, Step, StepText, Texts } from "../../../lessons/types.js"
 * @import { Frame } from "./run.js"
 */

import { word } from "./language.js";
import { MEASURES, parseCall } from "./measures/index.js";
import { PATHS } from "./page.js";

/**
 * @typedef {object} OwnAsk
 * @property {"choice" | "number" | "click"} kind
 * @property {string} question
 * @property {string[]} options
 * @property {string[]} hints  One for each option; of a number or a click the first holds for every wrong answer.
 * @property {number} right  Of a choice the number of the option.
 * @property {string} value  Of a number: the number, or the measure that gives it.
 * @property {number} tolerance
 * @property {string} node  Of a click: the layer.
 */

/**
 * @typedef {object} OwnStep
 * @property {string} title
 * @property {string} view  Path and search part, as "Copy link" gives them.
 * @property {string} say
 * @property {OwnAsk | null} ask
 * @property {string} target  The place to look at; empty for none.
 * @property {boolean} veil  Whether that place is hidden until the answer.
 * @property {string} measure  What is measured on the reveal; empty for nothing.
 * @property {string} means
 */

/** @typedef {{format: "convscope-lesson", version: 1, title: string, steps: OwnStep[]}} OwnLesson */

export const LIMITS = { steps: 40, title: 120, text: 600, view: 2000, options: 4, bytes: 64_000, link: 8_000 };

export class BadLesson extends Error {}

/** @param {unknown} value @param {string} what @param {number} [most] @returns {string} */
function text(value, what, most = LIMITS.text) {
  if (typeof value !== "string") throw new BadLesson(`${what} must be text, got ${typeof value}`);
  const { length } = [...value];
  if (length > most) throw new BadLesson(`${what} has ${length} characters, at most ${most} are taken`);
  return value;
}

/** @param {unknown} value @param {string} what @param {number} most @returns {number} */
function whole(value, what, most) {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > most) {
    throw new BadLesson(`${what} must be a whole number from 0 to ${most}, got ${JSON.stringify(value)}`);
  }
  return value;
}

/** @param {unknown} value @param {string} what @param {number} most @returns {unknown[]} */
function list(value, what, most) {
  if (!Array.isArray(value)) throw new BadLesson(`${what} must be a list, got ${typeof value}`);
  if (value.length > most) throw new BadLesson(`${what} has ${value.length} entries, at most ${most} are taken`);
  return value;
}

/** A plain number, as it is typed in English: the lesson may be opened in another language. */
const NUMBER = /^-?\d+(\.\d+)?$/;

/** @param {string} call @param {string} what */
function measure(call, what) {
  if (!call) return "";
  let name;
  try {
    ({ name } = parseCall(call));
  } catch {
    throw new BadLesson(`${what} must be a measure such as error(conv_1_2,1), got ${call}`);
  }
  if (!Object.hasOwn(MEASURES, name)) throw new BadLesson(`${what}: ${name} is nothing this page measures`);
  return call;
}

/** @param {string} view @param {string} what @returns {{page: PageName, view: Record<string, string>}} */
export function readView(view, what) {
  const [path = "", search = ""] = (view.split("#")[0] ?? "").split("?", 2);
  const page = Object.entries(PATHS).find(([, each]) => each === path)?.[0];
  if (!page) throw new BadLesson(`${what} must be the link of a view, such as /shift?dx=1, got ${view.slice(0, 60)}`);
  return { page: /** @type {PageName} */ (page), view: Object.fromEntries(new URLSearchParams(search)) };
}

/** @param {unknown} value @param {string} what @returns {number} */
function atLeastZero(value, what) {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) throw new BadLesson(`${what} must be a number from 0, got ${JSON.stringify(value)}`);
  return value;
}

/** @param {unknown} value @param {string} what @returns {boolean} */
function yesOrNo(value, what) {
  if (typeof value !== "boolean") throw new BadLesson(`${what} must be true or false, got ${JSON.stringify(value)}`);
  return value;
}

/** @param {any} ask @param {string} what @returns {OwnAsk | null} */
function readAsk(ask, what) {
  if (ask === null) return null;
  const { kind, question, options: answers = [], hints = [], right = 0, value = "", tolerance = 0, node = "" } = ask;
  if (!["choice", "number", "click"].includes(kind)) throw new BadLesson(`${what}: a question is a choice, a number or a click`);
  const options = list(answers, `${what}: answers`, LIMITS.options).map((each) => text(each, `${what}: an answer`));
  if (kind === "choice" && options.length < 2) throw new BadLesson(`${what}: a choice needs at least two answers`);
  const wanted = text(value, `${what}: the right number`, 200);
  if (kind === "number" && !NUMBER.test(wanted)) measure(wanted || "?", `${what}: the right number`);
  return {
    kind,
    question: text(question, `${what}: the question`),
    options,
    hints: list(hints, `${what}: hints`, LIMITS.options).map((each) => text(each, `${what}: a hint`)),
    right: whole(right, `${what}: the right answer`, Math.max(0, options.length - 1)),
    value: wanted,
    tolerance: atLeastZero(tolerance, `${what}: give or take`),
    node: text(node, `${what}: the layer to click`, 400),
  };
}

/** @param {any} step @param {string} what @returns {OwnStep} */
function readStep(step, what) {
  if (typeof step !== "object" || step === null) throw new BadLesson(`${what} must be an object`);
  const { title = "", view, say = "", ask = null, target = "", veil = false, measure: call = "", means = "" } = step;
  readView(text(view, `${what}: view`, LIMITS.view), `${what}: view`);
  return {
    title: text(title, `${what}: title`, LIMITS.title),
    view,
    say: text(say, `${what}: say`),
    ask: readAsk(ask, what),
    target: text(target, `${what}: target`, 100),
    veil: yesOrNo(veil, `${what}: veil`),
    measure: measure(text(call, `${what}: measure`, 200), `${what}: measure`),
    means: text(means, `${what}: means`),
  };
}

/**
 * A lesson as it was saved, checked. `static/lessons/lesson.schema.json` says the same of such files.
 *
 * @param {unknown} data
 * @returns {OwnLesson}
 * @throws {BadLesson} What is wrong, and what was wanted.
 */
export function readLesson(data) {
  const { format, version, title, steps } = /** @type {any} */ (data) ?? {};
  if (format !== "convscope-lesson") throw new BadLesson("this is no ConvScope lesson: format must be convscope-lesson");
  if (version !== 1) throw new BadLesson(`version 1 is read here, got ${JSON.stringify(version)}`);
  const read = list(steps, "steps", LIMITS.steps).map((step, at) => readStep(step, `step ${at + 1}`));
  if (!read.length) throw new BadLesson("a lesson needs at least one step");
  return { format, version, title: text(title, "title", LIMITS.title), steps: read };
}

/** @param {File} file @returns {Promise<OwnLesson>} */
export async function readFile(file) {
  if (file.size > LIMITS.bytes) throw new BadLesson(`${file.name} has ${file.size} bytes, at most ${LIMITS.bytes} are taken`);
  return readLesson(parsed(await file.text()));
}

/* In a link */

/** @param {string} words @returns {Promise<string>} */
async function deflated(words) {
  const stream = new Blob([words]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** @param {OwnLesson} lesson @returns {Promise<string>} */
export const pack = (lesson) => deflated(JSON.stringify(lesson));

/** Where a lesson begins, with all of it in the address. @param {OwnLesson} lesson @param {string} packed */
export function addressOf({ steps }, packed) {
  const { page, view } = readView(steps[0]?.view ?? "/", "view");
  return `${PATHS[page]}?${new URLSearchParams(view)}#own=${packed}.1`;
}

/**
 * @param {string} packed
 * @returns {Promise<OwnLesson>}
 * @throws {BadLesson}
 */
export async function unpack(packed) {
  if (packed.length > LIMITS.bytes) throw new BadLesson(`the link is longer than ${LIMITS.bytes} characters`);
  let words = "";
  try {
    const binary = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (each) => each.charCodeAt(0));
    words = await inflated(bytes);
  } catch (error) {
    throw error instanceof BadLesson ? error : new BadLesson("the link is damaged: part of it is missing or changed");
  }
  return readLesson(parsed(words));
}

/** A small link may unfold to gigabytes: it is read piece by piece, and no further than the limit. @param {Uint8Array<ArrayBuffer>} bytes */
async function inflated(bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const pieces = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > LIMITS.bytes) throw new BadLesson(`the lesson is larger than ${LIMITS.bytes} bytes`);
    pieces.push(value);
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(await new Blob(pieces).arrayBuffer());
}

/** @param {string} words @returns {unknown} */
function parsed(words) {
  try {
    return JSON.parse(words);
  } catch {
    throw new BadLesson("this is no JSON");
  }
}

/* As the panel takes it */

/** @param {OwnAsk | null} ask @returns {Ask | null} */
function askOf(ask) {
  if (!ask) return null;
  if (ask.kind === "choice") return { kind: "choice", right: ask.right, holds: [] };
  if (ask.kind === "click") return { kind: "click", node: ask.node };
  const right = NUMBER.test(ask.value) ? `number(${Number(ask.value)})` : ask.value;
  return { kind: "number", right, tolerance: ask.tolerance };
}

/** What a measure is called, where the language has a name for it. @param {string} call @param {Texts} texts */
function nameOf(call, texts) {
  const { name, told } = parseCall(call);
  const [layer = "", by = ""] = told;
  return Object.hasOwn(texts.words, `m_${name}`) ? word(texts, `m_${name}`, { layer, by: by || layer }) : call;
}

/** Braces stand for measures in our own texts; in a stranger's they are braces. @param {string} words */
const literal = (words) => words.replaceAll("{", "(").replaceAll("}", ")");

/** @param {OwnStep} step @param {Texts} texts @returns {StepText} */
function textOf({ say, ask, measure: call, means }, texts) {
  const hints = Object.fromEntries((ask?.hints ?? []).map((hint, at) => [ask?.kind === "choice" ? at : "any", literal(hint)]));
  return { say: literal(say), ask: literal(ask?.question ?? ""), options: ask?.options.map(literal) ?? [], hints, got: call ? [nameOf(call, texts)] : [], means: literal(means) };
}

/**
 * @param {OwnLesson} own
 * @param {Texts} texts
 * @returns {{lesson: Lesson, frame: Frame}}
 */
export function asLesson(own, texts) {
  const steps = own.steps.map((step, at) => {
    const { page, view } = readView(step.view, `step ${at + 1}`);
    const veil = step.veil && step.target ? [step.target] : [];
    const measures = step.measure ? [step.measure] : [];
    return { id: String(at + 1), page, view, target: step.target, veil, ask: askOf(step.ask), measures, concept: /** @type {const} */ ("input") };
  });
  const words = new Map(steps.map((step, at) => [step.id, textOf(/** @type {OwnStep} */ (own.steps[at]), texts)]));
  const find = (/** @type {Step} */ step) => words.get(step.id) ?? { ask: "", hints: {}, got: [], means: "" };
  return {
    lesson: { id: "own", minutes: 0, steps },
    frame: { overline: word(texts, "your_lesson"), title: own.title, textOf: find, onwards: "/learn#teach", scored: false },
  };
}

/** @param {string} packed @param {Texts} texts */
export const unpackLesson = async (packed, texts) => asLesson(await unpack(packed), texts);
