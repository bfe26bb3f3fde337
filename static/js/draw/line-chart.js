/** Lines over whole shifts, as SVG markup: x runs from -range to range, y from 0 to a largest value. */

/**
 * @typedef {object} Frame  In CSS pixels; the four sides are the room around the lines.
 * @property {number} width
 * @property {number} height
 * @property {number} left
 * @property {number} right
 * @property {number} top
 * @property {number} bottom
 * @property {number} range
 */

/** @typedef {{dx: number, share: number, exact?: boolean}} Dot  `share` of the largest value. */

/** @param {number} value */
const short = (value) => String(Math.round(value * 10) / 10);

/**
 * @param {Frame} frame
 * @param {number} dx
 */
export const xOf = ({ width, left, right, range }, dx) => left + ((dx + range) / (2 * range)) * (width - left - right);

/**
 * @param {Frame} frame
 * @param {number} share
 */
export const yOf = ({ height, top, bottom }, share) => height - bottom - Math.min(1, share) * (height - bottom - top);

/**
 * The shift whose place is nearest.
 *
 * @param {Frame} frame
 * @param {number} x
 */
export function shiftAt({ width, left, right, range }, x) {
  const share = (x - left) / Math.max(1, width - left - right);
  return Math.max(-range, Math.min(range, Math.round(share * 2 * range) - range)) || 0;
}

/**
 * @param {Frame} frame
 * @param {object} labels
 * @param {string} labels.most  What the upper line stands for.
 * @param {number} labels.step  Ticks are so many pixels apart.
 * @param {(dx: number) => string} [labels.name]  Written below the ticks.
 */
export function axesMarkup(frame, { most, step, name }) {
  const { left, right, width, height, bottom, top, range } = frame;
  const base = height - bottom;
  let markup = `<path class="axis" d="M${left} ${base}H${width - right}"/><path class="grid" d="M${left} ${top}H${width - right}"/>`;
  markup += `<text x="${left - 6}" y="${top + 4}" text-anchor="end">${most}</text>`;
  markup += `<text x="${left - 6}" y="${base + 4}" text-anchor="end">0</text>`;
  for (let dx = Math.ceil(-range / step) * step; dx <= range; dx += step) {
    const x = short(xOf(frame, dx));
    markup += `<path class="tick" d="M${x} ${base}v4"/>`;
    if (name) markup += `<text x="${x}" y="${base + 17}" text-anchor="middle">${name(dx)}</text>`;
  }
  return markup;
}

/**
 * A line that breaks where a shift is missing.
 *
 * @param {Frame} frame
 * @param {readonly Dot[]} dots  In order of dx.
 * @param {string} [className]
 */
export function lineMarkup(frame, dots, className = "") {
  let path = "";
  dots.forEach(({ dx, share }, index) => {
    const joined = index > 0 && dots[index - 1]?.dx === dx - 1;
    path += `${joined ? "L" : "M"}${short(xOf(frame, dx))} ${short(yOf(frame, share))}`;
  });
  return `<path class="line ${className}" d="${path}"/>`;
}

/**
 * A dot for each measured shift; where it is exact a larger one, in the accent.
 *
 * @param {Frame} frame
 * @param {readonly Dot[]} dots
 */
export function dotsMarkup(frame, dots) {
  const circle = (/** @type {Dot} */ { dx, share, exact }) =>
    `<circle class="${exact ? "exact" : "dot"}" cx="${short(xOf(frame, dx))}" cy="${short(yOf(frame, share))}" r="${exact ? 3.5 : 1.75}"/>`;
  return dots.map(circle).join("");
}
