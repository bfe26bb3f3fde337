/** What a pixel of the network's input can change: its projective field, as a box in every layer. */

import { extent } from "./graph.js";

/** @import { GraphNode } from "./graph.js" */
/** @import { Box } from "./windows.js" */

/** Rows and columns that are reached, each in order. @typedef {[rows: number[], columns: number[]]} Places */

/** Kinds that read all of their input for every value. */
const READS_ALL = new Set(["dense", "softmax", "global_avg_pool2d"]);

/**
 * The smallest box around the places that pixel (y, x) of the input reaches, in every node that it reaches.
 *
 * Rows and columns are followed apart from each other, with the holes that dilation and strides leave. A flattened
 * layer is told in pixels of its source, since each of its channels is reached at the same places.
 *
 * @param {readonly GraphNode[]} nodes In topological order.
 * @param {{y: number, x: number}} pixel
 * @returns {Map<string, Box>} Half-open.
 */
export function reachOf(nodes, { y, x }) {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  /** @type {Map<string, Places>} */
  const reached = new Map();
  for (const node of nodes) {
    /** @type {Places} */
    const places = [[], []];
    if (node.kind === "input") [places[0][0], places[1][0]] = [y, x];
    for (const name of node.inputs) {
      const source = byName.get(name);
      const from = reached.get(name);
      if (!source || !from) continue;
      const [rows, columns] = [0, 1].map((axis) => readers(node, source, from[axis] ?? [], axis));
      if (rows?.length && columns?.length) join(places, [rows, columns]);
    }
    if (places[0].length) reached.set(node.name, places);
  }
  return new Map([...reached].map(([name, places]) => [name, boxOf(places)]));
}

/**
 * Along one axis, the places of a node that read any of these places of its source.
 *
 * @param {GraphNode} node
 * @param {GraphNode} source
 * @param {readonly number[]} places
 * @param {number} axis
 * @returns {number[]}
 */
function readers(node, source, places, axis) {
  const along = (/** @type {GraphNode} */ each) => [extent(each).height, extent(each).width][axis] ?? 1;
  const [length, across] = [along(node), along(source)];
  const all = READS_ALL.has(node.kind) || (across === 1 && length > 1 && !node.config.kernel_size);
  if (all) return Array.from({ length }, (_, index) => index);
  if (!node.config.kernel_size) return [...places];
  const { kernel_size: kernel, stride, dilation, padding } = node.config;
  const [size, step, spread, before] = [kernel[axis], stride?.[axis] ?? 1, dilation?.[axis] ?? 1, padding?.[axis] ?? 0];
  /** @type {Set<number>} */
  const found = new Set();
  for (const place of places) {
    for (let tap = 0; tap < size; tap += 1) {
      const output = (place + before - tap * spread) / step;
      if (Number.isInteger(output) && output >= 0 && output < length) found.add(output);
    }
  }
  return [...found].sort((a, b) => a - b);
}

/**
 * @param {Places} places Takes the others in.
 * @param {Places} others
 */
function join(places, others) {
  for (const axis of /** @type {const} */ ([0, 1])) {
    places[axis] = [...new Set([...places[axis], ...others[axis]])].sort((a, b) => a - b);
  }
}

/** @param {Places} places */
function boxOf([rows, columns]) {
  return { top: rows[0] ?? 0, left: columns[0] ?? 0, bottom: (rows.at(-1) ?? -1) + 1, right: (columns.at(-1) ?? -1) + 1 };
}
