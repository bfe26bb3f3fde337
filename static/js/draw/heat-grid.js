/** The first class for every shift, as squares of SVG markup. */

/** @typedef {{dx: number, dy: number, name: string, share: number, flip: boolean}} Square  `name`: of its colour. */

/** Even the least likely class keeps some of its colour. */
const LEAST = 0.3;

/**
 * One unit a shift, (0, 0) in the middle.
 *
 * @param {readonly Square[]} squares
 */
export function heatMarkup(squares) {
  return squares
    .map(({ dx, dy, name, share, flip }) => {
      const strength = Math.round((LEAST + (1 - LEAST) * share) * 100) / 100;
      const dot = flip ? `<circle class="flip" cx="${dx}" cy="${dy}" r="0.14"/>` : "";
      return `<rect class="${name}" x="${dx - 0.48}" y="${dy - 0.48}" width="0.96" height="0.96" fill-opacity="${strength}"/>${dot}`;
    })
    .join("");
}

/** Room for numbers on the left and below, in units of a shift. */
const MARGIN = 1.5;
/** Shifts between two numbers. */
const STEP = 4;

/**
 * The squares and their axes.
 *
 * @param {number} range
 */
export const viewBox = (range) => `${-range - 0.5 - MARGIN} ${-range - 0.5} ${2 * range + 1 + MARGIN} ${2 * range + 1 + MARGIN}`;

/**
 * Numbers below and on the left of the squares.
 *
 * @param {number} range
 */
export function axesMarkup(range) {
  let markup = "";
  for (let at = -range; at <= range; at += STEP) {
    const number = String(at).replace("-", "\u2212");
    markup += `<text x="${at}" y="${range + 1.35}" text-anchor="middle">${at ? number : "dx 0"}</text>`;
    markup += `<text x="${-range - 0.7}" y="${at + 0.22}" text-anchor="end">${at ? number : "dy 0"}</text>`;
  }
  return markup;
}

/**
 * The shift whose square is nearest to a point, in units of the squares.
 *
 * @param {{x: number, y: number}} point
 * @param {number} range
 */
export function shiftNear({ x, y }, range) {
  const within = (/** @type {number} */ value) => Math.max(-range, Math.min(range, Math.round(value))) || 0;
  return { dx: within(x), dy: within(y) };
}
