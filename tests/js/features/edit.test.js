import { groupsOf, told } from "../../../static/js/features/edit/words.js";
import { paintedOn, painting, paints, rectangles } from "../../../static/js/features/edit/painted.js";
import { goesRound } from "../../../static/js/geometry/around.js";
import { preset } from "../../../static/js/geometry/kernels.js";
import { assert, test } from "../harness.js";

const of = (/** @type {string} */ node, /** @type {string} */ what, which = "2", value = "", rest = "") => ({ node, what, which, value, rest, off: false });

/** Places that no brush would leave, and every one of them counts. @param {number} width @param {number} height */
function scattered(width, height) {
  let seed = 7;
  return Array.from({ length: width * height }, (_, at) => at).filter(() => (seed = (seed * 1103 + 12345) % 65_521) % 5 > 1);
}

test("rectangles cover the painted places, each once, and nothing else", () => {
  const places = scattered(11, 9);
  const covered = rectangles(places, 11).flatMap(([top, left, bottom, right]) => {
    const rows = Array.from({ length: bottom - top }, (_, by) => top + by);
    return rows.flatMap((y) => Array.from({ length: right - left }, (_, by) => y * 11 + left + by));
  });
  assert.deepEqual(covered.toSorted((a, b) => a - b), places);
  assert.deepEqual(rectangles([12, 13, 22, 23, 32, 33], 10), [[1, 2, 4, 4]]);
  // a run that ends a row does not go on in the next one
  assert.deepEqual(rectangles([9, 10], 10), [[0, 9, 1, 10], [1, 0, 2, 1]]);
});

test("what is painted on a map comes back from its edits, other channels and switched off ones left out", () => {
  const map = { node: "relu", channel: 3, width: 11 };
  const cells = new Map(scattered(11, 9).map((at) => [at, at % 3 ? 0.25 : -1.5]));
  const edits = painting(cells, map);
  assert.equal(edits.length, 2);
  assert.ok(edits.every((each) => paints(each, map)));
  const others = [of("relu", "fill", "2", "9", "0,0,5,5"), { ...of("relu", "fill", "3", "9", "0,0,9,9"), off: true }, of("relu", "fill", "3", "9")];
  assert.deepEqual([...paintedOn([...others, ...edits], map)].toSorted(([a], [b]) => a - b), [...cells].toSorted(([a], [b]) => a - b));
});

const known = {
  kind: (/** @type {string} */ node) => ({ conv: "conv2d", norm: "batch_norm2d", out: "dense" })[node] ?? "relu",
  channel: (/** @type {string} */ node, /** @type {number} */ at) => (node === "out" ? "espresso" : String(at)),
  input: (/** @type {string} */ _, /** @type {number} */ channel, /** @type {number} */ at) => `in ${channel}/${at}`,
  inputs: () => 3,
  picture: (/** @type {string} */ id) => `photo ${id}`,
};
const texts = (/** @type {ReturnType<typeof of>[]} */ edits) => groupsOf(edits).map((group) => told(group, known));

test("edits that say the same of a channel are one chip, in words", () => {
  const edge = preset("edge \u2195", 3).map((cell) => 0.2 * cell).join();
  const three = [0, 1, 2].map((input) => of("conv", "weight", `8,${input}`, edge));
  assert.deepEqual(texts(three), ["conv \u00b7 8: edge \u2195 on all 3 inputs"]);
  assert.deepEqual(texts(three.slice(0, 2)), ["conv \u00b7 8: edge \u2195 on 2 inputs"]);
  assert.deepEqual(texts([of("conv", "weight", "8,1", "1,2,3,4,5,6,7,8,9")]), ["conv \u00b7 8: kernel on in 8/1"]);
  assert.deepEqual(texts([of("conv", "weight", "8,1,0,0", "1")]), ["conv \u00b7 8: 1 number"]);
  const off = { ...of("conv", "weight", "8,2", edge), off: true };
  assert.deepEqual(texts([...three.slice(0, 2), off]), ["conv \u00b7 8: edge \u2195 on 2 inputs", "conv \u00b7 8: edge \u2195 on in 8/2"]);
  assert.deepEqual(texts([of("conv", "mute", "2,5"), of("relu", "mute", "*"), of("conv", "scale", "2", "1.5")]), ["conv \u00b7 2, 5 muted", "relu \u00b7 all channels muted", "conv \u00b7 2 \u00d7 1.50"]);
  assert.deepEqual(texts([of("relu", "fill", "9", "2", "0,0,2,3_4,4,5,5"), of("relu", "fill", "9", "1", "7,7,8,8")]), ["relu \u00b7 9: 8 values painted"]);
  assert.deepEqual(texts([of("norm", "weight", "1", "0.5"), of("out", "weight", "0,7", "1"), of("out", "weight", "0,8", "1")]), ["norm \u00b7 1: scale 0.500", "out \u00b7 espresso: 2 weights"]);
  assert.deepEqual(texts([of("out", "weight", "0", "0")]), ["out \u00b7 espresso: all weights"]);
  assert.deepEqual(texts([of("relu", "patch", "*", "abc"), of("conv", "patch", "2", "abc,1,2,3", "3,4,6,9")]), ["relu \u00b7 all channels from photo abc", "conv \u00b7 2, rows 3 to 5, columns 4 to 8, from photo abc"]);
});

test("what goes round a layer is found: a skip, and neither a chain nor a branch that ends in it", () => {
  const step = (/** @type {string} */ name, /** @type {string[]} */ ...inputs) => ({ name, inputs });
  const nodes = [step("in"), step("a", "in"), step("b", "a"), step("add", "b", "a"), step("c", "add"), step("d", "c"), step("sum", "c", "d"), step("out", "sum")];
  assert.equal(goesRound(nodes, "b"), "add");
  assert.equal(goesRound(nodes, "d"), "sum");
  for (const whole of ["in", "a", "add", "c", "sum", "out"]) assert.equal(goesRound(nodes, whole), null);
});
