/** What is drawn on top of the maps: receptive-field windows, the chosen map's ring, the channel followed. */

import { outlineOf, ring, ringed } from "../../draw/marks.js";
import { extent } from "../../geometry/graph.js";
import { showsFilters } from "./sheet.js";

/** @import { Mark } from "../../draw/marks.js" */
/** @import { Cell } from "../../geometry/cells.js" */
/** @import { ChannelRange } from "../../geometry/reads.js" */
/** @import { Box } from "../../geometry/windows.js" */
/** @import { StripColumn } from "./column.js" */

/** A window never shrinks to nothing. */
const SMALLEST = 2.5;

/**
 * Everything that the present selection draws over one column.
 *
 * @param {StripColumn} column
 * @param {{box: Box | undefined, range: ChannelRange | undefined, followed: number | undefined, selected: number | null,
 *   reach: Box | null | undefined}} marks `range`: the channels that count; `followed`: the one the selected channel
 *   passes through alone; `reach`: what a pixel pointed at can change, undefined when none is.
 * @returns {Mark[]}
 */
export function columnMarks(column, { box, range, followed, selected, reach }) {
  if (!column.layout) return [];
  const { cells, role } = column.layout;
  /** @type {Mark[]} */
  const parts = [];
  const maps = !showsFilters(column) && !column.equal;
  if (maps && reach) parts.push(...reached(column, reach));
  if (maps && reach === undefined && box && column.form === "maps") parts.push(...windows(column, box, range, selected));
  if (followed !== undefined && selected === null) parts.push(...outline(cells, column.cellNumber(followed)));
  if (selected !== null && !(role === "focus" && column.form === "units")) {
    const cell = cells.find((each) => each.channel === column.cellNumber(selected));
    if (cell) parts.push(...chosen(cell, role === "focus" && column.form === "maps" ? selected : null));
  }
  return parts;
}

/**
 * @param {StripColumn} column
 * @param {Box} box
 * @param {ChannelRange | undefined} range
 * @param {number | null} selected
 */
function windows(column, box, range, selected) {
  const { height, width } = extent(column.node);
  const everything = box.bottom - box.top === height && box.right - box.left === width;
  if (everything || box.bottom <= box.top || box.right <= box.left || !column.layout) return [];
  const { role } = column.layout;
  const counts = (/** @type {Cell} */ { channel }) =>
    role === "focus" || (range && channel >= range.from && channel < range.to);
  const cells = column.near.filter(counts);
  const main = cells.filter(({ channel }) => selected === null || channel === selected);
  const others = cells.filter((cell) => !main.includes(cell));
  const outline = (/** @type {readonly Cell[]} */ some) => boxes(some, box, { height, width });
  return [
    ...ringed(outline(others), [2.5, 1], 0.5),
    ...ringed(outline(main), role === "context" || !others.length ? [2.5, 1] : [3, 1.5]),
  ];
}

/**
 * The same part of every cell, as one path.
 *
 * @param {readonly Cell[]} cells
 * @param {Box} box
 * @param {{height: number, width: number}} whole What a cell stands for, in the units of the box.
 */
function boxes(cells, { top, left, bottom, right }, { height, width }) {
  const place = (/** @type {number} */ value) => Math.round(value * 10) / 10;
  return cells
    .flatMap(inLanes)
    .map((cell) => {
      const across = place(Math.max(SMALLEST, ((right - left) / width) * cell.width));
      const down = place(Math.max(SMALLEST, ((bottom - top) / height) * cell.height));
      const x = place(cell.x + (left / width) * cell.width);
      return `M${x} ${place(cell.y + (top / height) * cell.height)}h${across}v${down}h${-across}z`;
    })
    .join("");
}

/** @param {Cell} cell @returns {Cell[]} Its places in all lanes. */
const inLanes = (cell) => [0, 1, 2].slice(0, cell.beside ? 3 : 1).map((lane) => ({ ...cell, x: cell.x + lane * (cell.beside ?? 0) }));

/**
 * What a pixel of the photo can change: the same places of every map, all of a vector.
 *
 * @param {StripColumn} column
 * @param {Box} reach
 * @returns {Mark[]}
 */
function reached(column, reach) {
  const { height, width } = extent(column.node);
  const vector = { left: 0, right: 1, ...stretch(column, reach) };
  const maps = column.form === "maps";
  const path = boxes(column.near, maps ? reach : vector, maps ? { height, width } : { height: 1, width: 1 });
  return [
    { path, stroke: "halo", width: 3.5 },
    { path, stroke: "accent", width: 1.75 },
  ];
}

/**
 * The part of a flattened map between the first and the last place that is reached, as shares of the map.
 *
 * @param {StripColumn} column
 * @param {Box} reach In pixels of the map.
 */
function stretch(column, { top, left, bottom, right }) {
  const source = column.model.nodes.find((node) => node.name === column.node.inputs[0]);
  const { height, width } = extent(source ?? column.node);
  if (column.node.kind !== "flatten" || column.parts.length === 1) return { top: 0, bottom: 1 };
  const size = height * width;
  return { top: (top * width + left) / size, bottom: ((bottom - 1) * width + right) / size };
}

/**
 * @param {Cell} area
 * @param {number | null} label
 * @returns {Mark[]}
 */
function chosen(area, label) {
  const { beside = 0 } = area;
  const frame = { x: area.x - 2, y: area.y - 2, width: area.width + 2 * beside + 4, height: area.height + 4 };
  const rings = ring(frame, [4, 2]);
  if (label === null || beside) return rings;
  const text = String(label);
  const width = text.length * 7 + 9;
  const bottom = area.y + area.height;
  return [
    ...rings,
    { path: outlineOf({ x: area.x - 3, y: bottom - 15, width, height: 18 }), fill: "ink" },
    { text, x: area.x - 3 + width / 2, y: bottom - 2, fill: "panel", size: 12, weight: 600 },
  ];
}

/**
 * @param {readonly Cell[]} cells
 * @param {number} number
 * @returns {Mark[]}
 */
function outline(cells, number) {
  const cell = cells.find((each) => each.channel === number);
  if (!cell) return [];
  const { x, y, width, height } = cell;
  return [{ path: outlineOf({ x: x - 1.5, y: y - 1.5, width: width + 3, height: height + 3 }), stroke: "ink" }];
}
