/** The cells of a table of arithmetic: text, values in their colours, small pictures of values, bars. */

import { shareOf } from "../../draw/chart.js";
import { colormap, colour, cssColour, inkOn } from "../../draw/colormap.js";
import { outlineOf, ring } from "../../draw/marks.js";
import { smallestOf } from "../../geometry/extremes.js";
import { brief } from "../../geometry/scale.js";
import { currentTheme, paletteOf } from "../../state/scene.js";
import { h, setAttribute, setText } from "../../widgets/dom.js";
import { textWidth } from "../../widgets/text-width.js";

/** @import { Mark } from "../../draw/marks.js" */
/** @import { Bar, Cell, Chip, Grid, Text, Tone } from "../../layer-views/arithmetic/types.js" */
/** @import { Palette } from "../../state/scene.js" */
/** @import { WorkingPictures } from "./working-pictures.js" */

/** Height of a cell with a number in it, and widths of three of them, of a wide grid, of one of many, of all together. */
const ROW = 21;
export const THREE = 108;
export const STACKED = 320;
const ONE = 44;
const MOST = 200;
/** Longer side of a grid without numbers, in its row and opened; as in the style sheet. */
const SMALL = 24;
const LARGE = 96;
/** Height of a bar. */
const BAR = 14;
/** Characters that fit into a cell of three. */
const LONGEST = 7;

/**
 * @param {Tone} tone
 * @param {number} channel
 * @returns {Palette}
 */
function paletteFor(tone, channel) {
  if (typeof tone !== "number") return paletteOf(tone, Math.min(channel, (tone.shape[0] ?? 1) - 1));
  return { scale: { low: -tone, high: tone }, map: colormap("diverging", currentTheme()) };
}

/** Font sizes of numbers in cells, and what is free at both sides of them. */
const LARGEST_TEXT = 12;
const SMALLEST_TEXT = 9;
const FREE = 4;

/**
 * @typedef {object} Surroundings
 * @property {number} channel
 * @property {[number, number]} axis
 * @property {boolean} large
 * @property {WorkingPictures} pictures Where grids and bars are drawn.
 * @property {boolean} joined Whether the bar of the next row goes on where this one ends.
 * @property {(grid: Grid) => number} [across] Width of a grid with numbers.
 */

/** One cell; it becomes what it is told to show. */
export class WorkingCell {
  element = h("span");
  /** @type {Cell | null} */
  cell = null;
  #style = "";

  /**
   * @param {Cell} cell
   * @param {Surroundings} around
   */
  paint(cell, around) {
    if (cell.kind !== this.cell?.kind) this.#become(cell.kind);
    this.cell = cell;
    if (cell.kind === "text") this.#paintText(cell);
    else if (cell.kind === "chip") this.#paintChip(cell, around.channel);
    else if (cell.kind === "bar") this.#paintBar(cell, around);
    else this.#paintGrid(cell, around);
  }

  /** @param {string} kind */
  #become(kind) {
    this.element.className = kind;
    this.#style = "";
    for (const name of ["style", "role", "aria-label"]) this.element.removeAttribute(name);
    this.element.replaceChildren();
  }

  /** @param {Text} cell */
  #paintText({ text, className = "", adjusted }) {
    setAttribute(this.element, "class", `text ${className}${adjusted ? " adjusted" : ""}`);
    setText(this.element, text);
  }

  /**
   * @param {Chip} cell
   * @param {number} channel
   */
  #paintChip({ text, value, tone, adjusted }, channel) {
    const { scale, map } = paletteFor(tone, channel);
    const rgb = colour(value, scale, map);
    setAttribute(this.element, "class", adjusted ? "chip adjusted" : "chip");
    this.element.style.background = cssColour(rgb);
    this.element.style.color = inkOn(rgb);
    setText(this.element, text);
  }

  /**
   * @param {Bar} cell
   * @param {Surroundings} around
   */
  #paintBar(cell, { axis, joined, pictures }) {
    const key = [cell.from, cell.to, ...axis, joined].join();
    pictures.add({ element: this.element, size: "bar", key, marks: (box) => barMarks(cell, axis, joined, box) });
  }

  /**
   * @param {Grid} cell
   * @param {Surroundings} around
   */
  #paintGrid(cell, { channel, large, pictures, across: asked }) {
    const { values, width } = cell;
    const rows = values.length / width;
    const palette = paletteFor(cell.tone, channel);
    const written = large && cell.texts?.length ? cell.texts : null;
    const wanted = asked?.(cell) ?? THREE;
    const across = width <= 3 || wanted === STACKED ? wanted : Math.min(ONE * width, MOST);
    const [side, shown] = [Math.max(width, rows), large ? LARGE : SMALL];
    const box = written
      ? { width: across, height: rows * ROW }
      : { width: shown * (width / side), height: shown * (rows / side) };
    this.#size(box, { wide: width / side, high: rows / side, written: written !== null });
    const drawn = marks(cell, written, box, palette);
    const [size, key] = [`${box.width} ${box.height}`, JSON.stringify(drawn)];
    pictures.add({ element: this.element, size, key, marks: () => drawn, image: { values, width, palette } });
    setAttribute(this.element, "class", written && cell.adjusted?.includes(true) ? "grid adjusted" : "grid");
    setAttribute(this.element, "role", written ? "img" : null);
    setAttribute(this.element, "aria-label", written ? saidOf(drawn) : null);
  }

  /**
   * As large as its numbers need, or as the style sheet has pictures without any.
   *
   * @param {{width: number, height: number}} box
   * @param {{wide: number, high: number, written: boolean}} shape Shares of the longer side.
   */
  #size({ width, height }, { wide, high, written }) {
    const style = written
      ? `--wide:${wide};--high:${high};width:${width}px;height:${height}px`
      : `--wide:${wide};--high:${high}`;
    if (style === this.#style) return;
    this.#style = style;
    this.element.style.cssText = style;
  }

  /**
   * Which value of the grid is under the pointer.
   *
   * @param {MouseEvent} event
   */
  placeUnder(event) {
    if (this.cell?.kind !== "grid") return null;
    const { values, width, at } = this.cell;
    const box = this.element.getBoundingClientRect();
    const inside = (/** @type {number} */ share, /** @type {number} */ count) =>
      Math.max(0, Math.min(count - 1, Math.floor(share * count)));
    const column = inside((event.clientX - box.left) / box.width, width);
    const row = inside((event.clientY - box.top) / box.height, values.length / width);
    return at?.(row * width + column) ?? null;
  }
}

/**
 * As large as fits beside its neighbours.
 *
 * @param {string} text
 * @param {number} room Width of its cell.
 */
function textSize(text, room) {
  const fits = (room - FREE) / textWidth(text);
  return Math.round(10 * Math.min(LARGEST_TEXT, Math.max(SMALLEST_TEXT, fits))) / 10;
}

/**
 * What is written, for those who listen.
 *
 * @param {readonly Mark[]} marks
 */
const saidOf = (marks) => marks.flatMap((mark) => ("text" in mark ? [mark.text] : [])).join(" ");

/**
 * Numbers, frames and the fading around the window.
 *
 * @param {Grid} cell
 * @param {string[] | null} texts
 * @param {{width: number, height: number}} box
 * @param {Palette} palette
 * @returns {Mark[]}
 */
function marks({ values, width, rings = [], window, adjusted }, texts, box, { scale, map }) {
  const [wide, high] = [box.width / width, box.height / (values.length / width)];
  const area = (/** @type {[number, number, number, number]} */ [x, y, columns, rows]) => ({
    ...{ x: x * wide, y: y * high, width: columns * wide, height: rows * high },
  });
  /** @type {Mark[]} */
  const parts = [];
  if (window) {
    const outside = outlineOf({ x: 0, y: 0, ...box }) + outlineOf(area(window));
    parts.push({ path: outside, fill: "bg", opacity: 0.55 }, ...ring(area(window)));
  }
  const shown = texts?.map((text, at) => (text.length > LONGEST ? brief(values[at] ?? NaN) : text)) ?? [];
  const size = smallestOf(shown.map((text) => textSize(text, wide)));
  shown.forEach((text, at) => {
    const value = values[at] ?? NaN;
    const [column, row] = [at % width, Math.floor(at / width)];
    const faded =
      window &&
      (column < window[0] || column >= window[0] + window[2] || row < window[1] || row >= window[1] + window[3]);
    const fill = Number.isNaN(value) || faded ? "ink-2" : inkOn(colour(value, scale, map));
    const [x, y] = [(column + 0.5) * wide, (row + 0.5) * high + 4];
    parts.push({ text, x, y, fill, size, underlined: adjusted?.[at] === true });
  });
  for (const each of rings) {
    const { x, y, width: across, height: down } = area(each);
    const inset = texts ? 3.5 : Math.min(1, across / 4);
    const [inside, below] = [Math.max(1.5, across - 2 * inset), Math.max(1.5, down - 2 * inset)];
    parts.push(...ring({ x: x + inset, y: y + inset, width: inside, height: below }, [3, 1.5]));
  }
  return parts;
}

/**
 * A bar about its axis, and the dots that lead from its end to where the next one begins.
 *
 * @param {Bar} bar
 * @param {[number, number]} axis
 * @param {boolean} joined
 * @param {{width: number, height: number}} box
 * @returns {Mark[]}
 */
function barMarks({ from, to }, [low, high], joined, { width, height }) {
  const at = (/** @type {number} */ value) => Math.round(shareOf(value, { low, high }) * (width - 1));
  const left = Math.min(at(from), at(to));
  const right = Math.max(left + 1, at(from), at(to));
  const top = Math.round((height - BAR) / 2);
  const dots = `M${to < from ? left + 0.5 : right - 0.5} ${top + BAR}v${height - BAR}`;
  return [
    { path: `M${at(0) + 0.5} 0v${height}`, stroke: "line-2" },
    { path: outlineOf({ x: left, y: top, width: right - left, height: BAR }), fill: to < from ? "neg" : "pos" },
    ...(joined ? [{ path: dots, stroke: "line-2", dash: [1, 2] }] : []),
  ];
}
