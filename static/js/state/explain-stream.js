/**
 * Asking the server why: one stream of frames a question; a new question ends the one before.
 *
 * @import { Entry, MapHeader, Options, Question } from "./explain-types.js"
 * @import { TraceSummary } from "../api/client.js"
 * @import { Subject } from "./subject.js"
 * @import { TraceView } from "./types.js"
 */

import { ApiProblem, getJson, request, urls } from "../api/client.js";
import { readPieces } from "../api/frames.js";
import { rankingOf } from "../geometry/ranking.js";
import { CONTROL, METHODS, NOTHING, RANDOM, entryOf, explain } from "./explain.js";
import { Newest } from "./newest.js";
import { effect } from "./store.js";

/** What runs for all methods, and for one whose options have changed. */
const streams = { all: new Newest(), one: new Newest() };

/**
 * Ask anew whenever the network, the image or the question is another.
 *
 * @param {Subject} subject
 * @param {AbortSignal} [signal]
 */
export function followQuestion({ shown: onScreen }, signal) {
  let last = "";
  const again = () => {
    const shown = onScreen.value;
    const now = shown && possible(shown) ? JSON.stringify([shown.key, explain.ask.value]) : "";
    if (now === last) return;
    last = now;
    streams.all.end();
    streams.one.end();
    if (shown && now) void askAll(shown);
  };
  effect([onScreen, explain.ask], again, signal ? { signal } : {});
}

/** What of the classes is being fetched. */
const classes = new Newest();

/**
 * Of the trace only the classes are needed: the maps are asked for by the question.
 *
 * @param {Subject} subject
 * @param {AbortSignal} [signal]
 */
export function followClasses({ shown }, signal) {
  const fetch = async () => {
    const view = shown.value;
    classes.end();
    explain.top.value = [];
    if (!view?.model.classes.length) return;
    const ended = classes.begin();
    try {
      /** @type {TraceSummary} */
      const { top } = await getJson(urls.trace(view.model.id, view.image.id, view.crop, ""), ended);
      if (!ended.aborted) explain.top.value = top;
    } catch (error) {
      if (!ended.aborted && error instanceof ApiProblem) explain.trouble.value = `${error.title}. ${error.detail}`;
    }
  };
  shown.subscribe(() => void fetch(), signal ? { signal } : {});
}

/** @param {TraceView} shown */
function possible({ model }) {
  const { of, b, node } = explain.ask.value;
  if (of === "channel") return model.nodes.some(({ name, kind }) => name === node && kind !== "input");
  return model.classes.length > 0 && (of === "class" || b !== null);
}

/** @returns {Record<string, string | number>}  The question in an address. */
export function askedQuery() {
  const { of, a, b, node, channel, place } = explain.ask.value;
  if (of === "channel") return { of, node, channel, place };
  const query = { of, ...(a === null ? {} : { a }) };
  return of === "pair" && b !== null ? { ...query, b } : query;
}

/** The method behind a tile: LayerCAM may stand in Grad-CAM's. @param {string} tile */
export function methodOf(tile) {
  return tile === "grad_cam" && explain.options.value.grad_cam?.variant === "layer_cam" ? "layer_cam" : tile;
}

/** Options by method as the server takes them. */
export function askedOptions() {
  /** @type {Record<string, Options>} */
  const told = {};
  for (const [tile, { variant: _, ...rest }] of Object.entries(explain.options.value)) told[methodOf(tile)] = rest;
  return JSON.stringify(told);
}

/** @param {TraceView} shown */
async function askAll(shown) {
  explain.seconds.value = null;
  explain.cascade.value = null;
  explain.entries.value = new Map();
  await follow(shown, METHODS, streams.all.begin());
}

/**
 * Another option for one method: only that one is computed again.
 *
 * @param {TraceView | null} shown
 * @param {string} tile
 * @param {Options} options
 */
export async function setOptions(shown, tile, options) {
  explain.options.value = { ...explain.options.value, [tile]: { ...explain.options.value[tile], ...options } };
  if (!shown) return;
  // what runs for all would bring this method with its former options
  const rest = METHODS.filter((name) => name === tile || !complete(name));
  streams.all.end();
  const signal = streams.one.begin();
  change(tile, { ...NOTHING });
  await follow(shown, rest, signal);
}

/** @param {string} name */
function complete(name) {
  const { picture, film, memories, blocked } = entryOf(name);
  const stages = memories[0]?.stages.length ?? Infinity;
  return blocked !== null || (picture !== null && film !== null && memories.filter((memory) => memory.stage === stages).length >= SEEDS);
}

/** Random networks that every map is held against. */
const SEEDS = 3;

/**
 * @param {TraceView} shown
 * @param {readonly string[]} tiles
 * @param {AbortSignal} signal
 */
async function follow({ model, image, crop }, tiles, signal) {
  explain.trouble.value = "";
  explain.running.value = tiles[0] ?? "";
  const query = { ...askedQuery(), methods: tiles.map(methodOf).join(","), options: askedOptions(), seeds: SEEDS };
  try {
    const answer = await request(urls.explanation(model.id, image.id, crop, "", query), signal);
    const body = /** @type {ReadableStream<Uint8Array>} */ (answer.body);
    for await (const { header, payload } of readPieces(body)) {
      if (signal.aborted) return;
      if (header.error) throw new ApiProblem(header.error.title, header.error.detail, header.error.status);
      take(header, payload);
    }
  } catch (error) {
    if (signal.aborted) return;
    const told = error instanceof ApiProblem ? `${error.title}. ${error.detail}` : String(error);
    explain.trouble.value = told;
  }
  explain.running.value = "";
}

/**
 * @param {any} header
 * @param {Uint8Array<ArrayBuffer>} payload
 */
function take(header, payload) {
  const tile = header.method === "layer_cam" ? "grad_cam" : header.method;
  const entry = entryOf(tile);
  if (header.kind === "question") takeQuestion(header, payload);
  else if (header.kind === "progress") takeProgress(tile, header);
  else if (header.kind === "blocked") change(tile, { ...NOTHING, blocked: header.reason });
  else if (header.kind === "map") takeMap(tile, header, payload);
  else if (header.kind === "film") change(tile, { ...entry, film: header });
  else if (header.kind === "memory") change(tile, { ...entry, memories: [...entry.memories, header] });
  else if (header.kind === "end") explain.seconds.value = header.seconds;
}

/**
 * @param {Question} header
 * @param {Uint8Array<ArrayBuffer>} payload
 */
function takeQuestion(header, payload) {
  const bytes = 3 * header.shape[0] * header.shape[1];
  explain.question.value = { ...header, seen: payload.subarray(0, bytes), blurred: payload.subarray(bytes, 2 * bytes) };
}

/**
 * @param {string} tile
 * @param {{ done: number, total: number }} progress
 */
function takeProgress(tile, { done, total }) {
  explain.running.value = tile;
  if (tile === "cascade") explain.cascade.value = { done, total };
  else if (METHODS.some((name) => name === tile)) change(tile, { ...entryOf(tile), progress: { done, total } });
}

/**
 * @param {string} tile
 * @param {MapHeader} header
 * @param {Uint8Array<ArrayBuffer>} payload
 */
function takeMap(tile, header, payload) {
  const count = payload.byteLength / 4 / (header.spread ? 2 : 1);
  const values = new Float32Array(payload.buffer, 0, count);
  const spread = header.spread ? new Float32Array(payload.buffer, 4 * count, count) : null;
  const picture = { header, values, spread, ranking: rankingOf(values) };
  change(tile, { ...entryOf(tile), picture, progress: null });
}

/**
 * @param {string} tile
 * @param {Entry} entry
 */
function change(tile, entry) {
  explain.entries.value = new Map(explain.entries.value).set(tile, entry);
}

/** Names of what is drawn as a control. */
export const CONTROLS = [CONTROL, RANDOM];
