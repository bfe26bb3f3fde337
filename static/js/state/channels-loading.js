/**
 * What a channel detects, fetched: the network's atlas, a layer's wall, a card, the picture made for it, a quiz, and the
 * channel on the open photo. Whatever is no longer looked at is given up.
 *
 * @import { AtlasState, ChannelCard, LayerWall } from "../api/types.js"
 * @import { Subject } from "./subject.js"
 */

import { ApiProblem, getJson, getNpy, request, urls } from "../api/client.js";
import { readPieces } from "../api/frames.js";
import { paintPhoto } from "../draw/colormap.js";
import { channels, chosenLayer, layersOfAtlas } from "./channels.js";
import { effect } from "./store.js";
import { largestOf } from "../geometry/extremes.js";

/** Milliseconds between two looks at a survey that runs. */
const LOOK = 500;

/** @type {Record<string, AbortController>} What is under way, one of each. */
const under = {};

/**
 * Do work that takes the place of the same before; what goes wrong is said on the page.
 *
 * @param {string} name
 * @param {(signal: AbortSignal) => Promise<void>} work
 */
async function anew(name, work) {
  under[name]?.abort();
  const control = new AbortController();
  under[name] = control;
  try {
    await work(control.signal);
  } catch (error) {
    if (control.signal.aborted) return;
    channels.trouble.value = error instanceof ApiProblem ? error.detail || error.title : String(error);
  }
}

/**
 * Fetch what is looked at, whenever that changes, while this half of the page is on screen.
 *
 * @param {Subject} subject
 */
export function followChannels(subject) {
  effect([channels.active, subject.model], () => {
    if (channels.active.value && subject.model.value) void lookForAtlas(subject);
  });
  effect([channels.atlas, channels.chosen], () => void loadWall());
  effect([channels.atlas, channels.chosen, subject.model], () => void loadCard(subject));
  effect([channels.active, channels.atlas, channels.chosen, subject.model, subject.image, subject.crop], () => void loadHere(subject));
}

/**
 * @param {Subject} subject
 * @param {"GET" | "POST" | "DELETE"} [method]  Look, begin to make one, or stop.
 * @param {string} [photos]  Of what it is made: the samples, the same as before, or a set that was sent.
 */
export function lookForAtlas(subject, method = "GET", photos = "samples") {
  const model = subject.model.value;
  if (!model) return Promise.resolve();
  return anew("atlas", async (signal) => {
    channels.trouble.value = "";
    for (let way = method; ; way = "GET") {
      const query = way === "POST" ? `?photos=${photos}` : "";
      const answer = await request(urls.atlas(model.id) + query, signal, { method: way });
      take(await answer.json());
      if (channels.atlas.value?.state !== "computing") return;
      await new Promise((resolve) => setTimeout(resolve, LOOK));
      signal.throwIfAborted();
    }
  });
}

/** @param {AtlasState} told */
function take(told) {
  if (JSON.stringify(told) === JSON.stringify(channels.atlas.value)) return;
  channels.atlas.value = told;
  const { node, channel } = channels.chosen.value;
  const layers = layersOfAtlas();
  const layer = layers.find((each) => each.node === node) ?? layers[Math.floor(layers.length / 2)];
  if (layer) channels.chosen.value = { node: layer.node, channel: Math.min(channel, layer.channels - 1) };
}

const atlasId = () => (channels.atlas.value?.state === "done" ? channels.atlas.value.atlas?.id : undefined);

/** Which wall is there or on its way. */
let wallKey = "";

function loadWall() {
  const id = atlasId();
  const { node } = channels.chosen.value;
  const key = id && node ? `${id} ${node}` : "";
  if (key === wallKey) return undefined;
  wallKey = key;
  channels.wall.value = null;
  if (!id || !node) return undefined;
  return anew("wall", async (signal) => {
    /** @type {LayerWall} */
    const wall = await getJson(urls.atlasLayer(id, node), signal);
    channels.wall.value = wall;
  });
}

/** Which card is there or on its way. */
let cardKey = "";

/** @param {Subject} subject */
function loadCard(subject) {
  const id = atlasId();
  const { node, channel } = channels.chosen.value;
  const key = [subject.model.value?.id, id, node, channel].join(" ");
  if (key === cardKey) return undefined;
  cardKey = key;
  under.made?.abort();
  channels.made.value = null;
  if (!id || !node) {
    channels.card.value = null;
    return undefined;
  }
  return anew("card", async (signal) => {
    /** @type {ChannelCard} */
    const card = await getJson(urls.atlasChannel(id, node, channel), signal);
    channels.card.value = card;
    channels.quiz.value = null;
    void nextPair(subject, 0);
    void makePicture(subject);
  });
}

/**
 * Have a picture made that excites the channel, and show it while it forms.
 *
 * @param {Subject} subject
 */
export function makePicture(subject) {
  const model = subject.model.value;
  const { node, channel } = channels.chosen.value;
  if (!model || !node) return Promise.resolve();
  const best = channels.card.value?.top[0]?.value;
  return anew("made", async (signal) => {
    const answer = await request(urls.made(model.id, node, channel, best), signal);
    if (!answer.body) return;
    for await (const { header, payload } of readPieces(answer.body)) {
      if (signal.aborted) return;
      if (header.error) throw new ApiProblem(header.error.title, header.error.detail, header.error.status);
      const { step, steps, side, value, robust, done } = header;
      channels.made.value = { node, channel, step, steps, side, value, robust, done, image: opaque(payload, side) };
    }
  });
}

/**
 * @param {Uint8Array} rgb
 * @param {number} side
 */
function opaque(rgb, side) {
  const image = new ImageData(side, side);
  for (let at = 0; at < side * side; at += 1) {
    image.data.set(rgb.subarray(3 * at, 3 * at + 3), 4 * at);
    image.data[4 * at + 3] = 255;
  }
  return image;
}

/**
 * Two photos for the quiz.
 *
 * @param {Subject} subject
 * @param {number} turn
 */
export function nextPair(subject, turn) {
  const id = atlasId();
  const { node, channel } = channels.chosen.value;
  if (!id || !subject.model.value) return Promise.resolve();
  return anew("quiz", async (signal) => {
    /** @type {{ photos: number[] | null }} */
    const { photos } = await getJson(urls.quiz(id, node, channel, turn), signal);
    channels.quiz.value = photos && { node, channel, turn, photos, said: null, values: null };
  });
}

/**
 * Say which of the two photos excites the channel more; then the network is asked.
 *
 * @param {Subject} subject
 * @param {number} said
 */
export function answerQuiz(subject, said) {
  const quiz = channels.quiz.value;
  const [id, model] = [atlasId(), subject.model.value];
  if (!id || !model || !quiz || quiz.said !== null) return Promise.resolve();
  channels.quiz.value = { ...quiz, said };
  return anew("quiz", async (signal) => {
    /** @type {{ values: number[] }} */
    const { values } = await getJson(urls.quizAnswer(model.id, id, quiz.node, quiz.channel, quiz.turn), signal);
    channels.quiz.value = { ...quiz, said, values };
    const { right, asked } = channels.score.value[quiz.node] ?? { right: 0, asked: 0 };
    const yes = said === strongerOf(values) ? 1 : 0;
    channels.score.value = { ...channels.score.value, [quiz.node]: { right: right + yes, asked: asked + 1 } };
  });
}

/** @param {number[]} values */
export const strongerOf = ([first = 0, second = 0]) => (first >= second ? 0 : 1);

/** @param {Subject} subject */
function loadHere(subject) {
  const [model, image] = [subject.model.value, subject.image.value];
  const layer = chosenLayer();
  const { node, channel } = channels.chosen.value;
  channels.here.value = null;
  if (!channels.active.value || !model || !image || !layer) return undefined;
  return anew("here", async (signal) => {
    const map = await getNpy(urls.trace(model.id, image.id, subject.crop.value, `nodes/${encodeURIComponent(node)}`, { channel }), signal);
    const entry = model.nodes.find(({ kind }) => kind === "input")?.name ?? "input";
    const seen = await getNpy(urls.trace(model.id, image.id, subject.crop.value, `nodes/${encodeURIComponent(entry)}`, {}), signal);
    const [, height = 1, width = 1] = seen.shape;
    const values = Float32Array.from(map.data);
    const value = largestOf(values);
    const at = values.indexOf(value);
    const id = atlasId();
    const rank = id ? await getJson(urls.rank(id, node, channel, value), signal) : null;
    const photo = paintPhoto(Float32Array.from(seen.data), width, height, model.input);
    const place = { y: Math.floor(at / layer.width), x: at % layer.width };
    channels.here.value = { node, channel, map: values, height: layer.height, width: layer.width, value, ...place, below: rank?.below ?? null, photo };
  });
}
