import { decades, scatter } from "../../../static/js/geometry/scatter.js";
import { assert, test } from "../harness.js";

const FRAME = { left: 0, top: 0, right: 300, bottom: 100 };

test("ticks are the powers of ten around the values", () => {
  assert.deepEqual(decades([416_520, 60_494_848]), [1e5, 1e6, 1e7, 1e8]);
  assert.deepEqual(decades([1000]), [1000, 10_000]);
});

test("points stand at their logarithm and share, with areas in proportion", () => {
  const data = [
    { id: "a", x: 1e6, y: 0.5, area: 100, name: "A" },
    { id: "b", x: 1e8, y: 1, area: 400, name: "B" },
  ];
  const [b, a] = scatter(data, FRAME, [1e5, 1e6, 1e7, 1e8]);
  assert.deepEqual([a?.id, b?.id], ["a", "b"]);
  assert.close(a?.x ?? 0, 100);
  assert.close(a?.y ?? 0, 50);
  assert.close((b?.r ?? 0) ** 2 / (a?.r ?? 1) ** 2, 4);
});

test("the name of a point at the right edge stands at its left, and equal points do not share a place", () => {
  const at = (/** @type {string} */ id, /** @type {number} */ x) => ({ id, x, y: 0.5, area: 1, name: "A long name" });
  const [edge] = scatter([at("a", 1e8)], FRAME, [1e5, 1e6, 1e7, 1e8]);
  assert.equal(edge?.label.anchor, "end");
  const labels = scatter([at("a", 1e6), at("b", 1e6)], FRAME, [1e5, 1e6, 1e7, 1e8]).map(({ label }) => JSON.stringify(label));
  assert.equal(new Set(labels).size, 2);
});
