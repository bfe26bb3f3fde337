import { reachOf } from "../../../static/js/geometry/reach.js";
import { fieldBox } from "../../../static/js/geometry/windows.js";
import { assert, test } from "../harness.js";
import { told } from "../told.js";

/**
 * @param {string} name
 * @param {string} kind
 * @param {number[]} output_shape
 * @param {string[]} inputs
 * @param {Record<string, any>} config
 */
const node = (name, kind, output_shape, inputs = [], config = {}) => ({ name, kind, output_shape, inputs, config });

/** @param {number} size @param {number} stride @param {number} pad @param {number} spread */
const window = (size, stride = 1, pad = 0, spread = 1) => ({
  kernel_size: [size, size],
  stride: [stride, stride],
  padding: [pad, pad, pad, pad],
  dilation: [spread, spread],
});

/** @param {number} top @param {number} left @param {number} bottom @param {number} right */
const box = (top, left, bottom, right) => ({ top, left, bottom, right });

test("a blur reads the window centred on the value it keeps", async () => {
  const blurred = await told([
    node("input", "input", [3, 8, 8]),
    node("blur", "blur_pool2d", [3, 4, 4], ["input"], { kernel_size: 3, stride: 2 }),
  ]);
  assert.deepEqual(fieldBox(/** @type {any} */ (blurred[1]), 0, 1, [3, 8, 8]), box(-1, 1, 2, 4));
  const reached = reachOf(blurred, { y: 3, x: 4 });
  assert.deepEqual(reached.get("blur"), box(1, 2, 3, 3));
});

test("a pixel reaches every window that it lies in, and is clipped at the edge", async () => {
  const chain = await told([
    node("input", "input", [3, 8, 8]),
    node("conv", "conv2d", [4, 6, 6], ["input"], window(3)),
    node("pool", "max_pool2d", [4, 3, 3], ["conv"], window(2, 2)),
    node("flatten", "flatten", [36], ["pool"]),
    node("dense", "dense", [5], ["flatten"]),
  ]);
  const inside = reachOf(chain, { y: 4, x: 3 });
  assert.deepEqual(inside.get("input"), box(4, 3, 5, 4));
  assert.deepEqual(inside.get("conv"), box(2, 1, 5, 4));
  assert.deepEqual(inside.get("pool"), box(1, 0, 3, 2));
  assert.deepEqual(inside.get("flatten"), inside.get("pool"));
  assert.deepEqual(inside.get("dense"), box(0, 0, 1, 1));
  assert.deepEqual(reachOf(chain, { y: 0, x: 7 }).get("conv"), box(0, 5, 1, 6));
});

test("strides drop pixels, and what follows of them", async () => {
  const chain = await told([
    node("input", "input", [1, 8, 8]),
    node("thin", "conv2d", [1, 4, 4], ["input"], window(1, 2)),
    node("relu", "relu", [1, 4, 4], ["thin"]),
  ]);
  assert.deepEqual([...reachOf(chain, { y: 3, x: 2 }).keys()], ["input"]);
  assert.deepEqual(reachOf(chain, { y: 2, x: 6 }).get("relu"), box(1, 3, 2, 4));
});

test("holes that dilation leaves are remembered by the next layer", async () => {
  const chain = await told([
    node("input", "input", [1, 9, 9]),
    node("wide", "conv2d", [1, 9, 9], ["input"], window(3, 1, 2, 2)),
    node("thin", "conv2d", [1, 5, 5], ["wide"], window(1, 2)),
  ]);
  assert.deepEqual(reachOf(chain, { y: 4, x: 4 }).get("wide"), box(2, 2, 7, 7));
  assert.deepEqual(reachOf(chain, { y: 4, x: 4 }).get("thin"), box(1, 1, 4, 4));
  assert.equal(reachOf(chain, { y: 3, x: 4 }).has("thin"), false);
});

test("branches are joined, and a gate reaches every place", async () => {
  const branches = await told([
    node("input", "input", [2, 6, 6]),
    node("conv", "conv2d", [2, 6, 6], ["input"], window(3, 1, 1)),
    node("add", "add", [2, 6, 6], ["input", "conv"]),
    node("pooled", "global_avg_pool2d", [2, 1, 1], ["add"]),
    node("gated", "multiply", [2, 6, 6], ["input", "pooled"]),
  ]);
  const reach = reachOf(branches, { y: 0, x: 3 });
  assert.deepEqual(reach.get("add"), box(0, 2, 2, 5));
  assert.deepEqual(reach.get("pooled"), box(0, 0, 1, 1));
  assert.deepEqual(reach.get("gated"), box(0, 0, 6, 6));
});

test("maps put side by side keep their places apart, through strides that drop one of them", async () => {
  const beside = await told([
    node("input", "input", [1, 4, 4]),
    node("same", "relu", [1, 4, 4], ["input"]),
    node("wide", "concat", [1, 4, 8], ["input", "same"], { axis: 3 }),
    node("tall", "concat", [1, 8, 8], ["wide", "wide"], { axis: -2 }),
    node("thin", "conv2d", [1, 4, 4], ["tall"], window(1, 2)),
  ]);
  const reach = reachOf(beside, { y: 2, x: 2 });
  assert.deepEqual(reach.get("wide"), box(2, 2, 3, 7));
  assert.deepEqual(reach.get("tall"), box(2, 2, 7, 7));
  assert.deepEqual(reach.get("thin"), box(1, 1, 4, 4));
  assert.equal(reachOf(beside, { y: 1, x: 2 }).has("thin"), false);
});

test("blocks that branches reach are not mixed up: rows of one do not meet columns of the other", async () => {
  const apart = await told([
    node("input", "input", [1, 4, 4]),
    node("wide", "pad", [1, 5, 5], ["input"], { before: [0, 1, 1], after: [0, 0, 0] }),
    node("low", "slice", [1, 4, 4], ["wide"], { start: [0, 0, 0], step: [1, 1, 1], count: [1, 4, 4] }),
    node("both", "add", [1, 4, 4], ["input", "low"]),
    node("thin", "conv2d", [1, 4, 2], ["both"], { ...window(1), stride: [1, 2] }),
  ]);
  // (1, 1) and (2, 2): of the even columns only the second is left, and with it row 2 alone
  assert.deepEqual(reachOf(apart, { y: 1, x: 1 }).get("both"), box(1, 1, 3, 3));
  assert.deepEqual(reachOf(apart, { y: 1, x: 1 }).get("thin"), box(2, 1, 3, 2));
});
