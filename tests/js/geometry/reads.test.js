import { reachOf } from "../../../static/js/geometry/reach.js";
import { readsAlong } from "../../../static/js/geometry/reads.js";
import { fieldBox, windowsOf } from "../../../static/js/geometry/windows.js";
import { assert, test } from "../harness.js";

/** @import { GraphNode } from "../../../static/js/geometry/graph.js" */

/** @param {string} kind @param {Record<string, any>} config @param {number} at @param {number} length @param {0 | 1} axis */
const reads = (kind, config, at, length, axis = 0) => readsAlong({ kind, config }, at, axis, length);

const UP = { kernel_size: [3, 2], stride: [2, 2], padding: [1, 0, 1, 0], dilation: [1, 1] };

test("a transposed convolution reads the places whose kernels reach it", () => {
  assert.deepEqual(reads("conv_transpose2d", UP, 0, 4), [0]);
  assert.deepEqual(reads("conv_transpose2d", UP, 1, 4), [0, 1]);
  assert.deepEqual(reads("conv_transpose2d", UP, 6, 4), [3]);
  assert.deepEqual(reads("conv_transpose2d", UP, 5, 4, 1), [2]);
});

test("cuts, pads and repeats read the place that they copy", () => {
  const split = [2, 4, 4];
  assert.deepEqual(reads("slice", { split, start: [0, 3, 1], step: [1, -1, 2] }, 1, 4), [2]);
  assert.deepEqual(reads("pad", { split, before: [0, 2, 0], mode: "constant" }, 1, 4), []);
  assert.deepEqual(reads("pad", { split, before: [0, 2, 0], mode: "reflect" }, 0, 4), [2]);
  assert.deepEqual(reads("pad", { split, before: [0, 2, 0], mode: "edge" }, 7, 4), [3]);
  assert.deepEqual(reads("pad", { split, before: [0, 2, 0], mode: "wrap" }, 0, 4), [2]);
  assert.deepEqual(reads("repeat", { split, times: [1, 2, 1] }, 5, 4), [1]);
  assert.deepEqual(reads("gather", { split, axis: 1, indices: [3, 0] }, 0, 4), [3]);
  assert.deepEqual(reads("pad", { split: [32], before: [1] }, 3, 4), [0, 1, 2, 3], "no map");
});

test("stretching reads the nearest place, or the two around", () => {
  const size = [8, 8];
  assert.deepEqual(reads("resize2d", { size }, 3, 4), [1]);
  assert.deepEqual(reads("resize2d", { size, mode: "linear" }, 3, 4), [1, 2]);
  assert.deepEqual(reads("resize2d", { size, mode: "linear" }, 0, 4), [0]);
  assert.deepEqual(reads("resize2d", { size, coordinates: "asymmetric", rounding: "floor" }, 5, 4), [2]);
});

test("only along the axes that are taken together everything is read", () => {
  assert.deepEqual(reads("reduce_mean", { axes: [1, 3] }, 2, 3), [2]);
  assert.deepEqual(reads("reduce_mean", { axes: [1, 3] }, 0, 3, 1), [0, 1, 2]);
  assert.deepEqual(reads("log_softmax", { axis: -1 }, 2, 3, 1), [0, 1, 2]);
  assert.deepEqual(reads("log_softmax", { axis: 1 }, 2, 3, 1), [2]);
  assert.deepEqual(reads("instance_norm2d", {}, 1, 3), [0, 1, 2]);
  assert.equal(reads("relu", {}, 1, 3), null);
});

const field = { size: [1, 1], stride: [1, 1], offset: [0, 0] };

/** @param {string} name @param {string} kind @param {string[]} inputs @param {number[]} shape @param {object} config @returns {GraphNode} */
const node = (name, kind, inputs, shape, config = {}) => ({ name, kind, inputs, output_shape: shape, config, receptive_field: field });

const DECODER = [
  node("input", "input", [], [1, 4, 4]),
  node("up", "conv_transpose2d", ["input"], [1, 7, 8], UP),
  node("half", "resize2d", ["up"], [1, 7, 4], { size: [7, 4], mode: "linear" }),
];

test("windows and reach go through them, each the other way", () => {
  const boxes = windowsOf(DECODER, "half", { channel: 0, y: 1, x: 1 });
  assert.deepEqual(boxes.get("up"), { top: 1, left: 2, bottom: 2, right: 4 });
  assert.deepEqual(boxes.get("input"), { top: 0, left: 1, bottom: 2, right: 2 });
  assert.deepEqual(reachOf(DECODER, { y: 1, x: 1 }).get("up"), { top: 1, left: 2, bottom: 4, right: 4 });
  assert.deepEqual(reachOf(DECODER, { y: 1, x: 1 }).get("half"), { top: 1, left: 1, bottom: 4, right: 2 });
});

test("a side of length 1 that is repeated is read whole", () => {
  assert.deepEqual(fieldBox({ kind: "multiply", config: {} }, 2, 3, [4, 1, 5]), { top: 0, left: 3, bottom: 1, right: 4 });
});
