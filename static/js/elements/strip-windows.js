/** What is drawn on top of the maps: receptive-field windows, the chosen map's ring, the channel followed. */

import { extent } from "../geometry/graph.js";

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
 * @param {{box: Box | undefined, range: ChannelRange | undefined, followed: number | undefined, selected: number | null}} marks
 *   `range`: the channels that count; `followed`: the one the selected channel passes through alone.
 * @returns {string} SVG, made of numbers only.
 */
export function columnMarks(column, { box, range, followed, selected }) {
  if (!column.layout) return "";
  const { cells, role } = column.layout;
  const parts = [];
  if (box && column.form === "maps") parts.push(windows(column, box, range, selected));
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
  const { cells, role } = column.layout;
  return cells
    .filter(({ channel }) => role === "focus" || (range && channel >= range.from && channel < range.to))
    .map((cell) => {
      const scaleX = cell.width / width;
      const scaleY = cell.height / height;
      const main = selected === null || cell.channel === selected;
      const strokes = role === "context" || !main ? [2.5, 1] : [3, 1.5];
      const area = {
        x: cell.x + box.left * scaleX,
        y: cell.y + box.top * scaleY,
        width: Math.max(SMALLEST, (box.right - box.left) * scaleX),
        height: Math.max(SMALLEST, (box.bottom - box.top) * scaleY),
      };
      return ring(area, strokes, main ? 1 : 0.5);
    })
    .join("");
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
  const faded = opacity < 1 ? ` opacity="${opacity}"` : "";
  return `<rect class="halo" ${box} stroke-width="${halo}"${faded}/><rect class="ink" ${box} stroke-width="${ink}"${faded}/>`;
}
