import { PRESETS, lengthOf, scaledTo, sumOf, turned } from "../../../static/js/geometry/kernels.js";
import { changedEdits, editsOf, shortest, unedited, withEdits } from "../../../static/js/state/edits.js";
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
  assert.ok(Math.abs(lengthOf(scaledTo(PRESETS.blur, 0.31)) - 0.31) < 1e-12);
  assert.deepEqual(scaledTo(PRESETS.zero, 2), PRESETS.zero);
  assert.equal(sumOf(scaledTo(PRESETS["edge \u2195"], 0.639)), 0);
});
