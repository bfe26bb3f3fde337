/** Where the numbers on the screen are to be had: arrays, and one value explained. */

import { view } from "../../state/view.js";

/** @import { NodeDetail } from "../../api/client.js" */
/** @import { LayerSource } from "../../state/sources.js" */

/**
 * Where the exact numbers of a map (or of a layer that is a list) are to be had.
 *
 * @param {LayerSource} source
 * @param {NodeDetail} node
 * @param {number | null} channel null for the whole layer.
 * @returns {{href: string, download: string} | null}
 */
export function npyLink(source, node, channel) {
  const one = channel !== null && node.output_shape.length > 1;
  const href = source.address("nodes", node.name, one ? { channel } : {});
  return href ? { href, download: one ? `${node.name}-${channel}.npy` : `${node.name}.npy` } : null;
}

/**
 * Where the selected value is explained, as JSON.
 *
 * @param {LayerSource} source
 * @param {NodeDetail} node
 * @returns {{href: string, download: string} | null}
 */
export function jsonLink(source, node) {
  const { channel, y, x } = view.selection.value;
  const href = source.address("explain", node.name, { channel, y, x });
  return href ? { href, download: `${node.name}-${channel}-${y}-${x}.json` } : null;
}

/**
 * The window of the layer sliding over its input, as an animated picture; null where nothing slides.
 *
 * @param {LayerSource} source
 * @param {NodeDetail} node
 * @returns {{href: string, download: string} | null}
 */
export function slideLink(source, node) {
  const { channel } = view.selection.value;
  if (node.output_shape.length < 3 || !node.inputs.length) return null;
  const href = source.address("slide", node.name, { channel });
  return href ? { href, download: `${node.name}-${channel}.webp` } : null;
}
