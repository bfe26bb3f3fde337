/** Where the numbers on the screen are to be had: arrays, and one value explained. */

import { urls } from "../../api/client.js";
import { session } from "../../state/session.js";

/** @import { NodeDetail } from "../../api/client.js" */

/**
 * Where the exact numbers of a map (or of a layer that is a list) are to be had.
 *
 * @param {NodeDetail} node
 * @param {number | null} channel null for the whole layer.
 * @returns {{href: string, download: string} | null}
 */
export function npyLink(node, channel) {
  const one = channel !== null && node.output_shape.length > 1;
  const href = traceLink(`nodes/${encodeURIComponent(node.name)}`, one ? { channel } : {});
  return href ? { href, download: one ? `${node.name}-${channel}.npy` : `${node.name}.npy` } : null;
}

/**
 * Where the selected value is explained, as JSON.
 *
 * @param {NodeDetail} node
 * @returns {{href: string, download: string} | null}
 */
export function jsonLink(node) {
  const { channel, y, x } = session.selection.value;
  const href = traceLink(`explain/${encodeURIComponent(node.name)}`, { channel, y, x });
  return href ? { href, download: `${node.name}-${channel}-${y}-${x}.json` } : null;
}

/**
 * The window of the layer sliding over its input, as an animated picture; null where nothing slides.
 *
 * @param {NodeDetail} node
 * @returns {{href: string, download: string} | null}
 */
export function slideLink(node) {
  const { channel } = session.selection.value;
  if (node.output_shape.length < 3 || !node.inputs.length) return null;
  const href = traceLink(`slide/${encodeURIComponent(node.name)}`, { channel });
  return href ? { href, download: `${node.name}-${channel}.webp` } : null;
}

/**
 * @param {string} tail
 * @param {Record<string, number>} query
 */
function traceLink(tail, query) {
  const shown = session.shown.value;
  return shown && urls.trace(shown.model.id, shown.image.id, shown.crop, tail, query);
}
