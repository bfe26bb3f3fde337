import { blocksOf, foldedGraph } from "../../../static/js/geometry/blocks.js";
import { lanePlan } from "../../../static/js/geometry/lanes.js";
import { evenLayout, lensLayout } from "../../../static/js/geometry/layout.js";
import { layersNamed } from "../../../static/js/features/strip/layer-search.js";
import { assert, test } from "../harness.js";
import { MODEL } from "../small-model.js";

/** @import { ColumnSpec } from "../../../static/js/geometry/layout.js" */

/** Input, a split into branches of 1, 2 and 4 layers, and what merges them: 0, then 1, 2-3 and 4-7, then 8. */
const INCEPTION = [[], [0], [0], [2], [0], [4], [5], [6], [1, 3, 7], [8]];

/** @param {ReturnType<typeof lanePlan>} plan */
const slots = ({ places }) => places.map(({ slot }) => slot);
/** @param {ReturnType<typeof lanePlan>} plan */
const lanesOf = ({ places }) => places.map(({ lane, lanes }) => `${lane}/${lanes}`);
/** @param {readonly {from: number, to: number}[]} edges */
const pairs = (edges) => edges.map(({ from, to }) => `${from}-${to}`);

test("a chain stands in a line, without arcs or wires", () => {
  const plan = lanePlan([[], [0], [1], [2]]);
  assert.deepEqual(slots(plan), [0, 1, 2, 3]);
  assert.deepEqual(lanesOf(plan), ["0/1", "0/1", "0/1", "0/1"]);
  assert.deepEqual([plan.wires, plan.skips], [[], []]);
});

test("branches stand in lanes, and end beside what merges them", () => {
  const plan = lanePlan(INCEPTION);
  assert.deepEqual(lanesOf(plan), ["0/1", "0/3", "1/3", "1/3", "2/3", "2/3", "2/3", "2/3", "0/1", "0/1"]);
  assert.deepEqual(slots(plan), [0, 4, 3, 4, 1, 2, 3, 4, 5, 6]);
  assert.deepEqual(plan.skips, []);
  assert.deepEqual(pairs(plan.wires), ["0-1", "0-2", "2-3", "0-4", "4-5", "5-6", "6-7", "1-8", "3-8", "7-8"]);
  assert.deepEqual(plan.wires.filter(({ along }) => along === "from").map(({ from }) => from), [1, 3, 7]);
});

test("what skips a chain, with a layer of its own or without, is an arc", () => {
  const residual = lanePlan([[], [0], [1], [2, 0], [3]]);
  assert.deepEqual(slots(residual), [0, 1, 2, 3, 4]);
  assert.deepEqual(pairs(residual.skips), ["0-3"]);
  const projected = lanePlan([[], [0], [1], [2], [3], [0], [4, 5]]);
  assert.deepEqual(lanesOf(projected), Array(7).fill("0/1"));
  assert.deepEqual(pairs(projected.skips), ["0-5", "4-6"]);
});

test("what reads everything before it, as in DenseNet, stays in one line", () => {
  const plan = lanePlan([[], [0], [0, 1], [2], [0, 1, 3], [4], [0, 1, 3, 5]]);
  assert.deepEqual(slots(plan), [0, 1, 2, 3, 4, 5, 6]);
  assert.deepEqual(pairs(plan.skips), ["0-2", "0-4", "1-4", "0-6", "1-6", "3-6"]);
});

test("a branch that splits off from a branch comes right below it", () => {
  // 0 → 1; 0 → 2 → {3, 4}; 0 → 5 → 6; all into 7
  const plan = lanePlan([[], [0], [0], [2], [2], [0], [5], [1, 3, 4, 6]]);
  assert.deepEqual(lanesOf(plan), ["0/1", "0/4", "1/4", "1/4", "2/4", "3/4", "3/4", "0/1"]);
  assert.deepEqual(plan.wires.find(({ to }) => to === 4), { from: 2, to: 4, along: "to" });
});

test("no two layers share a place, every layer stands after what it reads, whatever the graph", () => {
  let state = 1;
  const random = (/** @type {number} */ below) => (state = (state * 48271) % 2147483647) % below;
  for (let round = 0; round < 200; round += 1) {
    const count = 2 + random(30);
    const inputs = Array.from({ length: count }, (_, at) =>
      at ? [...new Set(Array.from({ length: 1 + random(3) }, () => Math.max(0, at - 1 - random(6))))] : [],
    );
    const { places, wires, skips } = lanePlan(inputs);
    const taken = places.map(({ slot, lane }) => `${slot} ${lane}`);
    assert.equal(new Set(taken).size, count);
    const whole = places.filter(({ lanes }) => lanes === 1).map(({ slot }) => slot);
    assert.equal(whole.every((slot) => places.filter((place) => place.slot === slot).length === 1), true);
    const drawn = new Set(pairs([...wires, ...skips]));
    inputs.forEach((sources, to) => {
      for (const from of sources) {
        const [a, b] = [places[from]?.slot ?? 0, places[to]?.slot ?? 0];
        assert.equal(a < b, true);
        assert.equal(b - a === 1 || drawn.has(`${from}-${to}`), true, `${from}-${to} of ${JSON.stringify(inputs)}`);
      }
    });
    for (const { from, to, along } of wires) {
      const way = places[along === "to" ? to : from];
      const between = places.filter(({ slot }) => slot > (places[from]?.slot ?? 0) && slot < (places[to]?.slot ?? 0));
      assert.equal(between.some(({ lane, lanes }) => lanes === 1 || lane === way?.lane), false, "a wire's lane is free:");
    }
  }
});

/** @param {string} name @param {string} kind @param {string[]} inputs */
const layer = (name, kind, inputs) => ({ name, kind, inputs, output_shape: [4, 8, 8] });

/** @param {readonly string[]} names @param {(name: string) => string} kind */
const chain = (names, kind) => names.map((name, at) => layer(name, at ? kind(name) : "input", at ? [names[at - 1] ?? ""] : []));

test("blocks are found by the names of their layers, as deep as they say something", () => {
  const parts = ["conv1/Conv", "bn1/BatchNormalization", "relu/Relu", "conv2/Conv", "add/Add"];
  const names = ["input", ...[0, 1, 2, 3, 4, 5].flatMap((n) => parts.map((part) => `/layer${n >> 1}/layer${n >> 1}.${n % 2}/${part}`)), "head"];
  const blocks = blocksOf(chain(names, () => "conv2d"));
  assert.deepEqual(blocks.map(({ name }) => name), ["layer0.0", "layer0.1", "layer1.0", "layer1.1", "layer2.0", "layer2.1"]);
  assert.deepEqual([blocks[0]?.from, blocks[0]?.to, blocks[5]?.to], [1, 5, 30]);
});

test("where names say nothing, blocks end with pools and with merges", () => {
  const kinds = ["conv2d", "relu", "conv2d", "relu", "max_pool2d"];
  const names = ["input", ...Array.from({ length: 25 }, (_, at) => `node${at}`)];
  const blocks = blocksOf(chain(names, (name) => kinds[Number(name.slice(4)) % 5] ?? ""));
  assert.deepEqual(blocks.map(({ from, to }) => [from, to]), [[1, 5], [6, 10], [11, 15], [16, 20], [21, 25]]);
  const merged = ["conv2d", "batch_norm2d", "relu", "conv2d", "add", "relu"];
  const residual = chain(names, (name) => merged[Number(name.slice(4)) % 6] ?? "").map((node, at) =>
    node.kind === "add" ? { ...node, inputs: [...node.inputs, names[at - 5] ?? ""] } : node,
  );
  assert.deepEqual(blocksOf(residual).map(({ from, to }) => [from, to]), [[1, 6], [7, 12], [13, 18], [19, 24]]);
});

test("a short network has no blocks", () => {
  assert.deepEqual(blocksOf(chain(["input", "a/b", "a/c", "a/d", "a/e", "a/f"], () => "conv2d")), []);
});

test("a folded block is its last layer, and reads what any of it reads", () => {
  const layers = [
    layer("input", "input", []),
    layer("a", "conv2d", ["input"]),
    layer("b1", "conv2d", ["a"]),
    layer("b2", "conv2d", ["b1"]),
    layer("b3", "add", ["b2", "input"]),
    layer("c", "add", ["b3", "b1"]),
  ];
  const blocks = [{ name: "b", from: 2, to: 4 }];
  assert.deepEqual(foldedGraph(layers, blocks, new Set()).shown, [0, 1, 2, 3, 4, 5]);
  const folded = foldedGraph(layers, blocks, new Set(["b"]));
  assert.deepEqual(folded.shown, [0, 1, 4, 5]);
  assert.deepEqual(folded.standIn, [0, 1, 2, 2, 2, 3]);
  assert.deepEqual(folded.inputs, [[], [0], [1, 0], [2]]);
});

/** @returns {ColumnSpec[]} */
function laned() {
  const { places } = lanePlan(INCEPTION);
  return places.map((place, at) => ({
    ...{ form: "maps", channels: 8, shown: place.lanes > 1 ? [0, 1, 2] : [0, 1, 2, 3, 4, 5, 6, 7], aspect: 1, mixes: false },
    ...{ ribbons: true, sources: INCEPTION[at] ?? [], place },
  }));
}

const STAGE = { width: 1200, height: 500, lanes: { y: 20, height: 570 } };

test("lanes lie below each other and hold their maps", () => {
  const { columns } = evenLayout(laned(), STAGE);
  assert.deepEqual([1, 3, 7].map((at) => columns[at]?.x), Array(3).fill(columns[1]?.x));
  assert.deepEqual([1, 2, 4].map((at) => columns[at]?.lane?.y), [20, 210, 400]);
  assert.equal(columns[8]?.lane, null);
  for (const { lane, cells } of columns) {
    if (!lane) continue;
    assert.equal(lane.y + lane.head + lane.rows <= 20 + 570, true);
    for (const { y, height } of cells) assert.equal(y >= 0 && y + height <= lane.rows, true);
  }
});

test("the chosen layer of a lane has the whole height, and its neighbours stand after it", () => {
  const { columns } = lensLayout(laned(), 3, STAGE);
  const [chosen, other] = [columns[3], columns[7]];
  assert.equal(chosen?.lane, null);
  assert.equal((chosen?.x ?? 0) + (chosen?.width ?? 0) < (other?.x ?? 0), true);
  assert.equal(columns[1]?.x, other?.x);
  assert.equal(columns[2]?.role, "source");
  assert.equal((columns[2]?.x ?? 0) + (columns[2]?.width ?? 0) < (chosen?.x ?? 0), true);
});

test("layers are found by name and by kind, those that begin so first", () => {
  assert.deepEqual(layersNamed(MODEL.nodes, "").map(({ name }) => name), ["input", "conv", "pool", "output"]);
  assert.deepEqual(layersNamed(MODEL.nodes, " PUT").map(({ name }) => name), ["input", "output"]);
  assert.deepEqual(layersNamed(MODEL.nodes, "max p").map(({ name }) => name), ["pool"]);
  assert.deepEqual(layersNamed(MODEL.nodes, "o").map(({ name }) => name)[0], "output");
  assert.deepEqual(layersNamed(MODEL.nodes, "nothing"), []);
});
