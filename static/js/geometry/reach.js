/** What a pixel of the network's input can change: its projective field, as a box in every layer. */

import { extent, placesBefore } from "./graph.js";
import { readsAlong } from "./reads.js";
import { windowOf } from "./windows.js";

/** @import { GraphNode } from "./graph.js" */
/** @import { Box } from "./windows.js" */

/** Rows and columns that are reached, each in order. @typedef {[rows: number[], columns: number[]]} Places */

/** Kinds that read all of their input for every value. */
const READS_ALL = new Set(["dense", "softmax", "global_avg_pool2d"]);

/**
 * The smallest box around the places that pixel (y, x) of the input reaches, in every node that it reaches.
 *
 * Followed as blocks, each some rows times some columns, with the holes that dilation and strides leave: branches that
 * reach different places stay apart. A flattened layer is told in pixels of its source, since each of its channels is
 * reached at the same places.
 *
 * @param {readonly GraphNode[]} nodes In topological order.
 * @param {{y: number, x: number}} pixel
 * @returns {Map<string, Box>} Half-open.
 */
export function reachOf(nodes, { y, x }) {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  /** @type {Map<string, Places[]>} */
  const reached = new Map();
  for (const node of nodes) {
    /** @type {Places[]} */
    const blocks = node.kind === "input" ? [[[y], [x]]] : [];
    node.inputs.forEach((name, index) => {
      const source = byName.get(name);
      const before = placesBefore(node, index, byName);
      for (const block of (source && reached.get(name)) ?? []) {
        const [rows = [], columns = []] = /** @type {const} */ ([0, 1]).map((axis) => readers(node, source ?? node, block[axis], axis));
        if (rows.length && columns.length) join(blocks, [moved(rows, before[0]), moved(columns, before[1])]);
      }
    });
    if (blocks.length) reached.set(node.name, blocks);
  }
  return new Map([...reached].map(([name, blocks]) => [name, boxOf(blocks)]));
}

/** @param {number[]} places @param {number} by */
const moved = (places, by) => (by ? places.map((place) => place + by) : places);

/**
 * Along one axis, the places of a node that read any of these places of its source.
 *
 * @param {GraphNode} node
 * @param {GraphNode} source
 * @param {readonly number[]} places
 * @param {0 | 1} axis
 * @returns {number[]}
 */
function readers(node, source, places, axis) {
  const along = (/** @type {GraphNode} */ each) => [extent(each).height, extent(each).width][axis] ?? 1;
  const [length, across] = [along(node), along(source)];
  if (readsAlong(node, 0, axis, across)) {
    const wanted = new Set(places);
    const every = Array.from({ length }, (_, index) => index);
    return every.filter((at) => readsAlong(node, at, axis, across)?.some((place) => wanted.has(place)));
  }
  const window = windowOf(node);
  const all = READS_ALL.has(node.kind) || (across === 1 && length > 1 && !window);
  if (all) return Array.from({ length }, (_, index) => index);
  if (!window) return [...places];
  const { kernel, stride, dilation, padding } = window;
  const [size = 1, step = 1, spread = 1, before = 0] = [kernel[axis], stride[axis], dilation[axis], padding[axis]];
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
 * @param {Places[]} blocks Takes another in, unless one of them holds it.
 * @param {Places} other
 */
function join(blocks, other) {
  if (blocks.some((block) => holds(block, other))) return;
  const rest = blocks.filter((block) => !holds(other, block));
  blocks.splice(0, blocks.length, ...rest, other);
}

/**
 * @param {Places} block
 * @param {Places} other
 */
function holds(block, other) {
  return block.every((places, axis) => {
    const all = new Set(places);
    return other[axis]?.every((place) => all.has(place));
  });
}

/** @param {readonly Places[]} blocks */
function boxOf(blocks) {
  const first = (/** @type {0 | 1} */ axis) => Math.min(...blocks.map((block) => block[axis][0] ?? Infinity));
  const last = (/** @type {0 | 1} */ axis) => Math.max(...blocks.map((block) => block[axis].at(-1) ?? -1));
  return { top: first(0), left: first(1), bottom: last(0) + 1, right: last(1) + 1 };
}
