/** Which pixels a pixel is made of: windows of one layer, and of every layer before it. */

import { channelAncestry, extent } from "./graph.js";

/** @import { GraphNode } from "./graph.js" */

/** @typedef {{top: number, left: number, bottom: number, right: number}} Box Half-open, in pixels of a layer. */

/** Kinds whose every output value reads the whole input. */
const READS_ALL = new Set(["dense", "global_avg_pool2d"]);

/**
 * The box of the input that output pixel (y, x) reads, not clipped: over padding it reaches outside.
 *
 * @param {Pick<GraphNode, "kind" | "config">} node
 * @param {number} y
 * @param {number} x
 * @param {readonly number[]} inputShape `[C, H, W]` or `[F]`.
 * @returns {Box}
 */
export function fieldBox(node, y, x, inputShape) {
  return fieldOfBox(node, { top: y, left: x, bottom: y + 1, right: x + 1 }, inputShape);
}

/**
 * @param {Pick<GraphNode, "kind" | "config">} node
 * @param {Box} box
 * @param {readonly number[]} inputShape
 * @returns {Box}
 */
function fieldOfBox(node, box, inputShape) {
  const { height, width } = extent({ output_shape: inputShape });
  const whole = { top: 0, left: 0, bottom: height, right: width };
  if (READS_ALL.has(node.kind)) return whole;
  if (!node.config.kernel_size) return height * width === 1 ? whole : box;
  const [kernelY = 1, kernelX = 1] = node.config.kernel_size;
  const [strideY = 1, strideX = 1] = node.config.stride ?? [];
  const [dilationY = 1, dilationX = 1] = node.config.dilation ?? [];
  const [padTop = 0, padLeft = 0] = node.config.padding ?? [];
  return {
    top: box.top * strideY - padTop,
    left: box.left * strideX - padLeft,
    bottom: (box.bottom - 1) * strideY - padTop + (kernelY - 1) * dilationY + 1,
    right: (box.right - 1) * strideX - padLeft + (kernelX - 1) * dilationX + 1,
  };
}

/**
 * The window of one pixel in every layer before it, found by walking the graph backwards; where branches
 * meet, the smallest box around both. A flattened value stands for the pixel it was.
 *
 * @param {readonly GraphNode[]} nodes In topological order.
 * @param {string} name
 * @param {{channel: number, y: number, x: number}} pixel
 * @returns {Map<string, Box>} Clipped to each layer; `name` itself is included.
 */
export function windowsOf(nodes, name, { channel, y, x }) {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  /** @type {Map<string, Box>} */
  const boxes = new Map([[name, { top: y, left: x, bottom: y + 1, right: x + 1 }]]);
  const reach = channelAncestry(nodes, name, channel);
  for (const node of [...nodes].reverse()) {
    const box = boxes.get(node.name);
    const values = reach.get(node.name);
    if (!box || !values) continue;
    for (const each of node.inputs) {
      const source = byName.get(each);
      if (!source || !reach.has(each)) continue;
      const value = values.to - values.from === 1 ? values.from : null;
      const read = node.kind === "flatten" ? unflattened(source, value) : fieldOfBox(node, box, source.output_shape);
      boxes.set(each, clipped(union(boxes.get(each), read), source));
    }
  }
  return boxes;
}

/**
 * @param {GraphNode} source
 * @param {number | null} value Number of the flattened value, null for all of them.
 * @returns {Box}
 */
function unflattened(source, value) {
  const { height, width } = extent(source);
  if (value === null) return { top: 0, left: 0, bottom: height, right: width };
  const top = Math.floor((value % (height * width)) / width);
  const left = value % width;
  return { top, left, bottom: top + 1, right: left + 1 };
}

/**
 * @param {Box | undefined} a
 * @param {Box} b
 * @returns {Box}
 */
function union(a, b) {
  if (!a) return b;
  return {
    top: Math.min(a.top, b.top),
    left: Math.min(a.left, b.left),
    bottom: Math.max(a.bottom, b.bottom),
    right: Math.max(a.right, b.right),
  };
}

/**
 * @param {Box} box
 * @param {GraphNode} node
 * @returns {Box}
 */
function clipped(box, node) {
  const { height, width } = extent(node);
  const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.min(Math.max(value, 0), most);
  return {
    top: within(box.top, height),
    left: within(box.left, width),
    bottom: within(box.bottom, height),
    right: within(box.right, width),
  };
}
