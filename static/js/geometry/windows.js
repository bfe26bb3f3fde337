/** Which pixels a pixel is made of: windows of one layer, and of every layer before it. */

import { channelAncestry, extent, placesBefore } from "./graph.js";
import { readsAlong } from "./reads.js";

/** @import { GraphNode } from "./graph.js" */

/** @typedef {{top: number, left: number, bottom: number, right: number}} Box Half-open, in pixels of a layer. */

/** Kinds whose every output value reads the whole input. */
const READS_ALL = new Set(["dense", "global_avg_pool2d"]);

/** @typedef {[vertical: number, horizontal: number]} Pair */
/** @typedef {{kernel: Pair, stride: Pair, dilation: Pair, padding: Pair}} Window `padding`: above and at the left. */

/**
 * The window that a layer slides over its input; null for kinds without one.
 *
 * @param {Pick<GraphNode, "kind" | "config">} node
 * @returns {Window | null}
 */
export function windowOf({ kind, config }) {
  if (!config.kernel_size) return null;
  const kernel = pairOf(config.kernel_size);
  // A blur says nothing of its padding: its kernel stands centred on the value it keeps.
  const centred = /** @type {Pair} */ (kernel.map((size) => size >> 1));
  const padding = kind === "blur_pool2d" ? centred : pairOf(config.padding ?? 0);
  return { kernel, stride: pairOf(config.stride ?? 1), dilation: pairOf(config.dilation ?? 1), padding };
}

/**
 * @param {number | number[]} value One number stands for both directions.
 * @returns {Pair}
 */
function pairOf(value) {
  if (typeof value === "number") return [value, value];
  return [value[0] ?? 1, value[1] ?? value[0] ?? 1];
}

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
  const rows = span(node, 0, [box.top, box.bottom], height);
  const columns = span(node, 1, [box.left, box.right], width);
  if (rows && columns) return { top: rows[0], bottom: rows[1], left: columns[0], right: columns[1] };
  const window = windowOf(node);
  // along a side of length 1, which is repeated, that one
  if (!window) return { ...box, ...(height === 1 && { top: 0, bottom: 1 }), ...(width === 1 && { left: 0, right: 1 }) };
  const [kernelY, kernelX] = window.kernel;
  const [strideY, strideX] = window.stride;
  const [dilationY, dilationX] = window.dilation;
  const [padTop, padLeft] = window.padding;
  return {
    top: box.top * strideY - padTop,
    left: box.left * strideX - padLeft,
    bottom: (box.bottom - 1) * strideY - padTop + (kernelY - 1) * dilationY + 1,
    right: (box.right - 1) * strideX - padLeft + (kernelX - 1) * dilationX + 1,
  };
}

/**
 * From the first place that some places of a layer read along an axis to the last; null: it slides a window or stays.
 *
 * @param {Pick<GraphNode, "kind" | "config">} node
 * @param {0 | 1} axis
 * @param {Pair} places Half-open.
 * @param {number} length Of the source.
 * @returns {Pair | null}
 */
function span(node, axis, [from, to], length) {
  if (!readsAlong(node, from, axis, length)) return null;
  const read = Array.from({ length: to - from }, (_, index) => readsAlong(node, from + index, axis, length) ?? []).flat();
  return read.length ? [Math.min(...read), Math.max(...read) + 1] : [0, 0];
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
      if (!source || !reach.has(each)) continue;
      const value = values.to - values.from === 1 ? values.from : null;
      const read = node.kind === "flatten" ? unflattened(source, value) : fieldOfBox(node, box, source.output_shape);
      const own = clipped(moved(read, placesBefore(node, index, byName)), source);
      if (own.top < own.bottom && own.left < own.right) boxes.set(each, union(boxes.get(each), own));
    }
  }
  return boxes;
}

/**
 * @param {Box} box
 * @param {readonly [rows: number, columns: number]} before
 * @returns {Box}
 */
function moved({ top, left, bottom, right }, [rows, columns]) {
  return { top: top - rows, left: left - columns, bottom: bottom - rows, right: right - columns };
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
