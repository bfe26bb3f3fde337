/**
 * Layer sources: what strip, inspector and film draw. A source answers for one subject, or for what differs between two;
 * who draws it never knows which.
 *
 * @import { ModelDetail } from "../api/client.js"
 * @import { ReadonlySignal } from "./store.js"
 * @import { Subject } from "./subject.js"
 * @import { Activation, LayerOnScreen } from "./types.js"
 * @import { Wanted } from "./wishes.js"
 */

import { late, urls } from "../api/client.js";
import { signal } from "./store.js";
import { want } from "./wishes.js";

/**
 * @typedef {object} LayerSource
 * @property {ReadonlySignal<ModelDetail | null>} model  The network whose layers these are.
 * @property {readonly ReadonlySignal<any>[]} signals  All that an answer depends on: each changes when one may.
 * @property {(name: string) => LayerOnScreen | null} layer  The numbers of a layer; null while there are none.
 * @property {boolean} partial  Whether maps come as they are asked for: see `want`.
 * @property {(who: string, wanted: Wanted) => void} want  What a part of the page has in view, where maps come one by one.
 * @property {(activation: Activation) => Promise<Activation>} whole  A layer with all its values, fetched if need be.
 * @property {(what: string, node: string, query?: Record<string, string | number>) => string | null} address  Where the
 *   server tells more of a layer, such as its `gradient`; null where it knows nothing of it.
 * @property {(node: string) => string} known  How a layer of the network is named here.
 * @property {() => {a: LayerSource, b: LayerSource} | null} [sides]  Where two are compared, the layers of each.
 * @property {() => Distances | null} [distances]  Where two are compared, how far their layers are apart; null until known.
 */

/**
 * @typedef {object} Distances
 * @property {ReadonlyMap<string, {relative: number | null, equal: boolean}>} of  By layer: ||B - A|| / ||A||; null where A
 *   is all zero and B is not.
 * @property {string | null} first  The first layer that differs.
 * @property {number} most  The largest of them.
 * @property {boolean} exact  Whether every bit of every layer is the same.
 */

/** @type {WeakMap<Subject, LayerSource>} */
const sources = new WeakMap();

/**
 * The layers of a subject: those arriving where they have, else those of the last result. The same source every time.
 *
 * @param {Subject} subject
 * @returns {LayerSource}
 */
export function sourceOf(subject) {
  const known = sources.get(subject);
  if (known) return known;
  const { model, shown, arrived } = subject;
  /** @type {LayerSource} */
  const source = {
    model,
    signals: [model, shown, arrived],
    layer: (name) => layerOf(subject, name),
    get partial() {
      return shown.value?.whole === false;
    },
    want: (who, wanted) => source.partial && want(subject, who, wanted),
    whole: async (activation) => (await late(() => import("./demand.js"))).wholeLayer(shown.value, activation),
    address(what, node, query) {
      const result = shown.value;
      return result && result.image.frame !== "passing" ? urls.trace(result.model.id, result.image.id, result.crop, `${what}/${encodeURIComponent(node)}`, query) : null;
    },
    known: (node) => node,
  };
  sources.set(subject, source);
  return source;
}

/**
 * @param {Subject} subject
 * @param {string} name
 * @returns {LayerOnScreen | null}
 */
function layerOf(subject, name) {
  const model = subject.model.value;
  const pending = subject.pending.value;
  const shown = subject.shown.value;
  // An edited network has the very same layers: what it gave before the edit stays until what it gives now has come.
  const fresh = pending?.model.nodes === model?.nodes ? pending?.activations.get(name) : undefined;
  if (fresh) return { activation: fresh, stale: false };
  const last = shown?.model.nodes === model?.nodes ? shown?.activations.get(name) : undefined;
  return last ? { activation: last, stale: pending !== null } : null;
}

/**
 * A source that may give way to another one of the same network: whoever draws it need not know.
 *
 * @param {LayerSource} first
 */
export function yieldingSource(first) {
  let now = first;
  const changed = signal(0);
  /** @type {LayerSource} */
  const source = {
    model: first.model,
    signals: [...first.signals, changed],
    layer: (name) => now.layer(name),
    get partial() {
      return now.partial;
    },
    want: (who, wanted) => now.want(who, wanted),
    whole: (activation) => now.whole(activation),
    address: (...asked) => now.address(...asked),
    known: (node) => now.known(node),
    sides: () => now.sides?.() ?? null,
    distances: () => now.distances?.() ?? null,
  };
  /** @param {LayerSource} next */
  const yieldTo = (next) => {
    now = next;
    for (const each of next.signals) if (!first.signals.includes(each)) each.subscribe(() => (changed.value += 1));
  };
  return { source, yieldTo };
}
