/** The cells of a table of arithmetic: text, values in their colours, small pictures of values, bars. */

import { shareOf } from "../draw/chart.js";
import { colormap, colour, cssColour, inkOn } from "../draw/colormap.js";
import { brief } from "../geometry/scale.js";
import { h, s, setMarkup, setText } from "./dom.js";
import { currentTheme, paletteOf } from "./scene.js";
import { ring } from "./strip-windows.js";
import { textWidth } from "./text-width.js";

/** @import { Bar, Cell, Chip, Grid, Text, Tone } from "../layer-views/arithmetic/types.js" */
/** @import { Palette } from "./scene.js" */
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
 * @property {WorkingPictures} pictures Where those of grids are drawn.
 * @property {(grid: Grid) => number} [across] Width of a grid with numbers.
 */

/** One cell; it becomes what it is told to show. */
export class WorkingCell {
  element = h("span");
  /** @type {Cell | null} */
  cell = null;
  #marks = s("svg", { "aria-hidden": "true" });
  #bar = h("i");
  #markup = "";

  /**
   * @param {Cell} cell
   * @param {Surroundings} around
   */
  paint(cell, around) {
    if (cell.kind !== this.cell?.kind) this.#become(cell.kind);
    this.cell = cell;
    if (cell.kind === "text") this.#paintText(cell);
    else if (cell.kind === "chip") this.#paintChip(cell, around.channel);
    else if (cell.kind === "bar") this.#paintBar(cell, around.axis);
    else this.#paintGrid(cell, around);
  }

  /** @param {string} kind */
  #become(kind) {
    this.element.className = kind;
    this.element.removeAttribute("style");
    this.element.replaceChildren();
    this.#markup = "";
    if (kind === "bar") this.element.append(this.#bar);
  }

  /** @param {Text} cell */
  #paintText({ text, className = "", adjusted }) {
    this.element.className = `text ${className}${adjusted ? " adjusted" : ""}`;
    setText(this.element, text);
  }

  /**
   * @param {Chip} cell
   * @param {number} channel
   */
  #paintChip({ text, value, tone, adjusted }, channel) {
    const { scale, map } = paletteFor(tone, channel);
    const rgb = colour(value, scale, map);
    this.element.className = adjusted ? "chip adjusted" : "chip";
    this.element.style.background = cssColour(rgb);
    this.element.style.color = inkOn(rgb);
    setText(this.element, text);
  }

  /**
   * @param {Bar} bar
   * @param {[number, number]} axis
   */
  #paintBar({ from, to }, [low, high]) {
    const [a, b] = [shareOf(from, { low, high }), shareOf(to, { low, high })];
    this.element.style.setProperty("--zero", `${100 * shareOf(0, { low, high })}%`);
    this.#bar.className = to < from ? "below" : "above";
    this.#bar.style.left = `${100 * Math.min(a, b)}%`;
    this.#bar.style.width = `${100 * Math.abs(b - a)}%`;
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
    const side = Math.max(width, rows);
    this.element.style.setProperty("--wide", String(width / side));
    this.element.style.setProperty("--high", String(rows / side));
    const wanted = asked?.(cell) ?? THREE;
    const across = width <= 3 || wanted === STACKED ? wanted : Math.min(ONE * width, MOST);
    this.element.style.width = written ? `${across}px` : "";
    this.element.style.height = written ? `${rows * ROW}px` : "";
    const shown = large ? LARGE : SMALL;
    const box = written
      ? { width: across, height: rows * ROW }
      : { width: shown * (width / side), height: shown * (rows / side) };
    pictures.add({ element: this.element, box, values, width, palette });
    this.#write(marks(cell, written, box, palette), box);
  }

  /**
   * @param {string} markup Numbers only.
   * @param {{width: number, height: number}} box
   */
  #write(markup, { width, height }) {
    if (markup === this.#markup) return;
    this.#markup = markup;
    if (markup) this.element.append(this.#marks);
    else this.#marks.remove();
    this.#marks.setAttribute("viewBox", `0 0 ${width} ${height}`);
    setMarkup(this.#marks, markup);
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
 * Numbers, frames and the fading around the window.
 *
 * @param {Grid} cell
 * @param {string[] | null} texts
 * @param {{width: number, height: number}} box
 * @param {Palette} palette
 */
function marks({ values, width, rings = [], window, adjusted }, texts, box, { scale, map }) {
  const [wide, high] = [box.width / width, box.height / (values.length / width)];
  const area = (/** @type {[number, number, number, number]} */ [x, y, columns, rows]) => ({
    ...{ x: x * wide, y: y * high, width: columns * wide, height: rows * high },
  });
  const parts = [];
  const shown = texts?.map((text, at) => (text.length > LONGEST ? brief(values[at] ?? NaN) : text)) ?? [];
  const size = Math.min(...shown.map((text) => textSize(text, wide)));
  if (window) {
    const { x, y, width: across, height: down } = area(window);
    parts.push(
      `<path class="shade" fill-rule="evenodd" d="M0 0H${box.width}V${box.height}H0ZM${x} ${y}v${down}h${across}v${-down}Z"/>`,
    );
    parts.push(ring(area(window), [4, 2]));
  }
  shown.forEach((text, at) => {
    const value = values[at] ?? NaN;
    const [column, row] = [at % width, Math.floor(at / width)];
    const faded =
      window &&
      (column < window[0] || column >= window[0] + window[2] || row < window[1] || row >= window[1] + window[3]);
    const ink = Number.isNaN(value) || faded ? 'class="faint"' : `fill="${inkOn(colour(value, scale, map))}"`;
    const line = adjusted?.[at] ? ' text-decoration="underline"' : "";
    parts.push(
      `<text ${ink}${line} x="${(column + 0.5) * wide}" y="${(row + 0.5) * high + 4}" font-size="${size}">${text}</text>`,
    );
  });
  for (const each of rings) {
    const { x, y, width: across, height: down } = area(each);
    const inset = texts ? 3.5 : Math.min(1, across / 4);
    parts.push(
      ring(
        {
          x: x + inset,
          y: y + inset,
          width: Math.max(1.5, across - 2 * inset),
          height: Math.max(1.5, down - 2 * inset),
        },
        [3, 1.5],
      ),
    );
  }
  return parts.join("");
}
