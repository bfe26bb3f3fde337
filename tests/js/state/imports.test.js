import { scaled, stretched } from "../../../static/js/geometry/scalings.js";
import { labelsIn, titleOf } from "../../../static/js/state/imports.js";
import { assert, test } from "../harness.js";

test("labels are read one a line, with what Windows puts before and between them", () => {
  assert.deepEqual(labelsIn("\uFEFFcat\r\ndog \n\nowl\n\n"), ["cat", "dog", "", "owl"]);
});

test("labels are read from JSON as people have it", () => {
  assert.deepEqual(labelsIn('["cat", 7]'), ["cat", "7"]);
  assert.deepEqual(labelsIn('{"1": "dog", "0": "cat"}'), ["cat", "dog"]);
  assert.deepEqual(labelsIn('{"0": ["n01", "cat"]}'), ["cat"]);
});

test("labels that are none are refused in words", () => {
  /** @param {string} text */
  const refused = async (text) => labelsIn(text);
  return Promise.all([
    assert.rejects(refused(" \n"), /empty/),
    assert.rejects(refused("[1, "), /begins as JSON/),
    assert.rejects(refused('{"1": "dog"}'), /from number 0 on/),
    assert.rejects(refused('[["a", {}]]'), /from number 0 on/),
  ]);
});

test("a model is called as its file", () => {
  assert.equal(titleOf("my_small  net.ONNX"), "my small net");
});

test("pixels are scaled by a file's own numbers", () => {
  const pixels = Float32Array.of(0, 255, 51, 102, 153, 204);
  const numbers = { mean: [0, 0.5, 0.1], std: [1, 0.5, 2], divisor: 255, order: "RGB" };
  const expected = [0, 1, -0.6, -0.2, 0.25, 0.35];
  scaled(pixels, numbers).forEach((value, index) => assert.equal(Math.abs(value - (expected[index] ?? NaN)) < 1e-6, true));
  const caffe = { mean: [1, 2, 3], std: [1, 1, 1], divisor: 1, order: "BGR" };
  assert.deepEqual([...scaled(Float32Array.of(10, 20, 30), caffe)], [29, 18, 7]);
});

test("a stretched picture has its smallest value black and its largest white", () => {
  const { mean, std } = stretched(-2, 6, 3);
  assert.deepEqual([mean.length, std.length], [3, 3]);
  assert.equal(-2 * (std[0] ?? 0) + (mean[0] ?? 0), 0);
  assert.equal(6 * (std[2] ?? 0) + (mean[2] ?? 0), 1);
});
