/**
 * Two networks on the learner's photo, or one network on the photo and on the photo with noise, as Compare holds them
 * against each other.
 *
 * @import { ComparisonAnswer, NoiseInfo, TraceSummary } from "../../../api/client.js"
 * @import { Measure, Subject } from "./subject.js"
 */

import { getJson, postJson, urls } from "../../../api/client.js";
import { cropKey } from "../../../state/crop.js";

/**
 * Everything that differs between two networks that look at the photo.
 *
 * @param {Subject} subject
 * @param {readonly string[]} told  A and B.
 * @param {AbortSignal} signal
 * @returns {Promise<ComparisonAnswer>}
 */
function compared({ image, crop }, [a = "", b = ""], signal) {
  const query = { model_b: b, image_b: image, crop_b: cropKey(crop) };
  return getJson(urls.trace(a, image, crop, "comparison", query), signal);
}

/** The answer of a network to the photo. @param {Subject} subject @param {string | undefined} id @param {AbortSignal} signal */
async function answerOf({ image, crop }, id = "", signal) {
  /** @type {TraceSummary} */
  const { top } = await getJson(urls.trace(id, image, crop, ""), signal);
  return top;
}

/**
 * The photo with noise that leads away from the network's answer, and the answer to it.
 *
 * @param {Subject} subject
 * @param {readonly string[]} told  By how much at most, in 1/255, and in how many steps.
 * @param {AbortSignal} signal
 */
async function noisy({ model, image, crop }, [epsilon = "4", steps = "10"], signal) {
  const id = model.id;
  /** @type {NoiseInfo} */
  const noise = await postJson(urls.trace(id, image, crop, "noise", { epsilon, steps }), signal);
  /** @type {TraceSummary} */
  const { top } = await getJson(urls.trace(id, noise.id, null, ""), signal);
  return { noise, top };
}

/** @param {Subject} subject @param {readonly string[]} told @param {AbortSignal} signal  How sure the network still is of what it said first. */
async function stillSure(subject, told, signal) {
  const [[first], { top }] = await Promise.all([answerOf(subject, subject.model.id, signal), noisy(subject, told, signal)]);
  return top.find(({ label }) => label === first?.label)?.probability ?? 0;
}

/** @type {Readonly<Record<string, Measure>>} */
export const MEASURES = {
  layers_compared: async (subject, told, signal) => ({ number: (await compared(subject, told, signal)).layers.length }),
  layers_differing: async (subject, told, signal) => ({
    number: (await compared(subject, told, signal)).layers.filter(({ differing }) => differing > 0).length,
  }),
  sure_of: async (subject, [id], signal) => ({ number: 100 * ((await answerOf(subject, id, signal))[0]?.probability ?? 0), percent: true }),
  sure_with_noise: async (subject, told, signal) => ({ number: 100 * (await stillSure(subject, told, signal)), percent: true }),
  answer_changed_by_noise: async (subject, told, signal) => {
    const [[first], { top }] = await Promise.all([answerOf(subject, subject.model.id, signal), noisy(subject, told, signal)]);
    return { number: first?.label === top[0]?.label ? 0 : 1 };
  },
  noise_largest: async (subject, told, signal) => ({ number: (await noisy(subject, told, signal)).noise.largest }),
};
