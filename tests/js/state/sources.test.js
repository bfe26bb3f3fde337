import { differenceOf } from "../../../static/js/state/difference-source.js";
import { sourceOf } from "../../../static/js/state/sources.js";
import { createSubject } from "../../../static/js/state/subject.js";
import { assert, test } from "../harness.js";
import { CONV, MODEL } from "../small-model.js";

/** @import { Activation, TraceView } from "../../../static/js/state/types.js" */
/** @import { Subject } from "../../../static/js/state/subject.js" */

/**
 * @param {string} node
 * @param {number[]} shape
 * @param {readonly number[]} values
 * @returns {Activation}
 */
const layer = (node, shape, values) => ({
  ...{ node, kind: "conv2d", shape, data: Float32Array.from(values) },
  ...{ min: Math.min(...values), max: Math.max(...values), mean: 0, std: 0, zeroFraction: 0 },
});

/** A layer that comes map by map. @param {string} node @param {number[]} shape @returns {Activation} */
const empty = (node, shape) => ({ ...layer(node, shape, []), planes: new Map() });

/**
 * @param {readonly Activation[]} layers
 * @param {typeof MODEL} [model]
 */
function subjectWith(layers, model = MODEL) {
  const subject = createSubject({ leads: false });
  subject.model.value = model;
  subject.shown.value = resultOf(layers, model);
  return subject;
}

/** @param {readonly Activation[]} layers @param {typeof MODEL} model @returns {TraceView} */
function resultOf(layers, model) {
  const image = { id: "aa", width: 8, height: 8, title: "Coffee" };
  const crop = { left: 0, top: 0, width: 8, height: 8 };
  const activations = new Map(layers.map((each) => [each.node, each]));
  return { key: "", model, image, crop, whole: true, activations, top: null, doubt: null, milliseconds: 1, complete: true };
}

/** @param {Subject} a @param {Subject} b @param {string} name */
const difference = (a, b, name) => differenceOf(sourceOf(a), sourceOf(b)).layer(name)?.activation;

test("two subjects stand beside each other, each with its own layers", () => {
  const a = subjectWith([layer("conv", [1, 1, 2], [1, 2])]);
  const b = subjectWith([layer("conv", [1, 1, 2], [5, 6])], { ...MODEL, id: "other" });
  assert.deepEqual(sourceOf(a).layer("conv")?.activation.data, Float32Array.of(1, 2));
  assert.deepEqual(sourceOf(b).layer("conv")?.activation.data, Float32Array.of(5, 6));
  assert.equal(sourceOf(a), sourceOf(a), "the same source every time");
  assert.equal(sourceOf(b).model.value?.id, "other");
  assert.equal(sourceOf(b).address("nodes", "conv"), "/api/traces/other/aa/nodes/conv?crop=0%2C0%2C8");
});

test("a layer that has arrived is shown before the rest, the others are stale until theirs come", () => {
  const subject = subjectWith([layer("conv", [1, 1, 1], [1]), layer("pool", [1, 1, 1], [2])]);
  subject.pending.value = resultOf([layer("conv", [1, 1, 1], [3])], MODEL);
  const source = sourceOf(subject);
  assert.deepEqual([source.layer("conv")?.activation.data[0], source.layer("conv")?.stale], [3, false]);
  assert.deepEqual([source.layer("pool")?.activation.data[0], source.layer("pool")?.stale], [2, true]);
  assert.equal(source.layer("nothing"), null);
});

test("the difference is B less A, value by value, and what it comes to", () => {
  const a = subjectWith([layer("conv", [2, 1, 2], [3, 0, 1, 4])]);
  const b = subjectWith([layer("conv", [2, 1, 2], [3, 4, 1, 1])]);
  const found = difference(a, b, "conv");
  assert.deepEqual(found?.data, Float32Array.of(0, 4, 0, -3));
  assert.deepEqual([found?.min, found?.max], [-3, 4]);
  const { equal, relative, compared, differing, channels } = /** @type {import("../../../static/js/state/types.js").Change} */ (found?.change);
  assert.deepEqual([equal, compared, differing], [false, 4, 2]);
  assert.close(relative ?? NaN, 5 / Math.sqrt(26), 1e-15);
  assert.deepEqual(channels.get(0), { compared: 2, differing: 1, min: 0, max: 4, distance: 16, length: 9 });
  assert.equal(difference(a, b, "conv"), found, "asked again it is the same one");
});

test("equal means bit for bit: minus zero is not zero", () => {
  const a = subjectWith([layer("conv", [1, 1, 2], [0, 0.1]), layer("pool", [1, 1, 1], [0])]);
  const b = subjectWith([layer("conv", [1, 1, 2], [0, 0.1]), layer("pool", [1, 1, 1], [-0])]);
  assert.equal(difference(a, b, "conv")?.change?.equal, true);
  assert.equal(difference(a, b, "conv")?.change?.relative, 0);
  assert.equal(difference(a, b, "pool")?.change?.equal, false);
  assert.equal(difference(a, b, "pool")?.change?.differing, 1);
  assert.equal(difference(a, b, "pool")?.change?.relative, 0);
});

test("where A is all zero there is no ratio, and none is made up", () => {
  const [a, b] = [subjectWith([layer("conv", [1, 1, 1], [0])]), subjectWith([layer("conv", [1, 1, 1], [2])])];
  assert.equal(difference(a, b, "conv")?.change?.relative, null);
});

test("layers of other shapes, and such as one has not, do not differ: they cannot be compared", () => {
  const a = subjectWith([layer("conv", [1, 1, 2], [1, 2]), layer("own", [1, 1, 1], [1])]);
  const b = subjectWith([layer("conv", [2, 1, 1], [1, 2])]);
  for (const name of ["conv", "own", "nothing"]) assert.equal(difference(a, b, name), undefined);
});

test("a difference follows both: another result of A makes another one", () => {
  const [a, b] = [subjectWith([layer("conv", [1, 1, 1], [1])]), subjectWith([layer("conv", [1, 1, 1], [5])])];
  const source = differenceOf(sourceOf(a), sourceOf(b));
  assert.equal(source.layer("conv")?.activation.data[0], 4);
  let told = 0;
  for (const each of source.signals) each.subscribe(() => (told += 1));
  const before = told;
  a.shown.value = resultOf([layer("conv", [1, 1, 1], [3])], MODEL);
  assert.equal(told, before + 1);
  assert.equal(source.layer("conv")?.activation.data[0], 2);
  assert.equal(source.address("nodes", "conv"), null, "the server knows nothing of it");
});

test("of layers that come map by map it has the maps that both have, and says what it does not know yet", () => {
  const [first, second] = [empty("conv", [2, 1, 2]), empty("conv", [2, 1, 2])];
  const [a, b] = [subjectWith([first]), subjectWith([second])];
  first.planes?.set(0, Float32Array.of(1, 2));
  assert.equal(difference(a, b, "conv")?.planes?.size, 0);
  second.planes?.set(0, Float32Array.of(1, 2));
  const some = difference(a, b, "conv");
  assert.deepEqual([...(some?.planes?.keys() ?? [])], [0]);
  assert.deepEqual([some?.change?.equal, some?.change?.relative, some?.change?.compared], [null, null, 2]);
  first.planes?.set(1, Float32Array.of(0, 2));
  second.planes?.set(1, Float32Array.of(0, 5));
  const all = difference(a, b, "conv");
  assert.deepEqual(all?.planes?.get(1), Float32Array.of(0, 3));
  assert.deepEqual([all?.change?.equal, all?.change?.differing], [false, 1]);
  assert.close(all?.change?.relative ?? NaN, 1, 1e-15);
  second.planes?.clear();
  const gone = difference(a, b, "conv");
  assert.equal(gone?.planes?.size, 0, "maps that have given way take theirs along");
  assert.equal(gone?.change?.differing, 1, "what they came to stays known");
});

test("what is in view of a difference is asked of both", async () => {
  const real = globalThis.fetch;
  /** @type {string[]} */
  const asked = [];
  globalThis.fetch = async (input) => {
    asked.push(String(input));
    return Response.json({}, { status: 500 });
  };
  const [a, b] = ["a", "b"].map((id) => {
    const subject = subjectWith([empty(CONV.name, [2, 1, 2])], { ...MODEL, id });
    if (subject.shown.value) subject.shown.value = { ...subject.shown.value, whole: false };
    return subject;
  });
  if (!a || !b) throw new Error("two are made");
  differenceOf(sourceOf(a), sourceOf(b)).want("strip", new Map([[CONV.name, [0]]]));
  for (let tries = 0; tries < 100 && asked.length < 2; tries += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  globalThis.fetch = real;
  assert.deepEqual(asked.map((url) => url.split("/")[3]).sort(), ["a", "b"]);
});
