/**
 * @import { LayerSource } from "./sources.js"
 */

import { differenceOfLayers } from "./difference.js";

/**
 * B - A, layer by layer: of those that both have in the same shape. Its network is B's, and so are the names.
 *
 * @param {LayerSource} a
 * @param {LayerSource} b
 * @returns {LayerSource}
 */
export function differenceOf(a, b) {
  return {
    model: b.model,
    signals: [...a.signals, ...b.signals],
    layer(name) {
      const [first, second] = [a.layer(name), b.layer(name)];
      const activation = first && second && differenceOfLayers(first.activation, second.activation);
      return activation && { activation, stale: first.stale || second.stale };
    },
    get partial() {
      return a.partial || b.partial;
    },
    want(who, wanted) {
      a.want(who, wanted);
      b.want(who, wanted);
    },
    async whole({ node }) {
      const [first, second] = [a.layer(node), b.layer(node)];
      if (!first || !second) throw new Error(`${node}: one of the two has no such layer any more`);
      const both = await Promise.all([a.whole(first.activation), b.whole(second.activation)]);
      const difference = differenceOfLayers(...both);
      if (!difference) throw new Error(`${node}: the two have other shapes`);
      return difference;
    },
    address: () => null,
    known: (node) => node,
  };
}
