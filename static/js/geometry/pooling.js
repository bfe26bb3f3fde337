/** What a max pool throws away of one map, and which small shifts of the map it does not notice: counted, not argued. */

/** @typedef {{ size: readonly [number, number], stride: readonly [number, number], padding: readonly number[] }} Pool Down and across; before. */

/**
 * The largest value of a window, of what lies in the map; null where nothing does, or where it must lie in it whole and does not.
 *
 * @param {ArrayLike<number>} map
 * @param {readonly [number, number]} extent  Rows, columns.
 * @param {readonly [number, number]} corner
 * @param {readonly [number, number]} size
 * @param {boolean} whole
 * @returns {{ largest: number, values: number, times: number } | null}  How many values there are, and how often the largest.
 */
function windowAt(map, [height, width], [top, left], [down, across], whole) {
  if (whole && (top < 0 || left < 0 || top + down > height || left + across > width)) return null;
  const found = { largest: -Infinity, values: 0, times: 0 };
  for (let y = Math.max(0, top); y < Math.min(height, top + down); y += 1) {
    for (let x = Math.max(0, left); x < Math.min(width, left + across); x += 1) {
      const value = map[y * width + x] ?? 0;
      found.values += 1;
      if (value > found.largest) [found.largest, found.times] = [value, 0];
      if (value === found.largest) found.times += 1;
    }
  }
  return found.values ? found : null;
}

/**
 * Every window's upper left corner.
 *
 * @param {Pool} pool
 * @param {readonly [number, number]} places  Rows and columns of the output.
 * @returns {[number, number][]}
 */
function cornersOf({ stride, padding }, [rows, columns]) {
  return Array.from({ length: rows * columns }, (_, at) => [
    Math.floor(at / columns) * stride[0] - (padding[0] ?? 0),
    (at % columns) * stride[1] - (padding[1] ?? 0),
  ]);
}

/**
 * Of all values in all windows: how many are not kept, and how many of those are equal to the one that is.
 *
 * @param {ArrayLike<number>} map
 * @param {readonly [number, number]} extent
 * @param {Pool} pool
 * @param {readonly [number, number]} places
 */
export function thrownAway(map, extent, pool, places) {
  const windows = cornersOf(pool, places).flatMap((corner) => windowAt(map, extent, corner, pool.size, false) ?? []);
  const read = windows.reduce((sum, { values }) => sum + values, 0);
  return { read, thrown: read - windows.length, equal: windows.reduce((sum, { times }) => sum + times - 1, 0) };
}

/**
 * How many output values stay the same, to the last bit, when the map moves; of those whose windows lie in the map before
 * and after.
 *
 * @param {ArrayLike<number>} map
 * @param {readonly [number, number]} extent
 * @param {Pool} pool
 * @param {readonly [number, number]} places
 * @param {readonly [number, number]} shift  Rows down, columns right.
 */
export function unmoved(map, extent, pool, places, [dy, dx]) {
  let [same, compared] = [0, 0];
  for (const [top, left] of cornersOf(pool, places)) {
    const [before, after] = [windowAt(map, extent, [top, left], pool.size, true), windowAt(map, extent, [top - dy, left - dx], pool.size, true)];
    if (!before || !after) continue;
    compared += 1;
    same += Number(before.largest === after.largest);
  }
  return { same, compared };
}
