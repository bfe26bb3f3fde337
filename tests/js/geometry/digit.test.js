import { SIDE, digitPixels } from "../../../static/js/geometry/digit.js";
import { assert, test } from "../harness.js";

/** @param {Uint8ClampedArray} grey */
function extentOf(grey) {
  const inked = [...grey.keys()].filter((at) => grey[at]);
  const rows = inked.map((at) => Math.floor(at / SIDE));
  const columns = inked.map((at) => at % SIDE);
  return { height: Math.max(...rows) - Math.min(...rows) + 1, width: Math.max(...columns) - Math.min(...columns) + 1 };
}

/** @param {Uint8ClampedArray} grey @returns {[number, number]} */
function centreOf(grey) {
  let [mass, y, x] = [0, 0, 0];
  grey.forEach((value, at) => {
    mass += value;
    y += value * (Math.floor(at / SIDE) + 0.5);
    x += value * ((at % SIDE) + 0.5);
  });
  return [y / mass, x / mass];
}

/** A seven, drawn small in a corner. @type {[number, number][]} */
const SEVEN = [[10, 10], [60, 10], [30, 90]];

test("a digit is scaled to 20 pixels, wherever and however large it was drawn", () => {
  const small = digitPixels([{ size: 10, points: SEVEN }]);
  const moved = SEVEN.map(([x, y]) => /** @type {[number, number]} */ ([300 + 4 * x, 50 + 4 * y]));
  assert.deepEqual([...digitPixels([{ size: 40, points: moved }])], [...small]);
  assert.equal(extentOf(small).height, 20);
});

test("its centre of mass lies within half a pixel of the middle", () => {
  const [y, x] = centreOf(digitPixels([{ size: 10, points: SEVEN }]));
  assert.ok(Math.abs(y - 14) <= 0.5 && Math.abs(x - 14) <= 0.5, `${y}, ${x}`);
});

test("a single dot fills the box round, nothing drawn stays black, and ink is white", () => {
  const dot = digitPixels([{ size: 8, points: [[3, 3]] }]);
  assert.deepEqual(extentOf(dot), { height: 20, width: 20 });
  assert.equal(dot[14 * SIDE + 14], 255);
  assert.equal(dot[0], 0);
  assert.ok(digitPixels([]).every((value) => value === 0));
});
