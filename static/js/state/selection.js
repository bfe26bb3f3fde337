/**
 * Which value of which layer is looked at, and where that is when the layer changes.
 *
 * @import { ModelDetail, NodeDetail } from "../api/client.js"
 * @import { Pixel } from "./types.js"
 */

import { extent } from "../geometry/graph.js";

/**
 * @param {number} value
 * @param {number} count
 */
const clamp = (value, count) => Math.max(0, Math.min(count - 1, Math.round(value)));

/**
 * @param {NodeDetail} node
 * @param {Pixel} pixel
 * @returns {Pixel}
 */
export function clampPixel(node, pixel) {
  const { channels, height, width } = extent(node);
  return {
    node: node.name,
    channel: clamp(pixel.channel, channels),
    y: clamp(pixel.y, height),
    x: clamp(pixel.x, width),
  };
}

/**
 * The pixel of `to` whose receptive field lies nearest to that of pixel (y, x) of `from`.
 *
 * @param {NodeDetail} from
 * @param {NodeDetail} to
 * @param {{ y: number, x: number }} pixel
 * @returns {{ y: number, x: number }}
 */
export function nearestPixel(from, to, { y, x }) {
  const along = (/** @type {0 | 1} */ axis, /** @type {number} */ position, /** @type {number} */ middle) => {
    const [a, b] = [from.receptive_field, to.receptive_field];
    if (!a.stride[axis] || !b.stride[axis]) return middle;
    const centre = position * a.stride[axis] + a.offset[axis] + (a.size[axis] - 1) / 2;
    return (centre - b.offset[axis] - (b.size[axis] - 1) / 2) / b.stride[axis];
  };
  const { height, width } = extent(to);
  return {
    y: clamp(along(0, y, (height - 1) / 2), height),
    x: clamp(along(1, x, (width - 1) / 2), width),
  };
}

/**
 * The selection after moving to another layer: same channel where there is one, same place on the image.
 *
 * @param {ModelDetail} model
 * @param {Pixel} selection
 * @param {string} name
 * @returns {Pixel}
 */
export function moveSelection(model, selection, name) {
  const from = model.nodes.find((each) => each.name === selection.node);
  const to = model.nodes.find((each) => each.name === name);
  if (!to) return selection;
  const place = from ? nearestPixel(from, to, selection) : { y: 0, x: 0 };
  return clampPixel(to, { node: name, channel: selection.channel, ...place });
}

/**
 * What a model opens with: the middle of its middle convolution, where maps still look like the image.
 *
 * @param {ModelDetail} model
 * @returns {Pixel}
 */
export function firstSelection(model) {
  const convolutions = model.nodes.filter((each) => each.kind === "conv2d");
  const node = convolutions[convolutions.length >> 1] ?? model.nodes[0];
  if (!node) return { node: "", channel: 0, y: 0, x: 0 };
  const { height, width } = extent(node);
  return { node: node.name, channel: 0, y: (height - 1) >> 1, x: (width - 1) >> 1 };
}
