/**
 * What a channel detects, by the atlas of its network and on the learner's photo; and what a map of the photo is worth,
 * by the checks that the Explain page makes.
 *
 * @import { AtlasState, ChannelCard } from "../../../api/types.js"
 * @import { Measure, Subject } from "./subject.js"
 */

import { getJson, request, urls } from "../../../api/client.js";
import { readPieces } from "../../../api/frames.js";
import { nodeOf } from "./subject.js";
import { mapsOf } from "./values.js";

/** Random networks that a map is held against, as on the page. */
const SEEDS = 3;

/** @param {Subject} subject @param {AbortSignal} signal */
async function atlasOf({ model }, signal) {
  /** @type {AtlasState} */
  const { state, atlas } = await getJson(urls.atlas(model.id), signal);
  if (state !== "done" || !atlas) throw new Error(`${model.title} has no atlas yet`);
  return atlas;
}

/** @param {Subject} subject @param {readonly string[]} told  Layer and channel. @param {AbortSignal} signal @returns {Promise<ChannelCard>} */
async function cardOf(subject, [layer = "", channel = "0"], signal) {
  return getJson(urls.atlasChannel((await atlasOf(subject, signal)).id, layer, Number(channel)), signal);
}

/** How strongly the picture that is made for a channel excites it, at the end of its forming. @type {Measure} */
async function made(subject, [layer = "", channel = "0"], signal) {
  const best = (await cardOf(subject, [layer, channel], signal)).top[0]?.value;
  const { body } = await request(urls.made(subject.model.id, layer, Number(channel), best), signal);
  let last = NaN;
  if (body) for await (const { header } of readPieces(body)) last = header.error ? NaN : header.value;
  if (Number.isNaN(last)) throw new Error(`no picture could be made for channel ${channel} of ${layer}`);
  return { number: last };
}

/** The strongest value of a channel on the photo. @param {Subject} subject @param {readonly string[]} told @param {AbortSignal} signal */
async function strongestHere(subject, [layer = "", channel = "0"], signal) {
  const { values, height, width } = await mapsOf(subject, nodeOf(subject, layer).name, signal);
  const first = Number(channel) * height * width;
  return values.subarray(first, first + height * width).reduce((most, each) => Math.max(most, each), -Infinity);
}

/** @param {Subject} subject @param {readonly string[]} told @param {AbortSignal} signal  The share of the atlas's pictures that excite the channel less. */
async function below(subject, [layer = "", channel = "0"], signal) {
  const value = await strongestHere(subject, [layer, channel], signal);
  const { id } = await atlasOf(subject, signal);
  /** @type {{below: number}} */
  const rank = await getJson(urls.rank(id, layer, Number(channel), value), signal);
  return rank.below;
}

/**
 * Everything that is found about one method's map of the photo: why the likeliest class.
 *
 * @param {Subject} subject
 * @param {string | undefined} method
 * @param {{films?: boolean, seeds?: number}} wanted
 * @param {AbortSignal} signal
 */
async function found({ model, image, crop }, method = "", { films = false, seeds = 0 }, signal) {
  const query = { of: "class", methods: method, films: String(films), seeds };
  const { body } = await request(urls.explanation(model.id, image, crop, "", query), signal);
  const headers = [];
  if (body) for await (const { header } of readPieces(body)) headers.push(header);
  const wrong = headers.find(({ error, kind }) => error || kind === "blocked");
  if (wrong) throw new Error(wrong.reason ?? wrong.error.detail);
  return headers;
}

/** What is left of a map when every weight of the network is random. @type {Measure} */
async function kept(subject, [method], signal) {
  const memories = (await found(subject, method, { seeds: SEEDS }, signal)).filter(({ kind }) => kind === "memory");
  const last = memories.filter(({ stage, stages }) => stage === stages.length);
  if (!last.length) throw new Error(`${method}: no random network was tried`);
  return { number: (100 * last.reduce((sum, { correlation }) => sum + correlation, 0)) / last.length, percent: true };
}

/** The area under the answer while pixels go, or come, in the order of a map. @param {"deletion" | "insertion"} film @returns {Measure} */
const area = (film) => async (subject, [method], signal) => {
  const films = (await found(subject, method, { films: true }, signal)).filter(({ kind }) => kind === "film");
  const own = films.find((each) => each.method === method);
  if (!own) throw new Error(`${method}: no film was made`);
  return { number: 100 * own.areas[film], percent: true };
};

/** @type {Readonly<Record<string, Measure>>} */
export const MEASURES = {
  atlas_photos: async (subject, _, signal) => ({ number: (await atlasOf(subject, signal)).photos }),
  best_patch: async (subject, told, signal) => ({ number: (await cardOf(subject, told, signal)).top[0]?.value ?? NaN }),
  made,
  strongest_here: async (subject, told, signal) => ({ number: await strongestHere(subject, told, signal) }),
  below_here: async (subject, told, signal) => ({ number: 100 * (await below(subject, told, signal)), percent: true }),
  // The number of the answer: 0, more than half of the pictures stay below; 1, fewer.
  below_half: async (subject, told, signal) => ({ number: (await below(subject, told, signal)) > 0.5 ? 0 : 1 }),
  kept,
  deleted: area("deletion"),
  inserted: area("insertion"),
};
