/** Kernels that somebody lays over a trained one: rows of numbers, `side` by `side`. */

/** @typedef {typeof PRESETS[number]} Preset */

export const PRESETS = /** @type {const} */ (["identity", "edge \u2194", "edge \u2195", "blur", "sharpen", "outline", "zero"]);

/**
 * @param {readonly number[]} a
 * @param {readonly number[]} b
 */
function convolved(a, b) {
  const sum = Array.from({ length: a.length + b.length - 1 }, () => 0);
  a.forEach((first, at) => b.forEach((second, by) => (sum[at + by] = (sum[at + by] ?? 0) + first * second)));
  return sum;
}

/** A row of Pascal's triangle. @param {number} count @returns {readonly number[]} */
const binomial = (count) => (count <= 1 ? [1] : convolved(binomial(count - 1), [1, 1]));

/** @param {readonly number[]} down @param {readonly number[]} across */
const outer = (down, across) => down.flatMap((first) => across.map((second) => first * second));

/**
 * The kernel of that name, before it is scaled: the edges are Sobel's, the blur is a binomial one.
 *
 * @param {Preset} name
 * @param {number} side  Odd, 3 or more.
 * @returns {readonly number[]}
 */
export function preset(name, side) {
  const middle = (side - 1) / 2;
  /** @param {(down: number, across: number) => number} value  Of the distances from the middle. */
  const each = (value) => Array.from({ length: side * side }, (_, at) => value(Math.abs(Math.floor(at / side) - middle), Math.abs((at % side) - middle)));
  const [smooth, slope] = [binomial(side), convolved(binomial(side - 2), [-1, 0, 1])];
  switch (name) {
    case "identity":
      return each((down, across) => Number(down + across === 0));
    case "edge \u2194":
      return outer(smooth, slope);
    case "edge \u2195":
      return outer(slope, smooth);
    case "blur":
      return outer(smooth, smooth);
    case "sharpen":
      return each((down, across) => (down + across === 0 ? 5 : down + across === 1 ? -1 : 0));
    case "outline":
      return each((down, across) => (down + across === 0 ? side * side - 1 : -1));
    default:
      return each(() => 0);
  }
}

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

/** Of a direction: how far two may be apart and still be called the same. */
const ALIKE = 1e-5;

/**
 * Which preset some numbers are, however long; null: none of them.
 *
 * @param {readonly number[]} cells
 * @returns {Preset | null}
 */
export function presetOf(cells) {
  const side = Math.sqrt(cells.length);
  if (!Number.isInteger(side) || side < 3 || side % 2 === 0) return null;
  const own = scaledTo(cells, 1);
  return PRESETS.find((name) => lengthOf(scaledTo(preset(name, side), 1).map((cell, at) => cell - (own[at] ?? NaN))) < ALIKE) ?? null;
}
