import { named, verdictOf } from "../../../static/js/state/verdict.js";
import { assert, test } from "../harness.js";

/** @param {number} first @param {number} second */
const top = (first, second) => [
  { label: "sports_car", probability: first },
  { label: "school_bus", probability: second },
];

/** @param {ReturnType<typeof verdictOf>} verdict */
const text = (verdict) => (verdict ? verdict.lead + verdict.rest : null);

/** @param {number} margin */
const sure = (margin) => ({ margin, unsure: false });

test("the distance to the second is told in points of a hundred", () => {
  assert.equal(text(verdictOf(top(0.7, 0.1), sure(0.6))), "sports car, 60 points ahead of school bus.");
  assert.equal(text(verdictOf(top(0.51, 0.498), sure(0.012))), "sports car, 1 point ahead of school bus.");
  assert.equal(text(verdictOf(top(0.999, 0.001), sure(0.998))), "sports car, 99 points ahead of school bus.");
});

test("a distance that rounds to nothing is not told as a number", () => {
  assert.equal(text(verdictOf(top(0.5, 0.499), sure(0.001))), "sports car, hardly ahead of school bus.");
});

test("doubt comes first, and names what else it may be", () => {
  const verdict = verdictOf(top(0.3, 0.2), { margin: 0.1, unsure: true });
  assert.equal(verdict?.lead, "Not sure");
  assert.equal(text(verdict), "Not sure: sports car is 10 points ahead of school bus. Perhaps nothing it knows.");
});

test("a network of one class and an answer without classes need no second", () => {
  assert.equal(text(verdictOf([{ label: "cat", probability: 1 }], sure(1))), "cat, the only class there is.");
  assert.equal(verdictOf([], sure(0)), null);
});

test("a class has no straight face where it is doubted, or where another network sees something else", () => {
  const doubt = (/** @type {boolean} */ unsure, /** @type {string | null | undefined} */ same) =>
    /** @type {any} */ ({ unsure, opinion: same === undefined ? null : { same } });
  assert.equal(named("red_panda", doubt(true, null)), "red panda (doubtful)");
  assert.equal(named("red_panda", doubt(true, undefined)), "red panda (doubtful)");
  assert.equal(named("red_panda", doubt(false, null)), "red panda (perhaps)");
  assert.equal(named("red_panda", doubt(false, "koala")), "red panda (perhaps)");
  assert.equal(named("red_panda", doubt(false, "red_panda")), "red panda");
  assert.equal(named("red_panda", doubt(false, undefined)), "red panda");
  assert.equal(named("red_panda", null), "red panda");
});
