/** The arithmetic of a convolution as SVG, made of numbers only: rows of small grids, their numbers, a running sum. */

import { colour, cssColour, inkOn } from "../draw/colormap.js";
import { TIMES, fixed } from "../geometry/scale.js";

/** @import { Term } from "../draw/products.js" */
/** @import { Palette } from "./scene.js" */

export const WIDTH = 348;
export const HEAD = 16;
export const ROW = 29;
export const NUMERALS = 21;
const MINI = 24;
const SUM = { left: 132, right: 296 };

/**
 * From running sums to places on the axis.
 *
 * @param {readonly number[]} sums
 */
export function sumAxis(sums) {
  let [run, low, high] = [0, 0, 0];
  for (const sum of sums) {
    run += sum;
    low = Math.min(low, run);
    high = Math.max(high, run);
  }
  return (/** @type {number} */ value) =>
    tenth(SUM.left + ((value - low) / (high - low || 1)) * (SUM.right - SUM.left));
}

/** @param {number} value */
const tenth = (value) => Math.round(value * 10) / 10;

export function captions() {
  const at = (/** @type {number} */ x, /** @type {string} */ text, anchor = "middle") =>
    `<text class="faint" x="${x}" y="11" text-anchor="${anchor}">${text}</text>`;
  return (
    at(30, "patch") +
    at(68, "kernel") +
    at(106, "product") +
    at((SUM.left + SUM.right) / 2, "running sum") +
    at(WIDTH, "adds", "end")
  );
}

/**
 * @param {number} value
 * @param {Palette} palette
 */
const cellColour = (value, { scale, map }) => (Number.isNaN(value) ? null : colour(value, scale, map));

/**
 * The three small grids of a row.
 *
 * @param {Term} term
 * @param {number} width
 * @param {number} y
 * @param {{patch: Palette, kernel: Palette, product: Palette}} palettes
 * @param {boolean} rgb
 */
export function rowMarks(term, width, y, palettes, rgb) {
  const name = rgb ? "RGB".charAt(term.channel) : String(term.channel);
  const sign = (/** @type {number} */ x, /** @type {string} */ text) =>
    `<text class="sign" x="${x}" y="${y + 18}" text-anchor="middle">${text}</text>`;
  return (
    `<text class="faint" x="11" y="${y + 18}" text-anchor="end">${name}</text>` +
    miniature(term.patch, width, 18, y, palettes.patch) +
    sign(49, TIMES) +
    miniature(term.kernel, width, 56, y, palettes.kernel) +
    sign(87, "=") +
    miniature(term.products, width, 94, y, palettes.product)
  );
}

/**
 * @param {readonly number[]} values
 * @param {number} width
 * @param {number} left
 * @param {number} top
 * @param {Palette} palette
 */
function miniature(values, width, left, top, palette) {
  const rows = values.length / width;
  const size = tenth(MINI / Math.max(width, rows));
  const y0 = top + (ROW - rows * size) / 2;
  const x0 = left + (MINI - width * size) / 2;
  const cells = values.map((value, at) => {
    const rgb = cellColour(value, palette);
    const fill = rgb ? `fill="${cssColour(rgb)}"` : 'class="outside"';
    return `<rect ${fill} x="${tenth(x0 + (at % width) * size)}" y="${tenth(y0 + Math.floor(at / width) * size)}" width="${size}" height="${size}"/>`;
  });
  return `${cells.join("")}<rect class="frame" x="${x0 - 0.5}" y="${y0 - 0.5}" width="${width * size + 1}" height="${rows * size + 1}"/>`;
}

/**
 * The bar from the sum so far to the next.
 *
 * @param {(value: number) => number} axis
 * @param {number} from
 * @param {number} sum
 * @param {number} y
 * @param {number} height Of the row.
 * @param {boolean} more Whether another row goes on from here.
 */
export function sumMarks(axis, from, sum, y, height, more) {
  const [a, b] = [axis(from), axis(from + sum)];
  const text = fixed(sum, 3);
  const plus = sum > 0 && Number(text) !== 0 ? "+" : "";
  const step = more ? `<path class="step" d="M${b} ${y + 21.5}V${y + height + 7.5}"/>` : "";
  return (
    `${step}<rect class="${sum < 0 ? "below" : "above"}" x="${Math.min(a, b)}" y="${y + 7.5}" width="${Math.max(1, tenth(Math.abs(a - b)))}" height="14"/>` +
    `<text class="adds" x="${WIDTH}" y="${y + 19}" text-anchor="end">${plus}${text}</text>`
  );
}

/**
 * The grids again, large enough for their numbers.
 *
 * @param {Term} term
 * @param {number} width
 * @param {number} top
 * @param {{patch: Palette, kernel: Palette, product: Palette}} palettes
 */
export function numbers(term, width, top, palettes) {
  const rows = term.kernel.length / width;
  const middle = top + (rows * NUMERALS) / 2 + 5;
  const block = 3 * 36;
  const size = block / width;
  const grid = (/** @type {number} */ left, /** @type {readonly number[]} */ values, /** @type {Palette} */ palette) =>
    values
      .map((value, at) =>
        numeral(value, left + (at % width) * size, top + Math.floor(at / width) * NUMERALS, size, palette),
      )
      .join("") +
    `<rect class="frame" x="${left - 0.5}" y="${top - 0.5}" width="${block + 1}" height="${rows * NUMERALS + 1}"/>`;
  return (
    grid(0, term.patch, palettes.patch) +
    `<text class="sign" x="114" y="${middle}" text-anchor="middle">${TIMES}</text>` +
    grid(120, term.kernel, palettes.kernel) +
    `<text class="sign" x="234" y="${middle}" text-anchor="middle">=</text>` +
    grid(240, term.products, palettes.product)
  );
}

/**
 * @param {number} value
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {Palette} palette
 */
function numeral(value, x, y, width, palette) {
  const rgb = cellColour(value, palette);
  const fill = rgb ? `fill="${cssColour(rgb)}"` : 'class="outside"';
  const ink = rgb ? `fill="${inkOn(rgb)}"` : 'class="faint"';
  return (
    `<rect ${fill} x="${x}" y="${y}" width="${width}" height="${NUMERALS}"/>` +
    `<text ${ink} x="${x + width / 2}" y="${y + 15}" text-anchor="middle">${rgb ? fixed(value, 2) : "0"}</text>`
  );
}
