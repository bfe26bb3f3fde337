/** Saving what is on the screen: the map as a picture, the layer as numbers. */

import { urls } from "../api/client.js";
import { paint } from "../draw/colormap.js";
import { plane } from "../draw/tensor.js";
import { session } from "../state/session.js";
import { h } from "./dom.js";
import { paletteOf } from "./scene.js";

/** @import { NodeDetail } from "../api/client.js" */
/** @import { Activation } from "../state/session.js" */

/** Pixels the longer side of a saved map has at least. */
const LEAST = 512;

/**
 * Save one map as PNG, every value a square of whole pixels.
 *
 * @param {Activation} activation
 * @param {number} channel
 */
export async function savePng(activation, channel) {
  const [length = 1, rows, columns] = activation.shape;
  const spatial = rows !== undefined;
  const [width, height] = spatial ? [columns ?? 1, rows] : [1, length];
  const values = spatial ? plane(activation, channel) : activation.data;
  const { scale, map } = paletteOf(activation, channel);
  const small = new OffscreenCanvas(width, height);
  small.getContext("2d")?.putImageData(paint(values, width, height, scale, map), 0, 0);
  const zoom = Math.max(1, Math.ceil(LEAST / Math.max(width, height)));
  const large = new OffscreenCanvas(width * zoom * (spatial ? 1 : 32), height * zoom);
  const context = large.getContext("2d");
  if (!context) return;
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, large.width, large.height);
  const name = spatial ? `${activation.node}-${channel}.png` : `${activation.node}.png`;
  save(await large.convertToBlob({ type: "image/png" }), name);
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
function save(blob, name) {
  const url = URL.createObjectURL(blob);
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/**
 * Where the exact numbers of a map (or of a layer that is a list) are to be had.
 *
 * @param {NodeDetail} node
 * @param {number} channel
 * @returns {{href: string, download: string} | null}
 */
export function npyLink(node, channel) {
  const shown = session.shown.value;
  if (!shown) return null;
  const spatial = node.output_shape.length > 1;
  const href = urls.trace(
    shown.model.id,
    shown.image.id,
    shown.crop,
    `nodes/${encodeURIComponent(node.name)}`,
    spatial ? { channel } : {},
  );
  return { href, download: spatial ? `${node.name}-${channel}.npy` : `${node.name}.npy` };
}
