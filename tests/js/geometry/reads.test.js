import { reachOf } from "../../../static/js/geometry/reach.js";
import { channelsAcross, readersAlong, readsAlong } from "../../../static/js/geometry/reads.js";
import { fieldBox, windowsOf } from "../../../static/js/geometry/windows.js";
import { assert, test } from "../harness.js";
import { told } from "../told.js";

/** @import { Reads } from "../../../static/js/geometry/reads.js" */

/**
 * What a layer reads of a map of this shape.
 *
 * @param {string} kind @param {Record<string, any>} config @param {number[]} source @param {number[]} [shape]
 * @returns {Promise<Reads>}
 */
async function reads(kind, config, source, shape) {
  const sketch = { name: "layer", kind, config, inputs: ["input"], ...(shape && { output_shape: shape }) };
  const nodes = await told([{ name: "input", kind: "input", output_shape: source }, sketch]);
  return /** @type {Reads} */ (nodes[1]?.reads[0]);
}

const UP = { kernel_size: [3, 2], stride: [2, 2], padding: [1, 0, 1, 0], dilation: [1, 1] };

test("a transposed convolution reads the places whose kernels reach it", async () => {
  const up = await reads("conv_transpose2d", UP, [1, 4, 4], [1, 7, 8]);
  assert.deepEqual(readsAlong(up, 0, 0, 4), [0]);
  assert.deepEqual(readsAlong(up, 1, 0, 4), [0, 1]);
  assert.deepEqual(readsAlong(up, 6, 0, 4), [3]);
  assert.deepEqual(readsAlong(up, 5, 1, 4), [2]);
});

test("cuts, pads and repeats read the place that they copy", async () => {
  const map = [2, 4, 4];
  const rows = async (/** @type {string} */ kind, /** @type {object} */ config, /** @type {number[]} */ shape, /** @type {number} */ at) =>
    readsAlong(await reads(kind, config, map, shape), at, 0, 4);
  assert.deepEqual(await rows("slice", { start: [0, 3, 1], step: [1, -1, 2], count: [2, 4, 2] }, [2, 4, 2], 1), [2]);
  const pad = { before: [0, 2, 0], after: [0, 2, 0] };
  assert.deepEqual(await rows("pad", { ...pad, mode: "constant" }, [2, 8, 4], 1), []);
  assert.deepEqual(await rows("pad", { ...pad, mode: "reflect" }, [2, 8, 4], 0), [2]);
  assert.deepEqual(await rows("pad", { ...pad, mode: "edge" }, [2, 8, 4], 7), [3]);
  assert.deepEqual(await rows("pad", { ...pad, mode: "wrap" }, [2, 8, 4], 0), [2]);
  assert.deepEqual(await rows("repeat", { times: [1, 2, 1] }, [2, 8, 4], 5), [1]);
  assert.deepEqual(await rows("gather", { axis: 1, indices: [3, 0] }, [2, 2, 4], 0), [3]);
  assert.deepEqual(await rows("pad", { split: [32], before: [1], after: [0] }, [33], 3), [0, 1, 2, 3], "no map");
});

test("stretching reads the nearest place, or the two around", async () => {
  const [map, size] = [[1, 4, 4], [8, 8]];
  assert.deepEqual(readsAlong(await reads("resize2d", { size }, map), 3, 0, 4), [1]);
  const linear = await reads("resize2d", { size, mode: "linear" }, map);
  assert.deepEqual(readsAlong(linear, 3, 0, 4), [1, 2]);
  assert.deepEqual(readsAlong(linear, 0, 0, 4), [0]);
  const asymmetric = await reads("resize2d", { size, coordinates: "asymmetric", rounding: "floor" }, map);
  assert.deepEqual(readsAlong(asymmetric, 5, 0, 4), [2]);
});

test("only along the axes that are taken together everything is read", async () => {
  const map = [2, 3, 3];
  const mean = await reads("reduce_mean", { axes: [1, 3] }, map);
  assert.deepEqual(readsAlong(mean, 2, 0, 3), [2]);
  assert.deepEqual(readsAlong(mean, 0, 1, 3), [0, 1, 2]);
  assert.deepEqual(readsAlong(await reads("log_softmax", { axis: -1 }, map), 2, 1, 3), [0, 1, 2]);
  assert.deepEqual(readsAlong(await reads("log_softmax", { axis: 1 }, map), 2, 1, 3), [2]);
  assert.deepEqual(readsAlong(await reads("instance_norm2d", {}, map), 1, 0, 3), [0, 1, 2]);
  assert.equal((await reads("relu", {}, map)).places, "own");
});

test("readers are all that read, for every way to read", async () => {
  const ways = [
    ...[await reads("conv2d", { kernel_size: [3, 1], stride: [2, 1], padding: [2, 0, 1, 0], dilation: [2, 1] }, [2, 7, 5], [2, 3, 5])],
    ...[await reads("conv_transpose2d", UP, [1, 7, 4], [1, 13, 8]), await reads("resize2d", { size: [4, 6], mode: "linear" }, [1, 7, 4])],
    ...[await reads("softmax", { axis: 2 }, [1, 7, 2]), await reads("relu", {}, [1, 7, 2]), await reads("global_avg_pool2d", {}, [1, 7, 2])],
  ];
  for (const [index, way] of ways.entries()) {
    const length = [3, 13, 4, 7, 7, 1][index] ?? 0;
    for (let place = 0; place < 7; place += 1) {
      const readers = Array.from({ length }, (_, at) => at).filter((at) => readsAlong(way, at, 0, 7).includes(place));
      assert.deepEqual(readersAlong(way, [place], 0, length), readers, `${index}: ${place}`);
    }
  }
});

test("a repeated channel is read by all, a joined one by its own", async () => {
  const nodes = await told([
    { name: "map", kind: "input", output_shape: [3, 2, 2] },
    { name: "gate", kind: "reduce_mean", inputs: ["map"], config: { axes: [1] } },
    { name: "gated", kind: "multiply", inputs: ["map", "gate"] },
    { name: "joined", kind: "concat", inputs: ["gated", "map"] },
  ]);
  const [own, gate, first, second] = /** @type {Reads[]} */ (nodes.slice(2).flatMap((node) => node.reads));
  if (!own || !gate || !first || !second) throw new Error("four ways");
  assert.deepEqual(channelsAcross(own, { from: 2, to: 3 }, 3), { from: 2, to: 3 });
  assert.deepEqual(channelsAcross(gate, { from: 2, to: 3 }, 1), { from: 0, to: 1 });
  assert.equal(channelsAcross(first, { from: 4, to: 5 }, 3), null);
  assert.deepEqual(channelsAcross(second, { from: 2, to: 5 }, 3), { from: 0, to: 2 });
});

const DECODER = await told([
  { name: "input", kind: "input", output_shape: [1, 4, 4] },
  { name: "up", kind: "conv_transpose2d", inputs: ["input"], output_shape: [1, 7, 8], config: UP },
  { name: "half", kind: "resize2d", inputs: ["up"], output_shape: [1, 7, 4], config: { size: [7, 4], mode: "linear" } },
]);

test("windows and reach go through them, each the other way", () => {
  const boxes = windowsOf(DECODER, "half", { channel: 0, y: 1, x: 1 });
  assert.deepEqual(boxes.get("up"), { top: 1, left: 2, bottom: 2, right: 4 });
  assert.deepEqual(boxes.get("input"), { top: 0, left: 1, bottom: 2, right: 2 });
  assert.deepEqual(reachOf(DECODER, { y: 1, x: 1 }).get("up"), { top: 1, left: 2, bottom: 4, right: 4 });
  assert.deepEqual(reachOf(DECODER, { y: 1, x: 1 }).get("half"), { top: 1, left: 1, bottom: 4, right: 2 });
});

test("a side of length 1 that is repeated is read whole", async () => {
  const nodes = await told([
    { name: "map", kind: "input", output_shape: [4, 3, 5] },
    { name: "row", kind: "reduce_mean", inputs: ["map"], config: { axes: [2] } },
    { name: "both", kind: "multiply", inputs: ["row", "map"] },
  ]);
  assert.deepEqual(fieldBox(/** @type {any} */ (nodes[2]), 2, 3, [4, 1, 5]), { top: 0, left: 3, bottom: 1, right: 4 });
});
