/**
 * A trace of many values travels in 8-bit steps. Of the channel that is looked at, the exact values follow.
 *
 * @import { Activation } from "./types.js"
 */

import { getNpy, urls } from "../api/client.js";
import { session } from "./session.js";
import { effect } from "./store.js";

/** @param {AbortSignal} signal */
export function followExactValues(signal) {
  let request = new AbortController();
  effect(
    [session.selection, session.shown],
    () => {
      const { node, channel } = session.selection.value;
      const layer = session.shown.value?.activations.get(node);
      if (!layer || layer.exact || layer.exactPlanes?.has(channel)) return;
      request.abort();
      request = new AbortController();
      // It only makes better what is there already: without an answer the preview stays.
      fetchExact(layer, channel, AbortSignal.any([signal, request.signal])).catch(() => {});
    },
    { signal },
  );
}

/**
 * @param {Activation} layer
 * @param {number} channel
 * @param {AbortSignal} signal
 */
async function fetchExact(layer, channel, signal) {
  const shown = session.shown.value;
  if (!shown) return;
  const maps = layer.shape.length > 1;
  const address = urls.trace(shown.model.id, shown.image.id, shown.crop, `nodes/${encodeURIComponent(layer.node)}`, maps ? { channel } : {});
  const { data } = await getNpy(address, signal);
  if (!(data instanceof Float32Array)) return;
  if (maps) (layer.exactPlanes ??= new Map()).set(channel, data);
  else Object.assign(layer, { data, exact: true });
  session.arrived.value += 1;
}
