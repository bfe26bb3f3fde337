/** Kernels that somebody lays over a trained one: rows of numbers, `side` by `side`. */

/** @typedef {"identity" | "edge \u2194" | "edge \u2195" | "blur" | "sharpen" | "outline" | "zero"} Preset */

/** @type {Record<Preset, readonly number[]>}  For kernels of 3 by 3. */
export const PRESETS = {
  identity: [0, 0, 0, 0, 1, 0, 0, 0, 0],
  "edge \u2194": [-1, 0, 1, -2, 0, 2, -1, 0, 1],
  "edge \u2195": [-1, -2, -1, 0, 0, 0, 1, 2, 1],
  blur: [1, 2, 1, 2, 4, 2, 1, 2, 1],
  sharpen: [0, -1, 0, -1, 5, -1, 0, -1, 0],
  outline: [-1, -1, -1, -1, 8, -1, -1, -1, -1],
  zero: [0, 0, 0, 0, 0, 0, 0, 0, 0],
};

/**
 * Without the last digits that adding leaves of numbers that cancel.
 *
 * @param {readonly number[]} cells
 */
export function sumOf(cells) {
  const sum = cells.reduce((all, cell) => all + cell, 0);
  return Math.abs(sum) < 1e-7 * lengthOf(cells) ? 0 : sum;
}

/** @param {readonly number[]} cells  Euclidean. */
export const lengthOf = (cells) => Math.hypot(...cells);

/**
 * As long as `length`; zeros stay.
 *
 * @param {readonly number[]} cells
 * @param {number} length
 */
export function scaledTo(cells, length) {
  const own = lengthOf(cells);
  return own ? cells.map((cell) => (cell * length) / own) : [...cells];
}

/**
 * A quarter turn clockwise.
 *
 * @param {readonly number[]} cells
 * @param {number} side
 */
export function turned(cells, side) {
  return cells.map((_, at) => cells[(side - 1 - (at % side)) * side + Math.floor(at / side)] ?? 0);
}
