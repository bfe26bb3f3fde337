import { convolutionTerms } from "../../../static/js/draw/products.js";
import { read, unitsOf } from "../../../static/js/geometry/rounding.js";
import { arrange } from "../../../static/js/layer-views/arithmetic/arrange.js";
import { arithmeticOf } from "../../../static/js/layer-views/arithmetic/index.js";
import { assert, test } from "../harness.js";

/** @import { NodeDetail } from "../../../static/js/api/client.js" */
/** @import { Cell, Explained, Question, Working } from "../../../static/js/layer-views/arithmetic/types.js" */
/** @import { Activation } from "../../../static/js/state/types.js" */

/** Numbers from 0 to 1, the same in every run. @param {number} seed */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

/** @param {number} length @param {() => number} random @param {number} size */
const values = (length, random, size) => Float32Array.from({ length }, () => (random() - 0.5) * 2 * size);

const field = {
  size: /** @type {[number, number]} */ ([1, 1]),
  stride: /** @type {[number, number]} */ ([1, 1]),
  offset: /** @type {[number, number]} */ ([0, 0]),
};

/** @param {Partial<NodeDetail>} given @returns {NodeDetail} */
const node = (given) =>
  /** @type {any} */ ({
    name: "here",
    kind: "relu",
    config: {},
    inputs: ["before"],
    reads: [],
    output_shape: [1],
    parameters: {},
    parameter_count: 0,
    macs: 0,
    alternatives: null,
    receptive_field: field,
    ...given,
  });

/** What the server tells of a layer that slides a window. @param {Record<string, number[]>} config @returns {any} */
const sliding = ({ kernel_size: size, stride, padding, dilation = [1, 1] }) => [
  { channels: "own", group: null, offset: 0, places: "window", window: { size, stride, padding, dilation }, rows: null, columns: null },
];

/** @param {string} name @param {number[]} shape @param {ArrayLike<number>} data @returns {Activation} */
function activation(name, shape, data) {
  const array = Float32Array.from(data);
  return {
    node: name,
    kind: "conv2d",
    shape,
    data: array,
    min: Math.min(...array),
    max: Math.max(...array),
    mean: 0,
    std: 1,
    zeroFraction: 0,
  };
}

/**
 * @param {NodeDetail} layer
 * @param {Activation} own
 * @param {Activation[]} inputs
 * @param {{pixel?: {channel: number, y: number, x: number}, parameters?: Record<string, any>}} [given]
 * @returns {Question}
 */
function question(layer, own, inputs, { pixel = { channel: 0, y: 0, x: 0 }, parameters = {} } = {}) {
  const sources = inputs.map((input, index) =>
    node({ name: layer.inputs[index] ?? "", kind: "input", inputs: [], output_shape: input.shape }),
  );
  return {
    model: /** @type {any} */ ({ nodes: [...sources, layer], classes: [], input: { mean: [0], std: [1] } }),
    ...{ node: layer, own, sources, inputs, pixel: { node: layer.name, ...pixel } },
    activation: (name) => inputs[layer.inputs.indexOf(name)],
    parameter: (name) => parameters[name] ?? null,
    explained: () => null,
    channelName: (_, channel) => String(channel),
  };
}

/** @param {Cell[]} cells */
const texts = (cells) => cells.flatMap((cell) => ("text" in cell ? [cell.text] : []));

/** @param {Working | null} working @returns {Working} */
function present(working) {
  if (!working) throw new Error("nothing was worked out");
  return working;
}

test("of 200 random convolution values the printed parts add up to the printed value, none a whole digit off", async () => {
  const random = randomFrom(7);
  const sheet = await arithmeticOf("conv2d");
  for (let round = 0; round < 200; round += 1) {
    const channels = 1 + Math.floor(random() * 14);
    const size = 10 ** (random() * 4 - 2);
    const input = activation("before", [channels, 5, 5], values(channels * 25, random, size));
    const config = { kernel_size: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 };
    const weight = { shape: [1, channels, 3, 3], data: values(channels * 9, random, 1) };
    const bias = { shape: [1], data: values(1, random, 1) };
    const pixel = { channel: 0, y: Math.floor(random() * 5), x: Math.floor(random() * 5) };
    const layer = node({
      kind: "conv2d",
      config,
      parameters: { "here.weight": weight.shape, "here.bias": [1] },
      output_shape: [1, 5, 5],
    });
    const terms = convolutionTerms(layer, weight, input, pixel);
    const value = Math.fround(terms.reduce((sum, term) => sum + term.sum, 0) + (bias.data[0] ?? 0));
    const own = activation("here", [1, 5, 5], new Array(25).fill(value));
    const working = present(sheet(question(layer, own, [input], { pixel, parameters: { weight, bias } })));
    const decimals = working.decimals ?? 3;
    const { rows, others } = arrange(working, 10, -1);
    const line = (working.lines[0] ?? [])
      .filter((cell) => cell.kind === "chip")
      .map((cell) => unitsOf(read(cell.text), decimals));
    const [sum = NaN, added = NaN, shown = NaN] = line;
    const parts = [...rows.map(({ share }) => share), ...(others ? [others.share] : [])].map((share) =>
      read(share?.text ?? ""),
    );
    assert.equal(
      parts.reduce((all, part) => all + unitsOf(part, decimals), 0),
      sum,
      "rows and Σ:",
    );
    assert.equal(sum + added, shown, "Σ and bias:");
    assert.equal(shown, unitsOf(value, decimals), "the value:");
    rows.forEach(({ index, share }) => {
      const off = Math.abs((share?.printed ?? NaN) - (terms[index]?.sum ?? NaN)) * 10 ** decimals;
      assert.ok(off < 1.01, `a part is ${off} digits off`);
      const products = working.row(index, share).detail?.().at(-1);
      if (products?.kind !== "grid") throw new Error("no products");
      const each = (products.texts ?? []).map((text) => unitsOf(read(text), decimals));
      assert.equal(
        each.reduce((all, part) => all + part, 0),
        unitsOf(share?.printed ?? NaN, decimals),
        "products and row:",
      );
    });
  }
});

test("max pooling rings the first of the largest, counts padding for nothing, and leads to the winner", async () => {
  const input = activation("before", [1, 2, 2], [-4, -3, -3, -9]);
  const own = activation("here", [1, 2, 2], [-4, -3, -3, -3]);
  const config = { kernel_size: [2, 2], stride: [1, 1], padding: [1, 1, 0, 0], dilation: [1, 1] };
  const layer = node({ kind: "max_pool2d", config, reads: sliding(config), output_shape: [1, 2, 2] });
  const working = present(
    (await arithmeticOf("max_pool2d"))(question(layer, own, [input], { pixel: { channel: 0, y: 1, x: 1 } })),
  );
  const row = working.row(0, null);
  assert.deepEqual(row.target, { node: "before", channel: 0, y: 0, x: 1 });
  assert.equal(texts(row.cells).at(-1), "\u22123.000");
  const note = (working.notes[0] ?? []).map((part) => (typeof part === "string" ? part : part.strong)).join("");
  assert.ok(note.includes("↗ 25\u202f%") && note.includes("all equal 25\u202f%"), note);
});

test("an average says its divisor, with and without the padding", async () => {
  const input = activation("before", [1, 2, 2], [1, 2, 3, 6]);
  const sheet = await arithmeticOf("avg_pool2d");
  const config = { kernel_size: [2, 2], stride: [2, 2], padding: [1, 1, 1, 1] };
  /** @param {boolean} counted @param {number} value */
  const divisor = (counted, value) => {
    const layer = node({
      kind: "avg_pool2d",
      config: { ...config, count_include_pad: counted },
      reads: sliding(config),
      output_shape: [1, 2, 2],
    });
    const own = activation("here", [1, 2, 2], [0, 0, 0, value]);
    const cells = present(sheet(question(layer, own, [input], { pixel: { channel: 0, y: 1, x: 1 } }))).row(
      0,
      null,
    ).cells;
    return texts(cells).slice(2).join(" ");
  };
  assert.equal(divisor(true, 1.5), "6.000 ÷ 4 = 1.500");
  assert.equal(divisor(false, 6), "6.000 ÷ 1 = 6.000");
});

test("a batch norm shows every number of its formula", async () => {
  const layer = node({ kind: "batch_norm2d", config: { epsilon: 0 }, output_shape: [1, 1, 1] });
  const input = activation("before", [1, 1, 1], [3]);
  const own = activation("here", [1, 1, 1], [4.5]);
  const parameters = {
    running_mean: { data: [1] },
    running_var: { data: [4] },
    weight: { data: [4] },
    bias: { data: [0.5] },
  };
  const working = present((await arithmeticOf("batch_norm2d"))(question(layer, own, [input], { parameters })));
  assert.equal(
    texts(working.lines.flat()).join(" "),
    "(x 3.000 − μ 1.000 ) / σ 2.000 = 1.000 × γ 4.000 + β 0.500 = 4.500",
  );
});

test("branches are added and gates multiplied channel by channel, a gate standing for its whole map", async () => {
  const a = activation("a", [2, 1, 2], [1, 2, 3, 4]);
  const gate = activation("gate", [2, 1, 1], [0.5, 0.25]);
  const pixel = { channel: 1, y: 0, x: 1 };
  const own = activation("here", [2, 1, 2], [0.5, 1, 0.75, 1]);
  const layer = node({ kind: "multiply", inputs: ["a", "gate"], output_shape: [2, 1, 2] });
  const row = present((await arithmeticOf("multiply"))(question(layer, own, [a, gate], { pixel }))).row(1, null);
  assert.equal(texts(row.cells).slice(1).join(" "), "4.000 × 0.250 = 1.000");
  assert.deepEqual(row.target, { node: "a", channel: 1, y: 0, x: 1 });
});

test("concat and flatten say where a value came from", async () => {
  const [a, b] = [activation("a", [2, 1, 1], [1, 2]), activation("b", [3, 1, 1], [3, 4, 5])];
  const layer = node({ kind: "concat", config: { axis: 1 }, inputs: ["a", "b"], output_shape: [5, 1, 1] });
  const own = activation("here", [5, 1, 1], [1, 2, 3, 4, 5]);
  const working = present(
    (await arithmeticOf("concat"))(question(layer, own, [a, b], { pixel: { channel: 3, y: 0, x: 0 } })),
  );
  assert.equal(working.current, 1);
  assert.deepEqual(working.row(1, null).target, { node: "b", channel: 1, y: 0, x: 0 });
  const map = activation(
    "before",
    [2, 2, 3],
    Array.from({ length: 12 }, (_, index) => index),
  );
  const list = node({ kind: "flatten", output_shape: [12] });
  const flat = present(
    (await arithmeticOf("flatten"))(
      question(list, activation("here", [12], map.data), [map], { pixel: { channel: 11, y: 0, x: 0 } }),
    ),
  );
  assert.deepEqual(flat.row(0, null).target, { node: "before", channel: 1, y: 1, x: 2 });
});

test("a softmax's printed shares add up to a hundred", async () => {
  const scores = [2.1, 1.3, -0.4, 0.05, 3.3, 0.7];
  const powers = scores.map(Math.exp);
  const sum = powers.reduce((all, power) => all + power, 0);
  const layer = node({ kind: "softmax", config: { axis: -1 }, output_shape: [6] });
  const own = activation(
    "here",
    [6],
    powers.map((power) => power / sum),
  );
  const working = present((await arithmeticOf("softmax"))(question(layer, own, [activation("before", [6], scores)])));
  const { rows } = arrange(working, 10, -1);
  assert.equal(
    rows.reduce((all, { share }) => all + Math.round(100 * read(share?.text ?? "")), 0),
    10_000,
  );
  assert.deepEqual(
    rows.map(({ index }) => index),
    [0, 1, 2, 3, 4, 5],
    "in the order of the classes",
  );
});

/** @param {Partial<Explained>} told */
async function toldWorking(told) {
  const layer = node({ kind: "group_norm", output_shape: [1, 1, 1] });
  const around = question(layer, activation("here", [1, 1, 1], [7]), [activation("before", [1, 1, 1], [3])]);
  const term = { node: "before", channel: 0, y: 0, x: 0, width: 1, patch: [3], kernel: [], products: [3], sum: 3, step: [1, 1] };
  const answer = { value: 7, operation: "function", constants: {}, bias: null, terms: [term], rest: { count: 0, sum: 0 } };
  return present((await arithmeticOf("group_norm"))({ ...around, explained: () => /** @type {any} */ ({ ...answer, ...told }) }));
}

test("a kind nobody wrote arithmetic for shows the terms that the server tells, and its value", async () => {
  const working = await toldWorking({ constants: { groups: 2 } });
  assert.deepEqual(texts(working.row(0, null).cells), ["before", "0, 0, 0", "", "3"]);
  assert.ok(texts(working.lines.flat()).includes("7"));
  assert.deepEqual(working.notes, [["With groups 2."]]);
});

test("where the terms are a sum, they and the bias add up to the value", async () => {
  const working = await toldWorking({ operation: "sum", bias: 4 });
  assert.deepEqual(working.adds, [3]);
  assert.deepEqual(texts(working.lines.flat()), ["Σ", "3.000", "+ bias", "4.000", "=", "7.000"]);
});

test("a mean says what the sum is divided by", async () => {
  const working = await toldWorking({ operation: "mean", constants: { divisor: 3 }, value: 1 });
  assert.deepEqual(texts(working.lines.flat()), ["Σ", "3.000", "÷ 3", "→", "1"]);
});
