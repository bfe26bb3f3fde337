/**
 * The server's HTTP interface, as far as the page uses it. Everything that goes wrong comes out as an
 * `ApiProblem` whose `detail` tells a person what to do.
 *
 * @import { components } from "./types.js"
 */

import { parseNpy } from "./npy.js";

/** @typedef {components["schemas"]["ModelSummary"]} ModelSummary */
/** @typedef {components["schemas"]["ModelDetail"] & { draft?: boolean }} ModelDetail  `draft`: an edit of it is still being made. */
/** @typedef {components["schemas"]["NodeSchema"]} NodeDetail */
/** @typedef {components["schemas"]["Sample"]} Sample */
/** @typedef {components["schemas"]["ImageInfo"]} ImageInfo */
/** @typedef {components["schemas"]["CropSchema"]} CropBox */
/** @typedef {components["schemas"]["Probability"]} ClassProbability */
/** @typedef {components["schemas"]["DoubtSchema"]} Doubt */
/** @typedef {components["schemas"]["OpinionSchema"]} Opinion */
/** @typedef {components["schemas"]["TraceSummary"]} TraceSummary */
/** @typedef {components["schemas"]["ChannelStatistics"]} ChannelStatistics */
/** @typedef {components["schemas"]["ComparisonSchema"]} ComparisonAnswer */
/** @typedef {components["schemas"]["NoiseSchema"]} NoiseInfo */
/** @typedef {components["schemas"]["SimilaritySchema"]} SimilarityAnswer */
/** @typedef {import("./messages.js").NpyArray} NpyArray */

/**
 * What a page does before a failure is one: `away` waits until the server answers again, `lost` gives it what it has lost,
 * if it can.
 *
 * @type {{ away: ((end?: AbortSignal) => Promise<void>) | null, lost: ((problem: ApiProblem, url: string, end?: AbortSignal) => Promise<boolean>) | null }}
 */
export const remedies = { away: null, lost: null };

/** So often in a row, since a request may fail for another reason than that the server is away. */
export const AWAY_TRIES = 3;

/** How often, and for how long at most, a busy server is asked again. */
const BUSY_TRIES = 4;
const BUSY_SECONDS = 5;

/**
 * Code or style that comes when it is wanted: with the server away, when it is back.
 *
 * @template T
 * @param {() => Promise<T>} bring
 * @param {number} [tries]
 * @returns {Promise<T>}
 */
export async function late(bring, tries = AWAY_TRIES) {
  try {
    return await bring();
  } catch (error) {
    if (tries < 2) throw error;
    // Before anything on the page waits for the server, a second.
    await (remedies.away?.() ?? pause(1));
    return late(bring, tries - 1);
  }
}

/** An answer that is not a result: an RFC 9457 problem document, or no answer at all (`status` 0). */
export class ApiProblem extends Error {
  /**
   * @param {string} title
   * @param {string} detail
   * @param {number} status
   */
  constructor(title, detail, status) {
    super(`${title}: ${detail}`);
    this.name = "ApiProblem";
    this.title = title;
    this.detail = detail;
    this.status = status;
  }
}

export const offline = () =>
  new ApiProblem("The server does not answer", "Is \u2018make run\u2019 still running in its terminal?", 0);

/**
 * @param {string} body
 * @param {number} status
 */
export function problemFrom(body, status) {
  try {
    const { title, detail } = JSON.parse(body);
    if (typeof title === "string") return new ApiProblem(title, typeof detail === "string" ? detail : "", status);
  } catch {
    // Not a problem document: a proxy in between has answered.
  }
  return new ApiProblem("The server could not answer", `It said HTTP ${status} and no more. Try again.`, status);
}

/**
 * @param {number} seconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });
}

/**
 * A successful response, asked for again while the server says that its queue is full, once it is back after it has been
 * away, and once more after it has got a picture again that it had lost.
 *
 * @param {string} url
 * @param {AbortSignal} [signal]
 * @param {RequestInit} [options]
 * @returns {Promise<Response>}
 */
export async function request(url, signal, options = {}) {
  let given = false;
  for (let attempt = 1; ; attempt += 1) {
    let response;
    try {
      response = await fetch(url, signal ? { ...options, signal } : options);
    } catch (error) {
      if (signal?.aborted) throw error;
      if (!remedies.away || attempt >= AWAY_TRIES) throw offline();
      await remedies.away(signal);
      continue;
    }
    if (response.ok) return response;
    const wait = Number(response.headers.get("Retry-After") ?? Number.NaN);
    if (response.status === 503 && wait <= BUSY_SECONDS && attempt < BUSY_TRIES) {
      await pause(wait, signal);
      continue;
    }
    const problem = problemFrom(await response.text(), response.status);
    if (given || !(await remedies.lost?.(problem, url, signal))) throw problem;
    given = true;
  }
}

/**
 * @template T
 * @param {string} url
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
export async function getJson(url, signal) {
  return (await request(url, signal)).json();
}

/**
 * Have the server make something.
 *
 * @template T
 * @param {string} url
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
export async function postJson(url, signal) {
  return (await request(url, signal, { method: "POST" })).json();
}

/**
 * @param {string} url
 * @param {AbortSignal} [signal]
 * @returns {Promise<NpyArray>}
 */
export async function getNpy(url, signal) {
  return parseNpy(await (await request(url, signal)).arrayBuffer());
}

/** Addresses. Names go through encodeURIComponent: those of imported models may hold any character. */
export const urls = {
  models: () => "/api/models",
  /** @param {string} model */
  model: (model) => `/api/models/${encodeURIComponent(model)}`,
  /** @param {string} model @param {string} name */
  parameter: (model, name) => `${urls.model(model)}/parameters/${encodeURIComponent(name)}`,
  /** @param {string} model @param {string} other  How alike their layers are. */
  similarity: (model, other) => `${urls.model(model)}/similarity/${encodeURIComponent(other)}`,
  samples: () => "/api/samples",
  /** @param {string} model */
  atlas: (model) => `${urls.model(model)}/atlas`,
  photoSets: () => "/api/photos",
  /** @param {string} set */
  photoSet: (set) => `/api/photos/${set}`,
  /** @param {string} set @param {string} path */
  photo: (set, path) => `${urls.photoSet(set)}/${path.split("/").map(encodeURIComponent).join("/")}`,
  /** A card as one page. @param {string} model @param {string} atlas @param {string} node @param {number} channel */
  cardPage: (model, atlas, node, channel) => `${urls.model(model)}/cards/${atlas}/${encodeURIComponent(node)}/${channel}`,
  /** @param {string} atlas @param {string} node */
  atlasLayer: (atlas, node) => `/api/atlases/${atlas}/layers/${encodeURIComponent(node)}`,
  /** @param {string} atlas @param {string} node @param {number} channel */
  atlasChannel: (atlas, node, channel) => `${urls.atlasLayer(atlas, node)}/channels/${channel}`,
  /**
   * The strongest patches of some channels, a row each.
   *
   * @param {string} atlas @param {string} node @param {number} first @param {number} count @param {number} each
   */
  patches: (atlas, node, first, count, each) => `${urls.atlasLayer(atlas, node)}/patches?first=${first}&count=${count}&each=${each}`,
  /** @param {string} atlas @param {number} photo */
  atlasPhoto: (atlas, photo) => `/api/atlases/${atlas}/photos/${photo}`,
  /** @param {string} atlas @param {string} node @param {number} channel @param {number} value */
  rank: (atlas, node, channel, value) => `${urls.atlasChannel(atlas, node, channel)}/rank?value=${value}`,
  /** @param {string} atlas @param {string} node @param {number} channel @param {number} turn */
  quiz: (atlas, node, channel, turn) => `${urls.atlasChannel(atlas, node, channel)}/quiz?turn=${turn}`,
  /** @param {string} model @param {string} atlas @param {string} node @param {number} channel @param {number} turn */
  quizAnswer: (model, atlas, node, channel, turn) =>
    `${urls.model(model)}/quiz/${atlas}/${encodeURIComponent(node)}/${channel}?turn=${turn}`,
  /** @param {string} model @param {string} node @param {number} channel @param {number} [goal] */
  made: (model, node, channel, goal) =>
    `${urls.model(model)}/made/${encodeURIComponent(node)}?channel=${channel}${goal === undefined ? "" : `&goal=${goal}`}`,
  images: () => "/api/images",
  /** @param {string} image  The decoded pixels as a PNG. */
  image: (image) => `/api/images/${encodeURIComponent(image)}`,
  /** @param {string} image  The sound that its pixels are the spectrogram of, as a WAV. */
  sound: (image) => `${urls.image(image)}/sound`,
  /** @param {string} image */
  imageInfo: (image) => `${urls.image(image)}/info`,
  /** @param {string} image @param {number} size  Longer side in pixels. */
  thumbnail: (image, size) => `${urls.image(image)}/thumbnail?size=${size}`,
  /**
   * An address below one trace, such as `frames` or `nodes/conv_1_1`; the trace's own without a tail.
   *
   * @param {string} model
   * @param {string} image
   * @param {CropBox | null} crop  null: the server's own, the largest centred one.
   * @param {string} tail
   * @param {Record<string, string | number>} [query]
   */
  trace: (model, image, crop, tail, query = {}) => ofImage("traces", model, image, crop, tail, query),
  /**
   * Why an answer is what it is; with a method's name as tail one map.
   *
   * @param {string} model
   * @param {string} image
   * @param {CropBox | null} crop
   * @param {string} tail
   * @param {Record<string, string | number>} [query]
   */
  explanation: (model, image, crop, tail, query = {}) => ofImage("explanations", model, image, crop, tail, query),
};

/**
 * @param {"traces" | "explanations"} kind
 * @param {string} model
 * @param {string} image
 * @param {CropBox | null} crop
 * @param {string} tail
 * @param {Record<string, string | number>} query
 */
function ofImage(kind, model, image, crop, tail, query) {
  const search = new URLSearchParams();
  if (crop) search.set("crop", `${crop.left},${crop.top},${crop.width}`);
  for (const [key, value] of Object.entries(query)) search.set(key, String(value));
  const path = `/api/${kind}/${encodeURIComponent(model)}/${encodeURIComponent(image)}${tail && `/${tail}`}`;
  return search.size ? `${path}?${search}` : path;
}
