import { thrownAway, unmoved } from "../../../static/js/geometry/pooling.js";
import { assert, test } from "../harness.js";

/** @type {import("../../../static/js/geometry/pooling.js").Pool} */
const POOL = { size: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0] };

test("three of four values are thrown away, and those equal to the kept one are counted", () => {
  // prettier-ignore
  const map = [
    1, 2, 0, 0,
    3, 0, 0, 0,
    5, 5, 1, 0,
    5, 4, 1, 7,
  ];
  // 3 is kept once; of four zeros three are equal to the kept one, of three fives two.
  assert.deepEqual(thrownAway(map, [4, 4], POOL, [2, 2]), { read: 16, thrown: 12, equal: 5 });
});

test("a shift that a pool does not notice leaves its values the same, and is counted where it can be", () => {
  // prettier-ignore
  const map = [
    0, 9, 0, 0,
    0, 0, 0, 0,
    0, 0, 8, 0,
    0, 0, 0, 0,
  ];
  // Moved left the 9 stays in its window, the 8 leaves its own; the windows at the right would read what is not there.
  assert.deepEqual(unmoved(map, [4, 4], POOL, [2, 2], [0, -1]), { same: 1, compared: 2 });
  assert.deepEqual(unmoved(map, [4, 4], POOL, [2, 2], [0, 1]), { same: 1, compared: 2 });
  assert.deepEqual(unmoved(map, [4, 4], POOL, [2, 2], [0, 0]), { same: 4, compared: 4 });
});

test("windows beyond the map read what is there", () => {
  const padded = { ...POOL, padding: [1, 1, 1, 1] };
  assert.deepEqual(thrownAway([1, 1, 1, 1], [2, 2], padded, [2, 2]), { read: 4, thrown: 0, equal: 0 });
});
