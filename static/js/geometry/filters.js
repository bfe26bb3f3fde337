/** Filters by name, and their cells as people type them. */

/** @typedef {"identity" | "sobel-x" | "sobel-y" | "box" | "binomial" | "sharpen" | "laplacian" | "emboss"} FilterName */

/** @type {Record<FilterName, string>} */
export const FILTERS = {
  identity: "Identity",
  "sobel-x": "Sobel x: vertical edges",
  "sobel-y": "Sobel y: horizontal edges",
  box: "Box blur",
  binomial: "Binomial blur",
  sharpen: "Sharpen",
  laplacian: "Laplacian: all edges",
  emboss: "Emboss",
};

const SHARPEN = ["0", "-1", "0", "-1", "5", "-1", "0", "-1", "0"];
const EMBOSS = ["-2", "-1", "0", "-1", "1", "1", "0", "1", "2"];

/**
 * Row n of Pascal's triangle: 1; 1 1; 1 2 1; …
 *
 * @param {number} count How many numbers it has.
 */
function binomialRow(count) {
  let row = [1];
  while (row.length < count) row = [1, ...row.slice(1).map((each, at) => each + (row[at] ?? 0)), 1];
  return row;
}

/**
 * Cells of a named filter, row by row, as text. Sobel and binomial filters of other sizes are the products of a
 * smoothing row and, for Sobel, a row of differences (Sobel & Feldman 1968); the rest grows by zeros.
 *
 * @param {FilterName} name
 * @param {number} size
 * @returns {string[]}
 */
export function filterCells(name, size) {
  const smooth = binomialRow(size);
  const grid = (/** @type {(row: number, column: number) => string} */ cell) =>
    Array.from({ length: size * size }, (_, at) => cell(Math.floor(at / size), at % size));
  if (name === "box") return grid(() => fraction(1, size * size));
  if (name === "binomial") return grid((row, column) => fraction((smooth[row] ?? 0) * (smooth[column] ?? 0), 4 ** (size - 1)));
  if (size > 2 && (name === "sobel-x" || name === "sobel-y")) {
    const shorter = binomialRow(size - 2);
    const slope = smooth.map((_, at) => (shorter[at - 2] ?? 0) - (shorter[at] ?? 0));
    return grid((row, column) => {
      const [along, across] = name === "sobel-x" ? [column, row] : [row, column];
      return String((slope[along] ?? 0) * (smooth[across] ?? 0));
    });
  }
  if (name === "laplacian") return grid((row, column) => (isMiddle(row, column, size) ? String(size * size - 1) : "-1"));
  if (name === "sharpen") return resized(SHARPEN, 3, size);
  if (name === "emboss") return resized(EMBOSS, 3, size);
  if (name === "identity") return grid((row, column) => (isMiddle(row, column, size) ? "1" : "0"));
  return resized(filterCells(name, 3), 3, size);
}

/**
 * @param {number} row
 * @param {number} column
 * @param {number} size
 */
const isMiddle = (row, column, size) => row === size >> 1 && column === size >> 1;

/**
 * @param {number} above
 * @param {number} below
 */
const fraction = (above, below) => (below === 1 ? String(above) : `${above}/${below}`);

/**
 * The same cells around the same middle in a larger or smaller square; new ones are 0.
 *
 * @param {readonly string[]} cells
 * @param {number} from
 * @param {number} to
 */
export function resized(cells, from, to) {
  const offset = (to >> 1) - (from >> 1);
  return Array.from({ length: to * to }, (_, at) => {
    const [row, column] = [Math.floor(at / to) - offset, (at % to) - offset];
    const inside = row >= 0 && row < from && column >= 0 && column < from;
    return (inside && cells[row * from + column]) || "0";
  });
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,2})?$/i;

/**
 * The float32 that a text such as −1, 0.5, 1/9 or 2e-3 stands for; NaN for anything else.
 *
 * @param {string} text
 */
export function cellValue(text) {
  const parts = text.trim().replaceAll("\u2212", "-").replace(",", ".").split("/").map((part) => part.trim());
  if (parts.length > 2 || !parts.every((part) => NUMBER.test(part))) return NaN;
  const [above = NaN, below = 1] = parts.map(Number);
  const value = Math.fround(above / below);
  return Number.isFinite(value) ? value : NaN;
}

/**
 * The shortest text that stands for exactly this float32.
 *
 * @param {number} value
 */
export function cellText(value) {
  for (let digits = 1; digits < 10; digits += 1) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === Math.fround(value)) return String(Number(text));
  }
  return String(value);
}
