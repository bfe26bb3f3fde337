import { holdingHalf, rankingOf } from "../../../static/js/geometry/ranking.js";
import { assert, test } from "../harness.js";

const ranking = rankingOf(Float32Array.of(1, -4, 3, 3));

test("pixels are ranked from the strongest for to the strongest against, of equal ones the first first", () => {
  assert.deepEqual([...ranking.place], [2, 3, 0, 1]);
});

test("by size the strongest against comes first", () => {
  assert.deepEqual([...ranking.sizePlace], [3, 0, 1, 2]);
  assert.deepEqual([...ranking.running], [0, 4, 7, 10, 11]);
  assert.equal(ranking.size, 11);
});

test("half of a map is held by as few as can hold it", () => {
  assert.equal(holdingHalf(ranking), 2);
  assert.equal(holdingHalf(rankingOf(Float32Array.of(0, 9, 0, 0))), 1);
});

test("one value in a hundred reaches the full colour, and the largest where nothing else is there", () => {
  assert.equal(rankingOf(Float32Array.from({ length: 200 }, (_, at) => at)).strong, 197);
  assert.equal(rankingOf(Float32Array.of(...Array(300).fill(0), 5)).strong, 5);
});
