/** Which pixels a pixel is made of: windows of one layer, and of every layer before it. */

import { largestOf, smallestOf } from "./extremes.js";
import { channelAncestry, extent } from "./graph.js";
import { readsAlong } from "./reads.js";

/** @import { GraphNode } from "./graph.js" */
/** @import { Reads } from "./reads.js" */

/** @typedef {{top: number, left: number, bottom: number, right: number}} Box Half-open, in pixels of a layer. */

/**
 * The box of the input that output pixel (y, x) reads, not clipped: over padding it reaches outside.
 *
 * @param {Pick<GraphNode, "reads">} node
 * @param {number} y
 * @param {number} x
 * @param {readonly number[]} inputShape `[C, H, W]` or `[F]`, of its first input.
 * @returns {Box}
 */
export function fieldBox({ reads: [reads] }, y, x, inputShape) {
  const pixel = { top: y, left: x, bottom: y + 1, right: x + 1 };
  return reads ? fieldOfBox(reads, pixel, inputShape) : pixel;
}

/**
 * @param {Reads} reads
 * @param {Box} box
 * @param {readonly number[]} inputShape
 * @returns {Box}
 */
function fieldOfBox(reads, box, inputShape) {
  const { height, width } = extent({ output_shape: inputShape });
  const [top, bottom] = span(reads, 0, [box.top, box.bottom], height);
  const [left, right] = span(reads, 1, [box.left, box.right], width);
  return { top, left, bottom, right };
}

/**
 * From the first place that some places of a layer read along an axis to behind the last.
 *
 * @param {Reads} reads
 * @param {0 | 1} axis
 * @param {[from: number, to: number]} places Half-open.
 * @param {number} length Of the input.
 * @returns {[from: number, to: number]}
 */
function span(reads, axis, [from, to], length) {
  const { places, window } = reads;
  if (places === "own") return [from, to];
  if (window) {
    const [size, step, before, spread] = [window.size[axis], window.stride[axis], window.padding[axis], window.dilation[axis]];
    return [from * step - before, (to - 1) * step - before + (size - 1) * spread + 1];
  }
  if (places !== "listed") return [0, length];
  const read = Array.from({ length: to - from }, (_, index) => readsAlong(reads, from + index, axis, length)).flat();
  return read.length ? [smallestOf(read), largestOf(read) + 1] : [0, 0];
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
    for (const [index, each] of node.inputs.entries()) {
      const source = byName.get(each);
      const reads = node.reads[index];
      if (!source || !reads || !reach.has(each)) continue;
      const value = values.to - values.from === 1 ? values.from : null;
      const read = reads.places === "flat" ? unflattened(source, value) : fieldOfBox(reads, box, source.output_shape);
      const own = clipped(read, source);
      if (own.top < own.bottom && own.left < own.right) boxes.set(each, union(boxes.get(each), own));
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
