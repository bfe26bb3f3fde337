import { contextCells, focusGrid } from "../../../static/js/geometry/cells.js";
import { channelAncestry, channelDescent, channelsRead, formOf, segments } from "../../../static/js/geometry/graph.js";
import { evenLayout, lensLayout } from "../../../static/js/geometry/layout.js";
import { brief, compact, exact, fixed, grouped, percent, rounded, shapeText } from "../../../static/js/geometry/scale.js";
import { fieldBox, windowsOf } from "../../../static/js/geometry/windows.js";
import { assert, test } from "../harness.js";
import { told } from "../told.js";

/** @import { GraphNode } from "../../../static/js/geometry/graph.js" */
/** @import { ColumnSpec } from "../../../static/js/geometry/layout.js" */

/**
 * @param {string} name
 * @param {string} kind
 * @param {number[]} output_shape
 * @param {string[]} inputs
 * @param {Record<string, any>} config
 */
const node = (name, kind, output_shape, inputs = [], config = {}) => ({ name, kind, output_shape, inputs, config });

const conv3 = { kernel_size: [3, 3], stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 };
const pool2 = { kernel_size: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0] };

const chain = await told([
  node("input", "input", [3, 8, 8]),
  node("conv", "conv2d", [4, 6, 6], ["input"], conv3),
  node("relu", "relu", [4, 6, 6], ["conv"]),
  node("pool", "max_pool2d", [4, 3, 3], ["relu"], pool2),
  node("flatten", "flatten", [36], ["pool"]),
  node("dense", "dense", [5], ["flatten"]),
]);

const branches = await told([
  node("input", "input", [2, 8, 8]),
  node("left", "relu", [2, 8, 8], ["input"]),
  node("right", "conv2d", [2, 8, 8], ["input"], { ...conv3, padding: [1, 1, 1, 1] }),
  node("add", "add", [2, 8, 8], ["left", "right"]),
  node("concat", "concat", [4, 8, 8], ["add", "left"]),
  node("depthwise", "conv2d", [8, 8, 8], ["concat"], { ...conv3, padding: [1, 1, 1, 1], groups: 4 }),
]);

test("a channel is not followed through layers that move or mix channels", async () => {
  const moves = {
    rearrange: { split: [2, 2, 8, 8], order: [1, 0, 2, 3] },
    slice: { start: [3, 0, 0], step: [-1, 1, 1], count: [4, 8, 8] },
    conv_transpose2d: { kernel_size: [1, 1] },
    reduce_mean: { axes: [1] },
    log_softmax: { axis: 1 },
  };
  for (const [kind, config] of Object.entries(moves)) {
    const shape = [kind === "reduce_mean" ? 1 : 4, 8, 8];
    const sketch = [node("input", "input", [4, 8, 8]), node("moved", kind, shape, ["input"], config), node("relu", "relu", shape, ["moved"])];
    const graph = await told(sketch);
    assert.deepEqual(channelAncestry(graph, "relu", Math.min(2, (shape[0] ?? 1) - 1)).get("input"), { from: 0, to: 4 }, kind);
    assert.deepEqual([...channelDescent(graph, "input", 2).keys()], [], kind);
  }
});

/** @param {Partial<ColumnSpec>} given @returns {ColumnSpec} */
const spec = (given) => {
  const channels = given.channels ?? 10;
  const shown = Array.from({ length: Math.min(10, channels) }, (_, index) => index);
  return { form: "maps", channels, shown, aspect: 1, mixes: false, ribbons: false, sources: [], ...given };
};

test("a field box reaches outside where the window stands over padding", async () => {
  const config = { kernel_size: [3, 5], stride: [2, 1], padding: [1, 2, 0, 0], dilation: [2, 1] };
  const sketch = [node("input", "input", [1, 9, 9]), node("conv", "conv2d", [1, 3, 7], ["input"], config)];
  const padded = /** @type {GraphNode} */ ((await told(sketch))[1]);
  assert.deepEqual(fieldBox(padded, 0, 0, [1, 9, 9]), { top: -1, left: -2, bottom: 4, right: 3 });
  assert.deepEqual(fieldBox(padded, 2, 3, [1, 9, 9]), { top: 3, left: 1, bottom: 8, right: 6 });
});

test("a dense or globally pooled value reads its whole input", async () => {
  const sketch = [node("input", "input", [4, 6, 7]), node("mean", "global_avg_pool2d", [4, 1, 1], ["input"])];
  const pooled = /** @type {GraphNode} */ ((await told(sketch))[1]);
  assert.deepEqual(fieldBox(pooled, 0, 0, [4, 6, 7]), {
    top: 0,
    left: 0,
    bottom: 6,
    right: 7,
  });
});

test("windows are found through pooling, activation and convolution", () => {
  const boxes = windowsOf(chain, "pool", { channel: 0, y: 1, x: 2 });
  assert.deepEqual(boxes.get("relu"), { top: 2, left: 4, bottom: 4, right: 6 });
  assert.deepEqual(boxes.get("input"), { top: 2, left: 4, bottom: 6, right: 8 });
  assert.equal(boxes.has("dense"), false);
});

test("a flattened value stands for the pixel it was", () => {
  const boxes = windowsOf(chain, "flatten", { channel: 2 * 9 + 1 * 3 + 2, y: 0, x: 0 });
  assert.deepEqual(boxes.get("pool"), { top: 1, left: 2, bottom: 2, right: 3 });
  assert.deepEqual(windowsOf(chain, "dense", { channel: 0, y: 0, x: 0 }).get("pool"), {
    top: 0,
    left: 0,
    bottom: 3,
    right: 3,
  });
});

test("windows of branches that meet are united and clipped to the image", () => {
  const boxes = windowsOf(branches, "add", { channel: 0, y: 0, x: 4 });
  assert.deepEqual(boxes.get("left"), { top: 0, left: 4, bottom: 1, right: 5 });
  assert.deepEqual(boxes.get("input"), { top: 0, left: 3, bottom: 2, right: 6 });
});

test("channels are followed back through concatenation and groups", () => {
  const nodes = new Map(branches.map((each) => [each.name, each]));
  const concat = /** @type {GraphNode} */ (nodes.get("concat"));
  const depthwise = /** @type {GraphNode} */ (nodes.get("depthwise"));
  assert.deepEqual(channelsRead(concat, { from: 3, to: 4 }, nodes), [null, { from: 1, to: 2 }]);
  assert.deepEqual(channelsRead(depthwise, { from: 5, to: 6 }, nodes), [{ from: 2, to: 3 }]);
  assert.deepEqual(channelAncestry(branches, "depthwise", 5).get("left"), { from: 0, to: 1 });
  assert.equal(channelAncestry(branches, "depthwise", 5).has("right"), false);
});

test("a channel is followed forward until channels are mixed", () => {
  assert.deepEqual(
    [...channelDescent(chain, "conv", 2)],
    [
      ["relu", 2],
      ["pool", 2],
    ],
  );
  assert.deepEqual(channelDescent(branches, "add", 1).get("concat"), 1);
});

test("long vectors are barcodes unless they are the classes", async () => {
  /** @param {string} kind @param {number[]} shape @param {number[]} source */
  const layer = async (kind, shape, source = shape) => {
    const nodes = await told([node("input", "input", source), node("a", kind, shape, ["input"])]);
    return /** @type {GraphNode} */ (nodes[1]);
  };
  assert.equal(formOf(await layer("dense", [10], [3]), 10), "units");
  assert.equal(formOf(await layer("dense", [1000], [3]), 10), "barcode");
  assert.equal(formOf(await layer("softmax", [1000]), 1000), "units");
  assert.equal(formOf(await layer("relu", [4, 1, 1]), 10), "units");
  assert.equal(formOf(await layer("relu", [4, 2, 1]), 10), "maps");
});

test("a flattened layer keeps one segment for each of a few maps", () => {
  const flat = /** @type {GraphNode} */ (chain[4]);
  assert.deepEqual(segments(flat, chain[3], 10)[1], { from: 9, to: 18 });
  assert.equal(segments(flat, chain[3], 3).length, 1);
});

test("lens columns stand beside each other, never over each other, and fill the stage", () => {
  const specs = Array.from({ length: 13 }, (_, index) =>
    spec({ channels: index ? 10 : 3, mixes: index % 2 === 1, sources: index ? [index - 1] : [] }),
  );
  for (const focus of [0, 5, 12]) {
    const { columns, width } = lensLayout(specs, focus, { width: 790, height: 530 });
    assert.ok(width <= 790, `focus ${focus}: ${width} px wide`);
    for (let index = 1; index < columns.length; index += 1) {
      const [before, after] = [columns[index - 1], columns[index]];
      assert.ok(before && after && before.x + before.width < after.x, `column ${index} overlaps`);
    }
    assert.equal(columns[focus]?.role, "focus");
  }
});

test("a graph with more columns than fit is wider than the stage instead of unreadable", () => {
  const specs = Array.from({ length: 120 }, (_, index) => spec({ channels: 64, sources: index ? [index - 1] : [] }));
  const { columns, width } = lensLayout(specs, 60, { width: 790, height: 530 });
  assert.ok(width > 790);
  assert.ok(Math.min(...columns.map((column) => column.width)) >= 38);
});

test("every input of the chosen layer is a source, wherever it stands", () => {
  const specs = [spec({}), spec({ sources: [0] }), spec({ sources: [0, 1] })];
  assert.deepEqual(
    lensLayout(specs, 2, { width: 800, height: 500 }).columns.map((column) => column.role),
    ["source", "source", "focus"],
  );
});

test("even columns are all the same width", () => {
  const { columns } = evenLayout([spec({}), spec({}), spec({ channels: 3 })], { width: 500, height: 400 });
  assert.equal(new Set(columns.map((column) => column.width)).size, 1);
});

test("rows are shared: a channel has the same height in every context column of ten", () => {
  const narrow = contextCells(spec({}), 30, 50);
  const wide = contextCells(spec({}), 40, 50);
  narrow.forEach((cell, row) =>
    assert.close(cell.y + cell.height / 2, (wide[row]?.y ?? 0) + (wide[row]?.height ?? 0) / 2, 1),
  );
});

test("the sheet of 512 maps scrolls rather than showing any below 48 px", () => {
  const { cells, width } = focusGrid(spec({ channels: 512 }), 500, 200);
  assert.equal(cells.length, 512);
  assert.ok(cells.every((cell) => cell.width >= 48));
  assert.ok(width <= 440);
  assert.ok(Math.max(...cells.map((cell) => cell.y)) > 500);
});

test("the sheet of ten maps is two by five", () => {
  const { cells } = focusGrid(spec({}), 530, 400);
  assert.deepEqual([new Set(cells.map((cell) => cell.x)).size, new Set(cells.map((cell) => cell.y)).size], [2, 5]);
});

test("maps that are not square keep their shape", () => {
  const { cells } = focusGrid(spec({ channels: 1, aspect: 4 }), 500, 400);
  assert.close((cells[0]?.width ?? 0) / (cells[0]?.height ?? 1), 4, 0.1);
});

test("numbers carry a true minus and thin spaces, and never say minus zero", () => {
  assert.equal(fixed(-1.234), "\u22121.23");
  assert.equal(fixed(-0.001), "0.00");
  assert.equal(grouped(705600), "705\u202f600");
  assert.equal(compact(705600), "706k");
  assert.equal(compact(999_700), "1.0M");
  assert.equal(compact(910), "910");
  assert.equal(shapeText([10, 30, 28]), "30×28×10");
});

test("a percentage does not claim all or nothing for what is merely close", () => {
  assert.equal(percent(0.0001), "<0.1\u202f%");
  assert.equal(percent(0), "0.0\u202f%");
  assert.equal(percent(0.9999), ">99.9\u202f%");
  assert.equal(percent(1), "100.0\u202f%");
});

test("the exact text of a float32 reads back as the same float32", () => {
  for (const value of [0.1, -1.1257368, 1 / 3, 16777216, 1e-7].map(Math.fround)) {
    const text = exact(value)
      .replace("\u2212", "-")
      .replace(/×10(.*)/, (_, power) => `e${plain(power)}`);
    assert.equal(Math.fround(Number(text)), value);
  }
});

/** @param {string} power Superscript digits. */
const plain = (power) => [...power].map((sign) => (sign === "⁻" ? "-" : "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(sign))).join("");

test("small and large numbers are written with powers of ten", () => {
  assert.equal(rounded(0.0000123456), "1.235×10⁻⁵");
  assert.equal(rounded(-12.3456), "\u221212.35");
  assert.equal(brief(1), "1");
  assert.equal(brief(0.072), "0.07");
  assert.equal(brief(12.7), "13");
});
