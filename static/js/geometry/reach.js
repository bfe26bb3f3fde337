/** What a pixel of the network's input can change: its projective field, as a box in every layer. */

import { largestOf, smallestOf } from "./extremes.js";
import { extent } from "./graph.js";
import { readersAlong } from "./reads.js";

/** @import { GraphNode } from "./graph.js" */
/** @import { Box } from "./windows.js" */

/** Rows and columns that are reached, each in order. @typedef {[rows: number[], columns: number[]]} Places */

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
  /** @type {Map<string, Places[]>} */
  const reached = new Map();
  for (const node of nodes) {
    /** @type {Places[]} */
    const blocks = node.inputs.length ? [] : [[[y], [x]]];
    const { height, width } = extent(node);
    node.reads.forEach((reads, index) => {
      for (const block of reached.get(node.inputs[index] ?? "") ?? []) {
        const [rows, columns] = [readersAlong(reads, block[0], 0, height), readersAlong(reads, block[1], 1, width)];
        if (rows.length && columns.length) join(blocks, [rows, columns]);
      }
    });
    if (blocks.length) reached.set(node.name, blocks);
  }
  return new Map([...reached].map(([name, blocks]) => [name, boxOf(blocks)]));
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
  const first = (/** @type {0 | 1} */ axis) => smallestOf(blocks.map((block) => block[axis][0] ?? Infinity));
  const last = (/** @type {0 | 1} */ axis) => largestOf(blocks.map((block) => block[axis].at(-1) ?? -1));
  return { top: first(0), left: first(1), bottom: last(0) + 1, right: last(1) + 1 };
}
