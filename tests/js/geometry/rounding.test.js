import { addUp, decimalsFor, equals } from "../../../static/js/geometry/rounding.js";
import { fixed } from "../../../static/js/geometry/scale.js";
import { arrange } from "../../../static/js/layer-views/arithmetic/arrange.js";
import { assert, test } from "../harness.js";

test("parts that add up as they are stay as they are; else the nearest to the other way moves, and is marked", () => {
  const plain = addUp([1.2, 2.3], 3.5, 1);
  assert.deepEqual(
    plain.parts.map(({ text, adjusted }) => [text, adjusted]),
    [
      ["1.2", false],
      ["2.3", false],
    ],
  );
  const moved = addUp([-0.1754, 0.0398], -0.1356, 3);
  assert.deepEqual(
    moved.parts.map(({ text, adjusted }) => [text, adjusted]),
    [
      ["\u22120.176", true],
      ["0.040", false],
    ],
  );
  assert.equal(addUp([1, 1], 5, 0).holds, false, "no parts of that total");
});

test("a value of any size gets enough decimals to be read", () => {
  assert.deepEqual([0, 0.004, 0.05, 0.3, 7, 45, 300, 20_000].map(decimalsFor), [3, 5, 4, 3, 3, 3, 2, 0]);
  assert.equal(equals(0.5, "0.500", 3), "=");
  assert.equal(equals(0.5006, "0.500", 3), "≈");
});

test("values so large that decimals say nothing get four digits, and stay exact where whole numbers are asked for", () => {
  assert.equal(fixed(15_197_182_976, 2), "1.52×10¹⁰");
  assert.equal(fixed(-3_048_760_064, 3), "\u22123.049×10⁹");
  assert.equal(fixed(9_999_999, 2), "9999999.00");
  assert.equal(fixed(3_048_760_064, 0), "3048760064");
});

test("rows that do not fit are one row, which is part of the sum, and the wanted one is always shown", () => {
  const adds = Array.from({ length: 30 }, (_, index) => (index - 15) / 7);
  const total = adds.reduce((sum, each) => sum + each, 0);
  const working = /** @type {any} */ ({ count: 30, adds, total, decimals: 3, current: 0 });
  const { rows, others } = arrange(working, 10, 16);
  assert.equal(rows.length, 10);
  assert.ok(
    rows.some(({ index }) => index === 16),
    "the wanted one",
  );
  assert.equal(rows[0]?.index, 0, "the largest first");
  assert.equal(others?.count, 20);
  assert.equal(others?.share?.run, fixed(total, 3), "the running sum ends at the total");
});
