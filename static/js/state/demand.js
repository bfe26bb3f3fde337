/**
 * Of results that are too large to be had at once: what is in view is fetched, nothing else, and what is not looked at
 * any more gives way.
 *
 * @import { Subject } from "./subject.js"
 * @import { Activation, TraceView } from "./types.js"
 */

import { getJson, getNpy, urls } from "../api/client.js";
import { isHere, planeSize } from "../draw/tensor.js";
import { problemOf } from "./loading.js";
import { wishesOf } from "./wishes.js";

/** Bytes of maps kept of a result; those in view are kept however many they are. */
const KEPT = 64e6;
/** Milliseconds. */
const GATHER = 50;
/** A layer of more channels shows some of them, and to tell which it takes the numbers of all. */
const ALL_SHOWN = 10;

/** @typedef {{ result: TraceView, node: string, channels: Set<number> | null, end: AbortController }} Request null: its statistics. */

/** @type {WeakMap<Subject, Demand>} */
const demands = new WeakMap();

/** @param {Subject} subject */
export function demandOf(subject) {
  const known = demands.get(subject) ?? new Demand(subject);
  demands.set(subject, known);
  return known;
}

/** What is fetched for one subject. */
class Demand {
  /** @type {Set<Request>} */
  #underWay = new Set();
  /** Nodes that could not be had, until they are asked for again. @type {Set<string>} */
  #refused = new Set();
  #announced = 0;
  /** When each layer was last in view. @type {WeakMap<Activation, number>} */
  #seen = new WeakMap();
  #clock = 0;

  /** @param {Subject} subject */
  constructor(subject) {
    this.subject = subject;
  }

  /** Ask for what is in view and not here, and for nothing else any more. */
  fulfil() {
    const result = this.subject.shown.value;
    const wanted = this.#allWishes();
    for (const request of this.#underWay) if (request.result !== result || !stillWanted(request, wanted)) this.#giveUp(request);
    // Of a passing frame no server knows: what is in view comes with the next one.
    if (!result || result.whole || result.image.frame === "passing") return;
    for (const [node, channels] of wanted) {
      const activation = result.activations.get(node);
      if (!activation || this.#refused.has(node)) continue;
      this.#seen.set(activation, (this.#clock += 1));
      this.#complete(result, activation, channels);
    }
  }

  /** @returns {Map<string, Set<number>>} */
  #allWishes() {
    /** @type {Map<string, Set<number>>} */
    const all = new Map();
    for (const wanted of wishesOf(this.subject).values()) {
      for (const [node, channels] of wanted) all.set(node, new Set([...(all.get(node) ?? []), ...channels]));
    }
    return all;
  }

  /** @param {Request} request */
  #giveUp(request) {
    request.end.abort();
    this.#underWay.delete(request);
  }

  /**
   * Ask for what a layer in view still lacks.
   *
   * @param {TraceView} result
   * @param {Activation} activation
   * @param {ReadonlySet<number>} channels
   */
  #complete(result, activation, channels) {
    const { node, planes } = activation;
    const asked = [...this.#underWay].filter((request) => request.node === node);
    if (planes && (activation.shape[0] ?? 0) > ALL_SHOWN && !activation.channels && asked.every((each) => each.channels)) {
      void this.#ask({ result, node, channels: null, end: new AbortController() }, activation);
    }
    const missing = [...channels].filter(
      (channel) => !isHere(activation, channel) && !asked.some((each) => each.channels && (!planes || each.channels.has(channel))),
    );
    if (missing.length) void this.#ask({ result, node, channels: new Set(missing), end: new AbortController() }, activation);
  }

  /**
   * @param {Request} request
   * @param {Activation} activation
   */
  async #ask(request, activation) {
    this.#underWay.add(request);
    const { result, node, channels, end } = request;
    try {
      if (!channels) activation.channels = await getJson(address(result, `channels/${encodeURIComponent(node)}`), end.signal);
      else await fetchMaps(request, activation, [...channels]);
    } catch (error) {
      if (end.signal.aborted) return;
      this.#refuse(node, error);
    }
    this.#underWay.delete(request);
    this.#announce();
    this.#forget(result);
  }

  /**
   * @param {string} node
   * @param {unknown} error
   */
  #refuse(node, error) {
    const { problem } = this.subject;
    this.#refused.add(node);
    problem.value = problemOf(error, node, () => {
      problem.value = null;
      this.#refused.clear();
      this.fulfil();
    });
  }

  /** Answers that come close after each other are painted together: each time the whole page looks what is new. */
  #announce() {
    this.#announced ||= setTimeout(() => {
      this.#announced = 0;
      this.subject.arrived.value += 1;
    }, GATHER);
  }

  /**
   * Let go of maps that nobody looks at, those not seen for longest before others, until the rest fits.
   *
   * @param {TraceView} result
   */
  #forget(result) {
    const wanted = this.#allWishes();
    const held = [...result.activations.values()].filter(({ planes }) => planes?.size);
    const bytes = (/** @type {Activation} */ each) => 4 * planeSize(each) * (each.planes?.size ?? 0);
    held.sort((a, b) => (this.#seen.get(a) ?? 0) - (this.#seen.get(b) ?? 0));
    let total = held.reduce((sum, each) => sum + bytes(each), 0);
    for (const activation of held) {
      if (total <= KEPT) return;
      if (wanted.has(activation.node)) continue;
      total -= bytes(activation);
      activation.planes?.clear();
    }
  }
}

/**
 * @param {Request} request
 * @param {Map<string, Set<number>>} wanted
 */
function stillWanted({ node, channels }, wanted) {
  const now = wanted.get(node);
  return now !== undefined && (!channels || [...channels].some((channel) => now.has(channel)));
}

/**
 * @param {Request} request
 * @param {Activation} activation
 * @param {readonly number[]} channels
 */
async function fetchMaps({ result, node, end }, activation, channels) {
  const some = activation.planes && { channels: channels.join() };
  const { data } = await getNpy(address(result, `nodes/${encodeURIComponent(node)}`, some), end.signal);
  if (!(data instanceof Float32Array)) throw new Error(`${node}: its values are no float32`);
  if (!activation.planes) activation.data = data;
  const size = planeSize(activation);
  channels.forEach((channel, at) => activation.planes?.set(channel, data.slice(at * size, (at + 1) * size)));
}

/**
 * @param {TraceView} result
 * @param {string} tail
 * @param {Record<string, string>} [query]
 */
const address = ({ model, image, crop }, tail, query) => urls.trace(model.id, image.id, crop, tail, query);

/**
 * A layer of a result with all its values, fetched where they are not here.
 *
 * @param {TraceView | null} result
 * @param {Activation} activation
 * @returns {Promise<Activation>}
 */
export async function wholeLayer(result, activation) {
  if (!result || (!activation.planes && activation.data.length)) return activation;
  const { data } = await getNpy(address(result, `nodes/${encodeURIComponent(activation.node)}`));
  const { planes: _, ...rest } = activation;
  return { ...rest, data: /** @type {Float32Array} */ (data) };
}
