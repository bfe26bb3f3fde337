import { lengthOf, preset, presetOf, scaledTo, sumOf, turned } from "../../../static/js/geometry/kernels.js";
import { changedEdits, editsOf, mutedIn, numbersNow, shortest, unedited, withEdits } from "../../../static/js/state/edits.js";
import { assert, test } from "../harness.js";

const of = (/** @type {string} */ node, /** @type {string} */ what, which = "2", value = "") => ({ node, what, which, value, rest: "", off: false });

test("edits stand behind the id of a network, and come back from it", () => {
  const edits = [of("conv_1_1", "weight", "2,0", "0.5,-1"), { ...of("a/b:c;~d", "mute"), off: true }];
  const id = withEdits("tiny_vgg~untrained-1", edits);
  assert.equal(id, "tiny_vgg~untrained-1~edit-conv_1_1:weight:2,0:0.5,-1;!a%2Fb%3Ac%3B%7Ed:mute:2");
  assert.deepEqual(editsOf(id), edits);
  assert.equal(unedited(id), "tiny_vgg~untrained-1");
  assert.equal(withEdits(id, []), "tiny_vgg~untrained-1");
  assert.deepEqual(editsOf("tiny_vgg"), []);
});

test("what is set comes before its scale, and that before a mute, whatever came first", () => {
  const edits = changedEdits(changedEdits([of("a", "mute")], [of("a", "scale", "2", "1.5")]), [of("a", "bias", "2", "1")]);
  assert.deepEqual(editsOf(withEdits("m", edits)).map(({ what }) => what), ["bias", "scale", "mute"]);
  assert.equal(changedEdits(edits, [of("a", "scale", "2", "0.5")]).length, 3);
});

test("a number is written with as few digits as make the same float32", () => {
  assert.equal(shortest(Math.fround(0.1)), "0.1");
  for (const value of [1 / 3, -2.5e-8, 123456.789, 0]) assert.equal(Math.fround(Number(shortest(value))), Math.fround(value));
});

test("kernels are turned clockwise and scaled to a length", () => {
  assert.deepEqual(turned([1, 2, 3, 4, 5, 6, 7, 8, 9], 3), [7, 4, 1, 8, 5, 2, 9, 6, 3]);
  assert.ok(Math.abs(lengthOf(scaledTo(preset("blur", 3), 0.31)) - 0.31) < 1e-12);
  assert.deepEqual(scaledTo(preset("zero", 3), 2), preset("zero", 3));
  assert.equal(sumOf(scaledTo(preset("edge \u2195", 3), 0.639)), 0);
});

test("presets are Sobel's edges, binomial blurs and the rest, for kernels of any odd side", () => {
  assert.deepEqual(preset("edge \u2194", 3), [-1, 0, 1, -2, 0, 2, -1, 0, 1]);
  assert.deepEqual(preset("edge \u2195", 5).slice(0, 5), [-1, -4, -6, -4, -1]);
  assert.deepEqual(preset("sharpen", 3), [0, -1, 0, -1, 5, -1, 0, -1, 0]);
  assert.deepEqual(preset("outline", 3), [-1, -1, -1, -1, 8, -1, -1, -1, -1]);
  assert.equal(sumOf(preset("blur", 5)), 256);
  assert.equal(presetOf(scaledTo(preset("blur", 5), 0.2).map(Math.fround)), "blur");
  assert.equal(presetOf([1, 2, 3, 4, 5, 6, 7, 8, 9]), null);
});

test("what a parameter is follows from all edits of it, whole kernels and single numbers", () => {
  const part = { node: "c", what: "weight", at: [1, 0], shape: [2, 2, 2, 2] };
  const edits = [of("c", "weight", "1", "1,2,3,4,5,6,7,8"), of("c", "weight", "1,0,1,1", "9"), of("c", "weight", "0,0", "0"), { ...of("c", "weight", "1,0", "5"), off: true }];
  assert.deepEqual(numbersNow(edits, part, [0, 0, 0, 0]), [1, 2, 3, 9]);
  assert.deepEqual(numbersNow(edits, { ...part, at: [1, 1] }, [0, 0, 0, 0]), [5, 6, 7, 8]);
  assert.deepEqual(numbersNow([of("c", "weight", "1,0", "5")], part, [0, 0, 0, 0]), [5, 5, 5, 5]);
});

test("a whole kernel takes the place of its single numbers", () => {
  const edits = changedEdits([of("c", "weight", "1,0,1,1", "9"), of("c", "weight", "1,2,0,0", "3")], [of("c", "weight", "1,0", "0")]);
  assert.deepEqual(edits.map(({ which }) => which), ["1,2,0,0", "1,0"]);
});

test("a link tells which channels are muted", () => {
  const muted = mutedIn("m~edit-a:mute:2,5;!a:mute:3;b:mute:*", "a");
  assert.deepEqual([2, 3, 5].map(muted), [true, false, true]);
  assert.equal(mutedIn("m~edit-b:mute:*", "b")(7), true);
});
