/**
 * Of results that are too large to be had at once: what is in view is fetched, nothing else, and what is not looked at
 * any more gives way.
 *
 * @import { Activation, TraceView } from "./types.js"
 */

import { getJson, getNpy, urls } from "../api/client.js";
import { isHere, planeSize } from "../draw/tensor.js";
import { problemOf } from "./loading.js";
import { session } from "./session.js";
import { wishes } from "./wishes.js";

/** Bytes of maps kept; those in view are kept however many they are. */
const KEPT = 64e6;
/** Milliseconds. */
const GATHER = 50;
/** A layer of more channels shows some of them, and to tell which it takes the numbers of all. */
const ALL_SHOWN = 10;

/** @typedef {{ view: TraceView, node: string, channels: Set<number> | null, end: AbortController }} Request null: its statistics. */

/** @type {Set<Request>} */
let underWay = new Set();
/** Nodes that could not be had, until they are asked for again. @type {Set<string>} */
const refused = new Set();
let announced = 0;
/** When each layer was last in view. @type {WeakMap<Activation, number>} */
const seen = new WeakMap();
let clock = 0;

/** Ask for what is in view and not here, and for nothing else any more. */
export function fulfil() {
  const view = session.shown.value;
  const wanted = allWishes();
  for (const request of underWay) if (request.view !== view || !stillWanted(request, wanted)) giveUp(request);
  if (!view || view.whole) return;
  for (const [node, channels] of wanted) {
    const activation = view.activations.get(node);
    if (!activation || refused.has(node)) continue;
    seen.set(activation, (clock += 1));
    complete(view, activation, channels);
  }
}

/** @returns {Map<string, Set<number>>} */
function allWishes() {
  /** @type {Map<string, Set<number>>} */
  const all = new Map();
  for (const wanted of wishes.values()) {
    for (const [node, channels] of wanted) all.set(node, new Set([...(all.get(node) ?? []), ...channels]));
  }
  return all;
}

/**
 * @param {Request} request
 * @param {Map<string, Set<number>>} wanted
 */
function stillWanted({ node, channels }, wanted) {
  const now = wanted.get(node);
  return now !== undefined && (!channels || [...channels].some((channel) => now.has(channel)));
}

/** @param {Request} request */
function giveUp(request) {
  request.end.abort();
  underWay.delete(request);
}

/**
 * Ask for what a layer in view still lacks.
 *
 * @param {TraceView} view
 * @param {Activation} activation
 * @param {ReadonlySet<number>} channels
 */
function complete(view, activation, channels) {
  const { node, planes } = activation;
  const asked = [...underWay].filter((request) => request.node === node);
  if (planes && (activation.shape[0] ?? 0) > ALL_SHOWN && !activation.channels && asked.every((each) => each.channels)) {
    void ask({ view, node, channels: null, end: new AbortController() }, activation);
  }
  const missing = [...channels].filter(
    (channel) => !isHere(activation, channel) && !asked.some((each) => each.channels && (!planes || each.channels.has(channel))),
  );
  if (missing.length) void ask({ view, node, channels: new Set(missing), end: new AbortController() }, activation);
}

/**
 * @param {Request} request
 * @param {Activation} activation
 */
async function ask(request, activation) {
  underWay.add(request);
  const { view, node, channels, end } = request;
  try {
    if (!channels) activation.channels = await getJson(address(view, `channels/${encodeURIComponent(node)}`), end.signal);
    else await fetchMaps(request, activation, [...channels]);
  } catch (error) {
    if (end.signal.aborted) return;
    refused.add(node);
    session.problem.value = problemOf(error, node, () => {
      session.problem.value = null;
      refused.clear();
      fulfil();
    });
  }
  underWay.delete(request);
  announce();
  forget(view);
}

/** Answers that come close after each other are painted together: each time the whole page looks what is new. */
function announce() {
  announced ||= setTimeout(() => {
    announced = 0;
    session.arrived.value += 1;
  }, GATHER);
}

/**
 * @param {Request} request
 * @param {Activation} activation
 * @param {readonly number[]} channels
 */
async function fetchMaps({ view, node, end }, activation, channels) {
  const some = activation.planes && { channels: channels.join() };
  const { data } = await getNpy(address(view, `nodes/${encodeURIComponent(node)}`, some), end.signal);
  if (!(data instanceof Float32Array)) throw new Error(`${node}: its values are no float32`);
  if (!activation.planes) activation.data = data;
  const size = planeSize(activation);
  channels.forEach((channel, at) => activation.planes?.set(channel, data.slice(at * size, (at + 1) * size)));
}

/**
 * @param {TraceView} view
 * @param {string} tail
 * @param {Record<string, string>} [query]
 */
const address = ({ model, image, crop }, tail, query) => urls.trace(model.id, image.id, crop, tail, query);

/**
 * Let go of maps that nobody looks at, those not seen for longest before others, until the rest fits.
 *
 * @param {TraceView} view
 */
function forget(view) {
  const wanted = allWishes();
  const held = [...view.activations.values()].filter(({ planes }) => planes?.size);
  const bytes = (/** @type {Activation} */ each) => 4 * planeSize(each) * (each.planes?.size ?? 0);
  held.sort((a, b) => (seen.get(a) ?? 0) - (seen.get(b) ?? 0));
  let total = held.reduce((sum, each) => sum + bytes(each), 0);
  for (const activation of held) {
    if (total <= KEPT) return;
    if (wanted.has(activation.node)) continue;
    total -= bytes(activation);
    activation.planes?.clear();
  }
}

/**
 * A layer with all its values, fetched where they are not here.
 *
 * @param {Activation} activation
 * @returns {Promise<Activation>}
 */
export async function wholeLayer(activation) {
  const view = session.shown.value;
  if (!view || (!activation.planes && activation.data.length)) return activation;
  const { data } = await getNpy(address(view, `nodes/${encodeURIComponent(activation.node)}`));
  const { planes: _, ...rest } = activation;
  return { ...rest, data: /** @type {Float32Array} */ (data) };
}
