import { effectOf, rowBlocks, shareOf, smooth, spread, stepAt } from "../../../static/js/geometry/race.js";
import { assert, test } from "../harness.js";

test("a place of the film and its step lead to each other, and early steps lie wide apart", () => {
  for (const step of [0, 1, 2, 7, 40, 133, 188]) assert.equal(stepAt(shareOf(step, 188), 188), step);
  assert.equal(shareOf(10, 188) > 0.15, true);
  assert.equal(shareOf(3, 0), 0);
});

test("the running mean begins at the first value and follows later ones", () => {
  const found = smooth([2, 2, 2, 8]);
  assert.deepEqual(found.slice(0, 3).map((value) => Math.round(value * 1e9) / 1e9), [2, 2, 2]);
  const last = found[3] ?? 0;
  assert.equal(last > 2 && last < 8, true);
});

test("names keep apart, in their order, above the lowest place", () => {
  assert.deepEqual(spread([100, 10, 101], 15, 110), [95, 10, 110]);
  assert.deepEqual(spread([], 15, 110), []);
});

test("the effect of a change is the mean loss before it and once it has settled", () => {
  const losses = [...new Array(20).fill(1), ...new Array(40).fill(0.5)];
  assert.deepEqual(effectOf(losses, 20), [1, 0.5]);
  assert.equal(Number.isNaN(effectOf([], 0)[1]), true);
});

test("sums of rows add up to the sum of the map", () => {
  const values = Array.from({ length: 24 * 3 }, (_, at) => at);
  const blocks = rowBlocks(values, 24, 3, 6);
  assert.equal(blocks.length, 6);
  assert.equal(blocks.reduce((a, b) => a + b), values.reduce((a, b) => a + b));
  assert.deepEqual(rowBlocks([1, 2, 3, 4, 5, 6], 3, 2, 2), [10, 11]);
});
