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

/**
 * @param {{left: number, top: number, width: number, height: number}} box  Of the whole map on the screen.
 * @param {{x: number, y: number}} point
 * @param {number} range
 */
export function shiftAtPoint(box, { x, y }, range) {
  const along = (/** @type {number} */ share) => Math.max(-range, Math.min(range, Math.floor(share * (2 * range + 1)) - range)) || 0;
  return { dx: along((x - box.left) / box.width), dy: along((y - box.top) / box.height) };
}
