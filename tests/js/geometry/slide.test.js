import { stepsOf, valueAtShare, valueNumber, valuePlace } from "../../../static/js/geometry/slide.js";
import { assert, test } from "../harness.js";

const maps = { output_shape: [4, 5, 7] };
const vector = { output_shape: [100] };

test("a step finishes a value, or a row of a map, or a stretch of a vector", () => {
  assert.deepEqual(stepsOf(maps, "value"), { values: 35, step: 1 });
  assert.deepEqual(stepsOf(maps, "row"), { values: 35, step: 7 });
  assert.deepEqual(stepsOf(maps, "layer"), { values: 35, step: 7 });
  assert.deepEqual(stepsOf(vector, "row"), { values: 100, step: 4 });
});

test("every value comes back out of the share that it was made into", () => {
  for (const side of [3, 13, 28, 62, 111]) {
    const node = { output_shape: [2, side, side] };
    for (let value = 0; value < side * side; value += 1) {
      assert.equal(valueAtShare(node, value / (side * side), "value"), value);
    }
  }
});

test("between two steps the window stands at the earlier one, and never leaves the map", () => {
  assert.equal(valueAtShare(maps, 0.5, "row"), 14);
  assert.equal(valueAtShare(maps, 1, "row"), 28);
  assert.equal(valueAtShare(maps, 1, "value"), 34);
  assert.equal(valueAtShare(vector, 1, "row"), 96);
});

test("a value's number says where it is", () => {
  assert.equal(valueNumber(maps, { channel: 2, y: 3, x: 4 }), 25);
  assert.deepEqual(valuePlace(maps, 25), { y: 3, x: 4 });
  assert.equal(valueNumber(vector, { channel: 42, y: 0, x: 0 }), 42);
  assert.deepEqual(valuePlace(vector, 42), { channel: 42 });
});
