/** What is drawn on top of the maps: receptive-field windows, the chosen map's ring, the channel followed. */

import { extent } from "../geometry/graph.js";
import { showsFilters } from "./strip-sheet.js";

/** @import { Cell } from "../geometry/cells.js" */
/** @import { ChannelRange } from "../geometry/graph.js" */
/** @import { Box } from "../geometry/windows.js" */
/** @import { StripColumn } from "./strip-column.js" */

/** A window never shrinks to nothing. */
const SMALLEST = 2.5;

/**
 * Everything that the present selection draws over one column.
 *
 * @param {StripColumn} column
 * @param {{box: Box | undefined, range: ChannelRange | undefined, followed: number | undefined, selected: number | null,
 *   reach: Box | null | undefined}} marks `range`: the channels that count; `followed`: the one the selected channel
 *   passes through alone; `reach`: what a pixel pointed at can change, undefined when none is.
 * @returns {string} SVG, made of numbers only.
 */
export function columnMarks(column, { box, range, followed, selected, reach }) {
  if (!column.layout) return "";
  const { cells, role } = column.layout;
  const parts = [];
  const maps = !showsFilters(column);
  if (maps && reach) parts.push(reached(column, reach));
  if (maps && reach === undefined && box && column.form === "maps") parts.push(windows(column, box, range, selected));
  if (followed !== undefined && selected === null) parts.push(outline(cells, column.cellNumber(followed)));
  if (selected !== null && !(role === "focus" && column.form === "units")) {
    const cell = cells.find((each) => each.channel === column.cellNumber(selected));
    if (cell) parts.push(chosen(cell, role === "focus" && column.form === "maps" ? selected : null));
  }
  return parts.join("");
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
  if (everything || box.bottom <= box.top || box.right <= box.left || !column.layout) return "";
  const { role } = column.layout;
  const counts = (/** @type {Cell} */ { channel }) =>
    role === "focus" || (range && channel >= range.from && channel < range.to);
  const cells = column.near.filter(counts);
  const main = cells.filter(({ channel }) => selected === null || channel === selected);
  const others = cells.filter((cell) => !main.includes(cell));
  const outline = (/** @type {readonly Cell[]} */ some) => boxes(some, box, { height, width });
  return (
    rings(outline(others), [2.5, 1], 0.5) + rings(outline(main), role === "context" || !others.length ? [2.5, 1] : [3, 1.5])
  );
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
    .map((cell) => {
      const across = place(Math.max(SMALLEST, ((right - left) / width) * cell.width));
      const down = place(Math.max(SMALLEST, ((bottom - top) / height) * cell.height));
      const x = place(cell.x + (left / width) * cell.width);
      return `M${x} ${place(cell.y + (top / height) * cell.height)}h${across}v${down}h${-across}z`;
    })
    .join("");
}

/**
 * @param {string} path
 * @param {readonly number[]} strokes Widths of halo and ink.
 * @param {number} [opacity]
 */
function rings(path, [halo = 4, ink = 2], opacity = 1) {
  if (!path) return "";
  const faded = opacity < 1 ? ` stroke-opacity="${opacity}"` : "";
  return `<path class="halo" stroke-width="${halo}"${faded} d="${path}"/><path class="ink" stroke-width="${ink}"${faded} d="${path}"/>`;
}

/**
 * What a pixel of the photo can change: the same places of every map, all of a vector.
 *
 * @param {StripColumn} column
 * @param {Box} reach
 */
function reached(column, reach) {
  const { height, width } = extent(column.node);
  const vector = { left: 0, right: 1, ...stretch(column, reach) };
  const maps = column.form === "maps";
  const path = boxes(column.near, maps ? reach : vector, maps ? { height, width } : { height: 1, width: 1 });
  return `<path class="halo" stroke-width="3.5" d="${path}"/><path class="reach" d="${path}"/>`;
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
 */
function chosen(area, label) {
  const frame = { x: area.x - 2, y: area.y - 2, width: area.width + 4, height: area.height + 4 };
  const rings = ring(frame, [4, 2]);
  if (label === null) return rings;
  const width = String(label).length * 7 + 9;
  const bottom = area.y + area.height;
  return (
    `${rings}<rect class="tag" x="${area.x - 3}" y="${bottom - 15}" width="${width}" height="18"/>` +
    `<text class="tag-text" x="${area.x - 3 + width / 2}" y="${bottom - 2}" text-anchor="middle">${label}</text>`
  );
}

/**
 * @param {readonly Cell[]} cells
 * @param {number} number
 */
function outline(cells, number) {
  const cell = cells.find((each) => each.channel === number);
  if (!cell) return "";
  return `<rect class="ink" x="${cell.x - 1.5}" y="${cell.y - 1.5}" width="${cell.width + 3}" height="${cell.height + 3}"/>`;
}

/**
 * Ink with a halo, so that it shows on any picture.
 *
 * @param {{x: number, y: number, width: number, height: number}} area
 * @param {readonly number[]} strokes Widths of halo and ink.
 * @param {number} [opacity]
 */
export function ring({ x, y, width, height }, [halo = 4, ink = 2] = [], opacity = 1) {
  const box = `x="${x}" y="${y}" width="${width}" height="${height}"`;
  const faded = opacity < 1 ? ` stroke-opacity="${opacity}"` : "";
  return `<rect class="halo" ${box} stroke-width="${halo}"${faded}/><rect class="ink" ${box} stroke-width="${ink}"${faded}/>`;
}
