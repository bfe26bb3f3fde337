/**
 * Which layers a comparison begins with.
 *
 * @import { ModelDetail, NodeDetail } from "../api/client.js"
 * @import { LayerChoice } from "./shift-types.js"
 */

import { largestOf } from "../geometry/extremes.js";

/** So many layers tell the story on one screen. */
const FIRST = 4;

/**
 * @param {ModelDetail | null} model
 * @returns {NodeDetail[]}  Every node with a map that can be compared, except the photo itself.
 */
export function nodesWithMaps(model) {
  const nodes = model?.nodes ?? [];
  return nodes.filter(({ kind, output_shape: shape }) => {
    const [, height = 1, width = 1] = shape;
    return kind !== "input" && kind !== "global_avg_pool2d" && shape.length === 3 && height * width > 1;
  });
}

/**
 * Around the first places where the network skips pixels: what comes before them, and they themselves. A network
 * that never skips any shows layers at even distances.
 *
 * @param {ModelDetail | null} model
 * @returns {LayerChoice[]}
 */
export function defaultLayers(model) {
  const nodes = nodesWithMaps(model);
  /** @type {Set<NodeDetail>} */
  const chosen = new Set();
  for (const [index, node] of nodes.entries()) {
    const before = nodes.slice(0, index);
    const step = stride(before.at(-1));
    if (stride(node) <= step) continue;
    const last = before.filter((each) => each.kind === "conv2d").at(-1) ?? before.at(-1);
    if (last) chosen.add(last);
    chosen.add(node);
  }
  const even = Array.from({ length: FIRST }, (_, part) => nodes[Math.floor((part * nodes.length) / FIRST)]);
  const all = chosen.size ? [...chosen] : even.filter((node) => node !== undefined);
  return [...new Set(all)].slice(0, FIRST).map(({ name }) => ({ node: name, channel: null }));
}

/** @param {NodeDetail | undefined} node  Nothing: the input. */
const stride = (node) => largestOf((node?.receptive_field.stride ?? [1]));
