import { fieldWords } from "../../../static/js/features/inspector/facts.js";
import { assert, test } from "../harness.js";

/** @import { ModelDetail } from "../../../static/js/api/client.js" */

const INPUT = /** @type {ModelDetail["input"]} */ ({ channels: 3, height: 64, width: 48 });

/** @param {[number, number]} size @param {[number, number]} stride @param {[number, number]} offset */
const words = (size, stride = [0, 0], offset = [0, 0]) => fieldWords({ size, stride, offset }, INPUT);

test("a window has its size, its step and where it begins", () => {
  assert.equal(words([3, 3], [2, 2], [-1, -2]), "3×3 px; moves 2 px a value; the first begins at row −1, column −2");
});

test("only what sees everything sees the whole photo", () => {
  assert.equal(words([64, 48]), "64×48 px, the whole photo");
  assert.equal(words([4, 5]), "up to 4×5 px; it differs from value to value, exact in the outline on the photo");
});
