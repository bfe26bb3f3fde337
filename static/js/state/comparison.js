/**
 * Two subjects on one page: A is pinned, and whatever is changed next is B. B is the subject that the page is about all
 * the time, so every way to change it goes on as before.
 *
 * @import { ComparisonAnswer, ModelDetail, NoiseInfo } from "../api/client.js"
 * @import { Subject } from "./subject.js"
 * @import { ImageOnScreen, Lane, TraceView } from "./types.js"
 */

import { getJson, postJson, urls } from "../api/client.js";
import { cropKey, defaultCrop } from "./crop.js";
import { adoptModel, attempt, openSample, problemOf, put, setModel, trace } from "./loading.js";
import { Newest } from "./newest.js";
import { effect, signal } from "./store.js";
import { createSubject } from "./subject.js";

/** @typedef {{ epsilon: number, steps: number }} Noise  In 1/255; 1 step: FGSM, more: PGD. */
/** @typedef {{ a: TraceView, b: TraceView, found: ComparisonAnswer }} Answer  `found`: of these very two. */
/** @typedef {ReturnType<typeof createComparison>} Comparison */

/** @param {Subject} b  The subject of the page. */
export function createComparison(b) {
  const comparison = {
    a: createSubject({ leads: false }),
    b,
    pinned: signal(false),
    /** Whether something has been chosen since: until then B is still to come. */
    begun: signal(false),
    lane: signal(/** @type {Lane} */ ("difference")),
    gain: signal(/** @type {"1" | "4"} */ ("1")),
    /** The noise that made a picture of A's, and the id of that picture; "" while it is being made. */
    noise: signal(/** @type {(Noise & { image: string }) | null} */ (null)),
    /** What the server has found; the last one stays until the next has come. */
    answer: signal(/** @type {Answer | null} */ (null)),
  };
  b.shown.subscribe((shown) => {
    if (comparison.pinned.value && shown !== comparison.a.shown.value) comparison.begun.value = true;
  });
  followAnswers(comparison);
  return comparison;
}

/**
 * Whether two stand beside each other.
 *
 * @param {Comparison} comparison
 */
export const compares = ({ pinned, begun, a, b }) => pinned.value && begun.value && !!a.shown.value && !!b.shown.value;

/** @param {Comparison} comparison  The noise that B's picture has, if that is what it is. */
export const noiseOf = ({ noise, b }) => (noise.value && noise.value.image === b.shown.value?.image.id ? noise.value : null);

/** @param {Comparison} comparison  What the server has found of the two that are shown; null until it has. */
export function answerNow({ answer, a, b }) {
  const now = answer.value;
  return now && now.a.key === a.shown.value?.key && now.b.key === b.shown.value?.key ? now.found : null;
}

/* Pinning */

/** @param {Comparison} comparison */
export function pin({ a, b, pinned, begun, noise }) {
  const shown = b.shown.value;
  if (!shown || shown.image.frame === "passing") return;
  put(a, shown);
  a.shown.value = shown;
  [noise.value, begun.value, pinned.value] = [null, false, true];
}

/**
 * Pin another picture than the one that is shown: what is shown is B from now on.
 *
 * @param {Comparison} comparison
 * @param {ModelDetail} model
 * @param {ImageOnScreen} image
 */
export async function hold({ a, b, pinned, begun, noise }, model, image) {
  [a.model.value, a.image.value, a.crop.value] = [model, image, defaultCrop(model.input, image)];
  await trace(a);
  if (a.problem.value) b.problem.value = a.problem.value;
  else [noise.value, begun.value, pinned.value] = [null, true, true];
}

/** @param {Comparison} comparison  B stays on the page, alone. */
export function unpin({ a, pinned, begun, noise, answer }) {
  a.work.asked.end();
  [pinned.value, begun.value, noise.value, answer.value] = [false, false, null, null];
  [a.shown.value, a.pending.value] = [null, null];
}

/** @param {Comparison} comparison  A becomes B, and B becomes A. */
export function swap(comparison) {
  const [first, second] = [comparison.a.shown.value, comparison.b.shown.value];
  if (!first || !second || !compares(comparison) || second.image.frame === "passing") return;
  comparison.noise.value = null;
  put(comparison.a, second);
  put(comparison.b, first);
}

/* What B is */

/**
 * B is A, but for the photo: it gets A's network back, and A's photo in the place of noise.
 *
 * @param {Comparison} comparison
 */
export function keepNetwork({ a, b, noise }) {
  const first = a.shown.value;
  if (!first) return;
  const noisy = noise.value !== null && b.image.value?.id === noise.value.image;
  noise.value = null;
  if (b.model.value?.id === first.model.id && !noisy) return;
  if (noisy) [b.image.value, b.crop.value] = [first.image, first.crop];
  lookAgain(b, first);
}

/**
 * B is A, but for the network.
 *
 * @param {Comparison} comparison
 * @param {string} id
 */
export function setNetwork({ a, b, noise }, id) {
  const first = a.shown.value;
  if (!first) return;
  noise.value = null;
  const same = b.model.value?.id === id;
  [b.image.value, b.crop.value] = [first.image, first.crop];
  if (same) openSample(b, first.image);
  else void setModel(b, id);
}

/**
 * @param {Subject} b
 * @param {TraceView} first
 */
function lookAgain(b, first) {
  if (b.model.value?.id === first.model.id) void trace(b);
  else void setModel(b, first.model.id);
}

/**
 * B is A with noise that leads away from A's answer; the newest wish wins.
 *
 * @param {Comparison} comparison
 * @param {Noise} wanted
 */
export function addNoise(comparison, wanted) {
  const { a, b, noise } = comparison;
  const first = a.shown.value;
  if (!first) return;
  noise.value = { ...wanted, image: "" };
  /** @param {AbortSignal} end */
  const task = async (end) => {
    const image = await makeNoise(first, wanted, end);
    const model = await adoptModel(b, first.model.id, end);
    if (end.aborted) return;
    noise.value = { ...wanted, image: image.id };
    b.image.value = image;
    b.crop.value = defaultCrop(model.input, image);
    void trace(b);
  };
  void attempt(b, task, { about: "Noise", again: () => addNoise(comparison, wanted) });
}

/**
 * @param {TraceView} view
 * @param {Noise} noise
 * @param {AbortSignal} end
 */
export async function makeNoise({ model, image, crop }, { epsilon, steps }, end) {
  /** @type {NoiseInfo} */
  const { id, width, height } = await postJson(urls.trace(model.id, image.id, crop, "noise", { epsilon, steps }), end);
  return { id, width, height, title: `noise, \u03b5 ${epsilon}/255` };
}

/* What the server finds */

/** @param {Comparison} comparison */
function followAnswers(comparison) {
  const { a, b, pinned, begun, answer } = comparison;
  const asked = new Newest();
  effect([a.shown, b.shown, pinned, begun], () => {
    const [first, second] = [a.shown.value, b.shown.value];
    if (!compares(comparison) || !first || !second || second.image.frame === "passing" || (answer.value?.a === first && answer.value.b === second)) return;
    void ask(comparison, { a: first, b: second }, asked.begin());
  });
}

/**
 * @param {Comparison} comparison
 * @param {{ a: TraceView, b: TraceView }} views
 * @param {AbortSignal} end
 */
async function ask(comparison, { a, b }, end) {
  const query = { model_b: b.model.id, image_b: b.image.id, crop_b: cropKey(b.crop) };
  try {
    const found = await getJson(urls.trace(a.model.id, a.image.id, a.crop, "comparison", query), end);
    if (!end.aborted) comparison.answer.value = { a, b, found };
  } catch (error) {
    if (end.aborted) return;
    comparison.b.problem.value = problemOf(error, "Comparison", () => {
      comparison.b.problem.value = null;
      void ask(comparison, { a, b }, end);
    });
  }
}
