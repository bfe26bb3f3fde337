/** Networks that are no short chain: lanes beside each other, arcs over what is skipped, blocks that fold. */

import { arc, lanes, wire } from "../../draw/edges.js";
import { blocksOf, foldedGraph } from "../../geometry/blocks.js";
import { largestOf, smallestOf } from "../../geometry/extremes.js";
import { lanePlan } from "../../geometry/lanes.js";
import { BLOCKS_ROOM, paintBlocks } from "./blocks.js";

export { paintBlocks };

/** @import { ModelDetail } from "../../api/client.js" */
/** @import { Block } from "../../geometry/blocks.js" */
/** @import { Place, Wire } from "../../geometry/lanes.js" */
/** @import { Column } from "../../geometry/layout.js" */
/** @import { Fold } from "./blocks.js" */
/** @import { StripColumn } from "./column.js" */

/**
 * @typedef {object} BlockMark
 * @property {string} name
 * @property {number} first Numbers of its layers.
 * @property {number} last
 * @property {number} from Its columns.
 * @property {number} to
 * @property {boolean} folded
 */

/**
 * @typedef {object} StripPlan
 * @property {number[]} shown Numbers of the layers that have a column.
 * @property {number[]} standIn For every layer the column of itself, or of what stands for it.
 * @property {(Place | undefined)[]} places Of the columns.
 * @property {number} room Above the heads, for arcs and for the names of blocks.
 * @property {BlockMark[]} blocks
 * @property {Set<string>} folded Names of blocks.
 * @property {(columns: readonly StripColumn[]) => {arcs: string, wires: string}} marks SVG.
 * @property {(row: HTMLElement, columns: readonly Column[], fold: Fold) => void} paintBlocks
 */

/** Height of all arcs together, at most. */
const ARCS_ROOM = 42;
const LANE = 6;
/** A network of more layers opens folded. */
const MANY = 200;
/** Layers closer than this show by that what they read. */
const BESIDE = 26;
const TURN = 26;

/** @typedef {{from: number, to: number, lane: number}} Skip Numbers of columns; lanes are counted from the lowest. */

/** @type {WeakMap<ModelDetail, Block[]>} */
const known = new WeakMap();

/**
 * @param {ModelDetail} model
 * @returns {Block[]}
 */
function blocksIn(model) {
  const blocks = known.get(model) ?? blocksOf(model.nodes);
  known.set(model, blocks);
  return blocks;
}

/**
 * @param {ModelDetail} model
 * @param {Set<string> | null} asked Names of folded blocks; null: as the network opens.
 * @returns {StripPlan}
 */
export function branchedPlan(model, asked) {
  const blocks = blocksIn(model);
  const folded = asked ?? new Set(model.nodes.length > MANY ? blocks.map(({ name }) => name) : []);
  const { shown, standIn, inputs } = foldedGraph(model.nodes, blocks, folded);
  const { places, wires, skips } = lanePlan(inputs);
  const arcs = inLanes(skips);
  const height = arcs.length ? 8 + LANE + spacing(arcs) * largestOf(arcs.map(({ lane }) => lane)) : 0;
  const room = height + (blocks.length ? BLOCKS_ROOM : 0);
  const marked = blocks.map(({ name, from, to }) => ({
    ...{ name, first: from, last: to, from: standIn[from] ?? 0, to: standIn[to] ?? 0, folded: folded.has(name) },
  }));
  const marks = (/** @type {readonly StripColumn[]} */ columns) => ({
    arcs: arcMarks(columns, arcs, room),
    wires: wireMarks(columns, wires),
  });
  return { shown, standIn, places, room, blocks: marked, folded, marks, paintBlocks: (row, columns, fold) => paintBlocks(marked, row, columns, fold) };
}

/**
 * What leaves one layer shares a line; lines that overlap lie at different heights.
 *
 * @param {readonly {from: number, to: number}[]} skips
 * @returns {Skip[]}
 */
function inLanes(skips) {
  const spans = new Map();
  for (const { from, to } of skips) spans.set(from, { from, to: Math.max(to, spans.get(from)?.to ?? 0) });
  const free = lanes([...spans.values()]);
  const lane = new Map([...spans.keys()].map((from, index) => [from, free[index] ?? 0]));
  return skips.map((skip) => ({ ...skip, lane: lane.get(skip.from) ?? 0 }));
}

/** @param {readonly Skip[]} arcs */
const spacing = (arcs) => Math.min(LANE, ARCS_ROOM / Math.max(1, largestOf(arcs.map(({ lane }) => lane))));

/**
 * @param {readonly StripColumn[]} columns
 * @param {readonly Skip[]} arcs
 * @param {number} room
 */
function arcMarks(columns, arcs, room) {
  const step = spacing(arcs);
  return arcs
    .map(({ from, to, lane }) => {
      const near = [from, to].some((at) => columns[at]?.layout?.role === "focus") ? " near" : "";
      const path = arc(middleOf(columns[from]), middleOf(columns[to]), room, Math.max(2, room - 8 - step * lane));
      return `<path class="strip-arc${near}" d="${path}"/>`;
    })
    .join("");
}

/** @param {StripColumn | undefined} column */
function middleOf(column) {
  const { x = 0, width = 0, role = "context" } = column?.layout ?? {};
  return role === "focus" ? x + 10 : x + width / 2;
}

/**
 * Lines into and out of branches, and along a lane where it is empty.
 *
 * @param {readonly StripColumn[]} columns
 * @param {readonly Wire[]} wires
 */
function wireMarks(columns, wires) {
  return wires
    .map(({ from, to, along }) => {
      const [start, end] = [columns[from], columns[to]];
      if (!start?.layout || !end?.layout || start.layout.role === "focus") return "";
      const a = { x: start.layout.x + start.layout.width + 2, y: middleRow(start) };
      const b = { x: end.layout.x - 2, y: middleRow(end) };
      if (a.y === b.y && b.x - a.x < BESIDE) return "";
      const near = end.layout.role === "focus" ? " near" : "";
      return `<path class="strip-wire${near}" d="${bent(a, b, along)}"/>`;
    })
    .join("");
}

/** @param {StripColumn} column */
function middleRow({ layout, mapsTop, rows }) {
  const cells = layout?.cells ?? [];
  if (!cells.length || layout?.role === "focus") return mapsTop + rows / 2;
  const [top, bottom] = [smallestOf(cells.map(({ y }) => y)), largestOf(cells.map(({ y, height }) => y + height))];
  return mapsTop + (top + bottom) / 2;
}

/**
 * A line that changes its height where the branch begins or ends, and is straight in between.
 *
 * @param {{x: number, y: number}} from
 * @param {{x: number, y: number}} to
 * @param {Wire["along"]} along
 */
function bent(from, to, along) {
  const turn = Math.min(TURN, to.x - from.x);
  if (along === "to") return `${wire(from, { x: from.x + turn, y: to.y })}H${Math.round(to.x)}`;
  const start = { x: to.x - turn, y: from.y };
  return `M${Math.round(from.x)} ${Math.round(from.y * 10) / 10}H${Math.round(start.x)}${wire(start, to).replace(/^M[^C]*/, "")}`;
}
