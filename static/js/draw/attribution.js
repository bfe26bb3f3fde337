/** Attribution maps as images: alone, over the photo, and the photo losing its pixels. */

import { paint } from "./colormap.js";

/** @import { Colormap } from "./colormap.js" */

/** How much a pixel without a value is covered, and how fast a stronger one is. */
const LEAST_COVER = 0.12;
const COVER = 1.4;
/** Of the photo's own colour, so that the map's stand out. */
const COLOUR = 0.35;

/**
 * @param {Float32Array} values
 * @param {"against" | "both" | "for"} sign
 * @returns {Float32Array}
 */
export function ofSign(values, sign) {
  if (sign === "both") return values;
  return values.map((value) => (value > 0 === (sign === "for") ? value : 0));
}

/**
 * A map alone: one pixel a value.
 *
 * @param {Float32Array} values
 * @param {{ width: number, height: number }} size
 * @param {number} reach  The size that has the full colour.
 * @param {Colormap} map
 */
export const paintMap = (values, { width, height }, reach, map) => paint(values, width, height, { low: -reach, high: reach }, map);

/**
 * A map over the photo made grey: the stronger a value, the more it covers.
 *
 * @param {Float32Array} values
 * @param {{ width: number, height: number }} size
 * @param {number} reach
 * @param {Colormap} map
 * @param {Uint8Array} photo  RGB bytes.
 * @param {number} opacity
 */
export function paintOver(values, size, reach, map, photo, opacity) {
  const image = paintMap(values, size, reach, map);
  const { data } = image;
  for (let at = 0; at < values.length; at += 1) {
    const share = Math.min(1, Math.abs(values[at] ?? 0) / (reach || 1));
    const cover = opacity * Math.min(1, LEAST_COVER + COVER * share);
    const of = (/** @type {number} */ part) => photo[3 * at + part] ?? 0;
    const grey = 0.3 * of(0) + 0.59 * of(1) + 0.11 * of(2);
    for (let part = 0; part < 3; part += 1) {
      const base = COLOUR * of(part) + (1 - COLOUR) * grey;
      data[4 * at + part] = Math.round((data[4 * at + part] ?? 0) * cover + base * (1 - cover));
    }
  }
  return image;
}

/** What stands in the place of a pixel that was taken away. */
const GREY = 128;

/**
 * The photo after so many pixels have gone, or come into the blurred one.
 *
 * @param {{ width: number, height: number }} size
 * @param {{ seen: Uint8Array, blurred: Uint8Array }} photo
 * @param {Uint32Array} place  Each pixel's, in the order in which they change.
 * @param {number} changed
 * @param {"deletion" | "insertion"} film
 */
export function paintFilm({ width, height }, { seen, blurred }, place, changed, film) {
  const image = new ImageData(width, height);
  const { data } = image;
  for (let at = 0; at < place.length; at += 1) {
    const gone = (place[at] ?? 0) < changed;
    for (let part = 0; part < 3; part += 1) {
      const own = seen[3 * at + part] ?? 0;
      const other = film === "deletion" ? GREY : (blurred[3 * at + part] ?? 0);
      data[4 * at + part] = gone === (film === "deletion") ? other : own;
    }
    data[4 * at + 3] = 255;
  }
  return image;
}
