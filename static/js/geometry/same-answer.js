/** Whether a filter answers the same where its picture has moved: a map against the map of the moved picture. */

/** @import { Plane, Settings } from "./convolution.js" */

/** @typedef {{y: number, x: number}} Place */
/** @typedef {{dx: number, dy: number}} Shift Pixels, right and down. */
/** @typedef {{width: number, height: number}} Extent */

/**
 * Along one axis: the windows that read nothing but pixels which the picture had before and after the move. Wrapped
 * round, every pixel is one of them.
 *
 * @param {number} count Windows.
 * @param {number} extent Pixels.
 * @param {Settings} settings
 * @param {number} moved Pixels the picture has moved by; 0 for before.
 * @returns {boolean[]}
 */
function clear(count, extent, { size, stride, padding, dilation, mode }, moved) {
  const [from, to] = [Math.max(0, moved), extent + Math.min(0, moved)];
  return Array.from({ length: count }, (_, index) => {
    const first = index * stride - padding;
    return mode === "wrap" || (first >= from && first + dilation * (size - 1) < to);
  });
}

/**
 * The value furthest from zero, of those whose window lies inside the picture where there are any; the first in
 * reading order where several are equal.
 *
 * @param {Plane} map
 * @param {Settings} settings
 * @param {Extent} picture
 * @returns {Place}
 */
export function strongest({ values, width, height }, settings, picture) {
  const inner = { ...settings, mode: /** @type {const} */ ("zeros") };
  const [rows, columns] = [clear(height, picture.height, inner, 0), clear(width, picture.width, inner, 0)];
  const none = !rows.includes(true) || !columns.includes(true);
  let [best, most] = [0, -1];
  values.forEach((value, at) => {
    const counts = none || (rows[Math.floor(at / width)] && columns[at % width]);
    if (counts && Math.abs(value) > most) [best, most] = [at, Math.abs(value)];
  });
  return { y: Math.floor(best / width), x: best % width };
}

/**
 * Where the window that stood at a place stands after the move.
 *
 * @param {Place} place
 * @param {Shift} shift
 * @param {number} stride
 * @param {Extent} map
 * @returns {Place | "between" | "outside"} "between": the map has no value there, since the move is no multiple of the stride.
 */
export function movedPlace({ y, x }, { dx, dy }, stride, { width, height }) {
  if (dx % stride || dy % stride) return "between";
  const place = { y: y + dy / stride, x: x + dx / stride };
  const inside = place.y >= 0 && place.y < height && place.x >= 0 && place.x < width;
  return inside ? place : "outside";
}

/**
 * Whether the window at a place, before, and the one it has moved to read the same pixels of the picture.
 *
 * @param {Place} place Before the move.
 * @param {Shift} shift A multiple of the stride.
 * @param {Settings} settings
 * @param {Extent} picture
 * @param {Extent} map
 */
export function readsTheSame({ y, x }, { dx, dy }, settings, picture, map) {
  const along = (/** @type {number} */ at, /** @type {number} */ moved, /** @type {"width" | "height"} */ side) =>
    clear(map[side], picture[side], settings, 0)[at] &&
    clear(map[side], picture[side], settings, moved)[at + moved / settings.stride];
  return Boolean(along(y, dy, "height") && along(x, dx, "width"));
}

/**
 * How many values are the same, bit by bit, of those that can be: their window has a place in both maps and reads the
 * same pixels of the picture.
 *
 * @param {Plane} before
 * @param {Plane} after
 * @param {Shift} shift
 * @param {Settings} settings
 * @param {Extent} picture
 * @returns {{compared: number, same: number}} Nothing is compared where the move is no multiple of the stride.
 */
export function sameValues(before, after, { dx, dy }, settings, picture) {
  const { stride } = settings;
  let [compared, same] = [0, 0];
  if (dx % stride || dy % stride) return { compared, same };
  const { width, height } = before;
  const [down, right] = [dy / stride, dx / stride];
  const rows = [clear(height, picture.height, settings, 0), clear(height, picture.height, settings, dy)];
  const columns = [clear(width, picture.width, settings, 0), clear(width, picture.width, settings, dx)];
  const [a, b] = [bits(before.values), bits(after.values)];
  for (let y = Math.max(0, -down); y < Math.min(height, height - down); y += 1) {
    if (!rows[0]?.[y] || !rows[1]?.[y + down]) continue;
    for (let x = Math.max(0, -right); x < Math.min(width, width - right); x += 1) {
      if (!columns[0]?.[x] || !columns[1]?.[x + right]) continue;
      compared += 1;
      if (a[y * width + x] === b[(y + down) * width + x + right]) same += 1;
    }
  }
  return { compared, same };
}

/** @param {Float32Array} values */
const bits = ({ buffer, byteOffset, length }) => new Uint32Array(buffer, byteOffset, length);

/**
 * Whether two float32 numbers are the same to the last bit.
 *
 * @param {number} a
 * @param {number} b
 */
export function sameBits(a, b) {
  const [first, second] = new Uint32Array(Float32Array.of(a, b).buffer);
  return first === second;
}
