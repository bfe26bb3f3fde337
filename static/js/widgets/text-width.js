/** @type {Map<string, number>} */
const known = new Map();
/** @type {OffscreenCanvasRenderingContext2D | null} */
let ruler = null;
const SIZE = 100;

/**
 * How wide a text is in the font of the page: fonts differ by an eighth, too much for numbers in small cells.
 *
 * @param {string} text
 * @returns {number} In em.
 */
export function textWidth(text) {
  let width = 0;
  for (const sign of text) width += widthOf(sign);
  return width;
}

/** @param {string} sign */
function widthOf(sign) {
  const found = known.get(sign);
  if (found !== undefined) return found;
  if (!ruler) {
    ruler = new OffscreenCanvas(1, 1).getContext("2d");
    if (ruler) ruler.font = `${SIZE}px ${getComputedStyle(document.body).fontFamily}`;
  }
  const width = (ruler?.measureText(sign).width ?? SIZE) / SIZE;
  known.set(sign, width);
  return width;
}
