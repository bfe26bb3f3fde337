import { binomialKernel } from "../../../static/js/layer-views/arithmetic/blur.js";
import { flattenedFrom } from "../../../static/js/layer-views/flatten.js";
import { GLYPHS } from "../../../static/js/layer-views/glyphs.js";
import { shortName, viewOf } from "../../../static/js/layer-views/index.js";
import { paddingText } from "../../../static/js/layer-views/words.js";
import { assert, test } from "../harness.js";

/** @import { NodeDetail } from "../../../static/js/api/client.js" */

const KINDS = [
  ...["input", "conv2d", "max_pool2d", "avg_pool2d", "global_avg_pool2d", "batch_norm2d", "relu", "leaky_relu", "silu", "tanh"],
  ...["sigmoid", "hard_swish", "softmax", "add", "multiply", "concat", "flatten", "dense", "dropout", "blur_pool2d"],
];

/** @param {Partial<NodeDetail>} given @returns {NodeDetail} */
const node = (given) => ({
  ...{ name: "here", kind: "conv2d", config: {}, inputs: ["before"], reads: [], output_shape: [10, 28, 28], parameters: {} },
  ...{ parameter_count: 0, macs: 0, alternatives: null, receptive_field: { size: [10, 10], stride: [2, 2], offset: [0, 0] } },
  ...given,
});

/** @param {string} kind @param {Partial<NodeDetail>} [given] */
function sentence(kind, given = {}) {
  const source = node({ name: "before", output_shape: [10, 30, 30] });
  const parts = viewOf(kind).sentence({ node: node({ kind, ...given }), sources: [source], activation: null });
  return parts.map((part) => (typeof part === "string" ? part : part.strong)).join("");
}

test("every kind of layer says what it does, in a whole sentence, under a sign of its own kind", () => {
  for (const kind of [...KINDS, "group_norm"]) {
    const text = sentence(kind);
    assert.ok(text.endsWith("."), `${kind}: ${text}`);
    assert.ok(!/undefined|NaN|\[object/.test(text), `${kind}: ${text}`);
    assert.ok(viewOf(kind).glyph in GLYPHS, `${kind} has no glyph`);
    assert.ok(viewOf(kind).title.length > 2);
  }
});

test("a convolution tells filters, shapes, cost and field", () => {
  const config = { in_channels: 10, out_channels: 10, kernel_size: [3, 3], groups: 1 };
  assert.equal(
    sentence("conv2d", { config, parameter_count: 910, macs: 705600 }),
    "slides 10 filters of 3×3×10 over before: 30×30×10 → 28×28×10, 910 parameters, 705\u202f600 multiply-adds; each value sees 10×10 px.",
  );
});

test("a kind nobody has written a view for shows its configuration as it stands", () => {
  const view = viewOf("group_norm");
  assert.equal(view.title, "Group norm");
  assert.deepEqual(view.settings(node({ kind: "group_norm", config: { num_groups: 4 } })), [["num groups", "4"]]);
});

test("a blur pool tells its fixed kernel, and what anti-aliasing is", () => {
  const config = { kernel_size: 3, stride: 2 };
  const text = sentence("blur_pool2d", { config });
  assert.ok(text.includes("every second value") && text.includes("anti-aliasing"), text);
  assert.deepEqual(viewOf("blur_pool2d").settings(node({ kind: "blur_pool2d", config }))[2], ["padding", "1 on every side, zeros"]);
  const { kernel } = binomialKernel(3);
  assert.deepEqual(kernel.map((weight) => 16 * weight), [1, 2, 1, 2, 4, 2, 1, 2, 1]);
  assert.equal(binomialKernel(5).kernel.reduce((sum, weight) => sum + weight, 0), 1);
});

test("padding is told side by side only where the sides differ", () => {
  assert.equal(paddingText([0, 0, 0, 0]), "none");
  assert.equal(paddingText([1, 1, 1, 1]), "1 on every side");
  assert.equal(paddingText([0, 1, 2, 3]), "top 0, left 1, bottom 2, right 3");
});

test("names are cut to two lines that fit a narrow column", () => {
  assert.deepEqual(shortName("conv_1_1"), ["conv", "1_1"]);
  assert.deepEqual(shortName("max_pool_2"), ["pool", "2"]);
  assert.deepEqual(shortName("blur_pool_2"), ["blur", "2"]);
  assert.deepEqual(shortName("output"), ["output"]);
  assert.deepEqual(shortName("layer3.0.downsample"), ["layer3.0", "downsa…"]);
  assert.deepEqual(shortName("block_2_1_depthwise_silu"), ["2.1 dw", "silu"]);
  assert.deepEqual(shortName("block_3_2_squeeze"), ["3.2", "mean"]);
  assert.deepEqual(shortName("block_2_shortcut_norm"), ["2 skip", "norm"]);
  assert.deepEqual(shortName("block_2_add"), ["block 2", "add"]);
  assert.deepEqual(shortName("stack_3_1_conv"), ["3.1", "conv"]);
  assert.deepEqual(shortName("block_2_1_depthwise_silu", "block.2.1"), ["dw", "silu"]);
  assert.deepEqual(shortName("block_3_2_squeeze", "block.3.2"), ["mean"]);
  assert.deepEqual(shortName("block_12_1_conv", "block.2.1"), ["12.1", "conv"]);
});

test("a flattened value is traced back to its map, row and column", () => {
  assert.deepEqual(flattenedFrom([10, 13, 13], 4 * 169 + 9 * 13 + 7), { channel: 4, y: 9, x: 7 });
});
