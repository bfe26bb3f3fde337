import { defaultCrop, fitCrop } from "../../../static/js/state/crop.js";
import { clampPixel, firstSelection, moveSelection, nearestPixel } from "../../../static/js/state/selection.js";
import { createSubject } from "../../../static/js/state/subject.js";
import { EXPLORE_FIELDS, addressHas, readView } from "../../../static/js/state/url.js";
import { assert, test } from "../harness.js";
import { CONV, INPUT, MODEL, OUTPUT, POOL, SQUARE } from "../small-model.js";

const WIDE = { ...SQUARE, height: 32 };

test("the default crop is the largest centred one of the network's proportions", () => {
  assert.deepEqual(defaultCrop(SQUARE, { width: 600, height: 400 }), { left: 100, top: 0, width: 400, height: 400 });
  assert.deepEqual(defaultCrop(SQUARE, { width: 301, height: 451 }), { left: 0, top: 75, width: 301, height: 301 });
  assert.deepEqual(defaultCrop(WIDE, { width: 100, height: 100 }), { left: 0, top: 25, width: 100, height: 50 });
  assert.deepEqual(defaultCrop(SQUARE, { width: 1, height: 9 }), { left: 0, top: 4, width: 1, height: 1 });
});

test("a wished crop keeps the proportions and stays inside the image", () => {
  const image = { width: 100, height: 80 };
  for (const wish of [
    { left: -20, top: -5, width: 40 },
    { left: 90, top: 70, width: 40 },
    { left: 10.6, top: 3.2, width: 1e9 },
    { left: 0, top: 0, width: -3 },
  ]) {
    for (const input of [SQUARE, WIDE]) {
      const { left, top, width, height } = fitCrop(input, image, wish);
      assert.ok(left >= 0 && top >= 0 && width >= 8 && height >= 1, JSON.stringify(wish));
      assert.ok(left + width <= image.width && top + height <= image.height, JSON.stringify(wish));
      assert.equal(height, Math.round((width * input.height) / input.width));
      assert.ok([left, top, width].every(Number.isInteger));
    }
  }
});

test("moving to another layer stays at the same place of the image", () => {
  assert.deepEqual(nearestPixel(CONV, POOL, { y: 20, x: 41 }), { y: 10, x: 20 });
  assert.deepEqual(nearestPixel(POOL, INPUT, { y: 10, x: 20 }), { y: 22, x: 42 });
  assert.deepEqual(nearestPixel(INPUT, CONV, { y: 0, x: 63 }), { y: 0, x: 61 });
});

test("from and to a layer without places the middle is taken", () => {
  assert.deepEqual(nearestPixel(OUTPUT, POOL, { y: 0, x: 0 }), { y: 15, x: 15 });
  assert.deepEqual(nearestPixel(POOL, OUTPUT, { y: 9, x: 9 }), { y: 0, x: 0 });
});

test("the channel follows where there is one", () => {
  const from = { node: "conv", channel: 7, y: 5, x: 5 };
  assert.equal(moveSelection(MODEL, from, "pool").channel, 7);
  assert.equal(moveSelection(MODEL, from, "input").channel, 2);
  assert.equal(moveSelection(MODEL, from, "nothing"), from);
});

test("a pixel outside its layer is brought inside", () => {
  assert.deepEqual(clampPixel(POOL, { node: "pool", channel: 99, y: -4, x: 31 }), { node: "pool", channel: 9, y: 0, x: 30 });
});

test("a model opens with the middle of a convolution", () => {
  assert.deepEqual(firstSelection(MODEL), { node: "conv", channel: 0, y: 30, x: 30 });
});

test("an address is read field by field, and nonsense is left out", () => {
  addressHas(createSubject(), EXPLORE_FIELDS);
  const search = "?model=m&image=abc&crop=1,2,30&layer=conv&channel=3&y=4&x=5&view=even&scale=map&other=1";
  const view = { model: "m", image: "abc", crop: { left: 1, top: 2, width: 30 }, layer: "conv" };
  assert.deepEqual(readView(search), { ...view, channel: 3, y: 4, x: 5, view: "even", scale: "map" });
  assert.deepEqual(readView("?crop=1,2&channel=-3&y=1e5&x=&view=odd&scale="), {});
  assert.deepEqual(readView("?crop=1,2,0"), {});
  assert.deepEqual(readView("?crop=a,b,c&__proto__=1&toString=2"), {});
});
