/**
 * A drawn digit as the data of handwritten digits was made (LeCun et al. 1998, section III.A): scaled to fit 20×20
 * pixels, its edges smoothed, and moved by whole pixels until its centre of mass is the middle of 28×28.
 */

/** @typedef {{size: number, points: [number, number][]}} Stroke `size`: the pen's diameter, in the units of the points. */

export const SIDE = 28;
const BOX = 20;
/** Sub-pixels along each axis. */
const FINE = 4;

/**
 * @param {readonly Stroke[]} strokes
 * @returns {Uint8ClampedArray} Grey, row by row: 0 is the ground, 255 ink.
 */
export function digitPixels(strokes) {
  const grey = new Uint8ClampedArray(SIDE * SIDE);
  const inked = strokes.filter(({ points }) => points.length);
  if (!inked.length) return grey;
  const ink = covered(fitted(inked));
  const [down, across] = toCentre(ink);
  for (let y = 0; y < SIDE; y += 1) {
    for (let x = 0; x < SIDE; x += 1) {
      const [fromY, fromX] = [y - down, x - across];
      const inside = fromY >= 0 && fromY < SIDE && fromX >= 0 && fromX < SIDE;
      grey[y * SIDE + x] = inside ? Math.round(255 * (ink[fromY * SIDE + fromX] ?? 0)) : 0;
    }
  }
  return grey;
}

/**
 * The strokes scaled until the larger side of their box is 20 pixels, in the middle of the picture.
 *
 * @param {readonly Stroke[]} strokes
 * @returns {Stroke[]}
 */
function fitted(strokes) {
  const [low, high] = [
    [Infinity, Infinity],
    [-Infinity, -Infinity],
  ];
  for (const { size, points } of strokes) {
    for (const point of points) {
      for (const axis of /** @type {const} */ ([0, 1])) {
        low[axis] = Math.min(low[axis] ?? 0, point[axis] - size / 2);
        high[axis] = Math.max(high[axis] ?? 0, point[axis] + size / 2);
      }
    }
  }
  const [left = 0, top = 0] = low;
  const [width, height] = [(high[0] ?? 0) - left, (high[1] ?? 0) - top];
  const scale = BOX / Math.max(width, height);
  const [marginX, marginY] = [(SIDE - width * scale) / 2, (SIDE - height * scale) / 2];
  return strokes.map(({ size, points }) => ({
    size: size * scale,
    points: points.map(([x, y]) => [(x - left) * scale + marginX, (y - top) * scale + marginY]),
  }));
}

/**
 * How much of each pixel the pen covers.
 *
 * @param {readonly Stroke[]} strokes In pixels of the picture.
 * @returns {Float32Array}
 */
function covered(strokes) {
  const across = SIDE * FINE;
  const fine = new Uint8Array(across * across);
  for (const { size, points } of strokes) {
    points.forEach((end, index) => stamp(fine, across, points[Math.max(0, index - 1)] ?? end, end, size / 2));
  }
  const ink = new Float32Array(SIDE * SIDE);
  fine.forEach((inked, at) => {
    const pixel = Math.floor(at / across / FINE) * SIDE + Math.floor((at % across) / FINE);
    if (inked) ink[pixel] = (ink[pixel] ?? 0) + 1 / FINE ** 2;
  });
  return ink;
}

/**
 * Ink every sub-pixel that is no further than the pen's radius from a straight piece of a stroke.
 *
 * @param {Uint8Array} fine
 * @param {number} across Sub-pixels in a row.
 * @param {readonly [number, number]} start
 * @param {readonly [number, number]} end
 * @param {number} radius
 */
function stamp(fine, across, [startX, startY], [endX, endY], radius) {
  const [wayX, wayY] = [endX - startX, endY - startY];
  const length = wayX ** 2 + wayY ** 2 || 1;
  const first = (/** @type {number} */ a, /** @type {number} */ b) => Math.max(0, Math.floor(FINE * (Math.min(a, b) - radius)));
  const last = (/** @type {number} */ a, /** @type {number} */ b) => Math.min(across - 1, Math.ceil(FINE * (Math.max(a, b) + radius)));
  for (let row = first(startY, endY); row <= last(startY, endY); row += 1) {
    for (let column = first(startX, endX); column <= last(startX, endX); column += 1) {
      const [x, y] = [(column + 0.5) / FINE - startX, (row + 0.5) / FINE - startY];
      const share = Math.min(1, Math.max(0, (x * wayX + y * wayY) / length));
      if ((x - share * wayX) ** 2 + (y - share * wayY) ** 2 <= radius ** 2) fine[row * across + column] = 1;
    }
  }
}

/**
 * Whole pixels down and across that bring the centre of mass to the middle.
 *
 * @param {Float32Array} ink
 * @returns {[number, number]}
 */
function toCentre(ink) {
  let [mass, massY, massX] = [0, 0, 0];
  ink.forEach((share, at) => {
    mass += share;
    massY += share * (Math.floor(at / SIDE) + 0.5);
    massX += share * ((at % SIDE) + 0.5);
  });
  if (!mass) return [0, 0];
  return [Math.round(SIDE / 2 - massY / mass), Math.round(SIDE / 2 - massX / mass)];
}
