import { barHeights, histogram, shareOf } from "../../../static/js/draw/chart.js";
import { colormap, colour, cssColour, inkOn, legendGradient, legendImage, paint, paintPhoto } from "../../../static/js/draw/colormap.js";
import { arc, lanes, ribbon, stack, wire } from "../../../static/js/draw/edges.js";
import { oklchOf, rgbOf } from "../../../static/js/draw/oklch.js";
import { bySize, convolutionTerms, denseTerms, largestCell, placeOf } from "../../../static/js/draw/products.js";
import {
  contributions,
  mapKindOf,
  meanSquare,
  plane,
  scaleFor,
  sliceStrengths,
  strongest,
  summary,
  valueAt,
} from "../../../static/js/draw/tensor.js";
import { assert, test } from "../harness.js";

const ONE = { low: -1, high: 1 };
const ANCHORS = {
  light: ["18307A", "2162B7", "3E9ADF", "8BCFF3", "FCFAF7", "EFBB67", "DB7301", "AB3707", "681119"],
  dark: ["D6F2FE", "69B8EE", "347BC1", "1F4274", "171413", "692F17", "B9590F", "EF9935", "FFEBBD"],
};

/** @param {readonly number[]} rgb */
const hex = (rgb) =>
  rgb
    .map((part) => part.toString(16).padStart(2, "0"))
    .join("")
    .toUpperCase();

/** @param {string} text */
const parts = (text) => [0, 2, 4].map((start) => Number.parseInt(text.slice(start, start + 2), 16));

test("the diverging map passes through the colours of the design in both themes", () => {
  for (const theme of /** @type {const} */ (["light", "dark"])) {
    ANCHORS[theme].forEach((anchor, index) => {
      // The table has no entry exactly at the quarters: a neighbour may differ by a step or two.
      const found = colour(-1 + index / 4, ONE, colormap("diverging", theme));
      parts(anchor).forEach((part, at) => assert.close(found[at] ?? NaN, part, 3));
    });
  }
});

test("zero has the same colour in every map of values", () => {
  for (const theme of /** @type {const} */ (["light", "dark"])) {
    const neutral = ANCHORS[theme][4];
    assert.equal(hex(colour(0, ONE, colormap("diverging", theme))), neutral);
    assert.equal(hex(colour(0, { low: 0, high: 3 }, colormap("sequential", theme))), neutral);
    assert.equal(hex(colour(0, { low: 0, high: 0 }, colormap("sequential", theme))), neutral);
    assert.equal(hex(colour(0, { low: 0, high: 0 }, colormap("diverging", theme))), neutral);
  }
});

test("the sequential map is the positive half of the diverging one", () => {
  const [all, half] = [colormap("diverging", "light"), colormap("sequential", "light")];
  for (const value of [0.2, 0.6, 1]) {
    const [a, b] = [colour(value, ONE, all), colour(value, { low: 0, high: 1 }, half)];
    a.forEach((part, at) => assert.close(part, b[at] ?? NaN, 3));
  }
});

test("both signs are equally light at equal magnitude, and light falls with magnitude", () => {
  const map = colormap("diverging", "light");
  let before = Infinity;
  for (const value of [0.1, 0.3, 0.5, 0.7, 0.9]) {
    const [up, down] = [oklchOf(hex(colour(value, ONE, map))), oklchOf(hex(colour(-value, ONE, map)))];
    assert.close(up.lightness, down.lightness, 0.02);
    assert.ok(up.lightness < before);
    before = up.lightness;
  }
});

test("faint values have the hue of the strong ones of their sign", () => {
  const map = colormap("diverging", "dark");
  for (const [faint, strong] of [
    [0.15, 0.25],
    [-0.15, -0.25],
  ]) {
    const hues = [faint, strong].map((value) => oklchOf(hex(colour(value ?? 0, ONE, map))).hue);
    assert.close(hues[0] ?? NaN, hues[1] ?? NaN, 8);
  }
});

test("a colour comes back from OKLCH as it was", () => {
  for (const text of ["18307A", "DB7301", "808080"]) assert.equal(hex(rgbOf(oklchOf(text))), text);
});

test("painting gives one pixel per value and leaves missing values transparent", () => {
  const image = paint(Float32Array.of(-1, 0, NaN, 1, 2, -5), 3, 2, ONE, colormap("diverging", "light"));
  assert.deepEqual([image.width, image.height], [3, 2]);
  const alpha = [0, 1, 2, 3, 4, 5].map((index) => image.data[4 * index + 3]);
  assert.deepEqual(alpha, [255, 255, 0, 255, 255, 255]);
  assert.equal(hex([...image.data.slice(0, 3)]), "18307A");
  assert.equal(hex([...image.data.slice(12, 15)]), hex([...image.data.slice(16, 19)]), "beyond the scale is its end:");
});

test("a photo is painted with the model's normalisation undone", () => {
  const image = paintPhoto(Float32Array.of(-1, 0, 1), 1, 1, { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] });
  assert.deepEqual([...image.data], [0, 128, 255, 255]);
  assert.deepEqual([...paintPhoto(Float32Array.of(0.2), 1, 1, { mean: [0], std: [1] }).data], [51, 51, 51, 255]);
  const caffe = { mean: [100, 110, 120], std: [1, 1, 1], divisor: 1, order: "BGR" };
  assert.deepEqual([...paintPhoto(Float32Array.of(1, 2, 3), 1, 1, caffe).data], [123, 112, 101, 255], "blue first:");
});

test("values are painted over those before, and what is missing now is transparent", () => {
  const map = colormap("sequential", "light"), scale = { low: 0, high: 1 };
  const first = paint(Float32Array.of(1, 1), 2, 1, scale, map);
  const again = paint(Float32Array.of(0, NaN), 2, 1, scale, map, first);
  assert.ok(again === first);
  assert.deepEqual([...again.data], [...paint(Float32Array.of(0, NaN), 2, 1, scale, map).data]);
  assert.ok(paint(Float32Array.of(0), 1, 1, scale, map, first) !== first, "another size:");
});

test("a legend runs from one end of its map to the other", () => {
  const image = legendImage(colormap("grey", "light"), 64);
  assert.deepEqual([image.data[0], image.data[4 * 63]], [0, 255]);
});

test("a legend made of a gradient has the colours of its map at both ends and at zero", () => {
  const map = colormap("diverging", "light");
  const stops = legendGradient(map).match(/rgb\([^)]*\)/g) ?? [];
  const wanted = [-1, 0, 1].map((value) => cssColour(colour(value, { low: -1, high: 1 }, map)));
  assert.deepEqual([stops[0], stops[32], stops.at(-1)], wanted);
  assert.equal(stops.length, 65);
});

test("ink is black on light and white on dark", () => {
  assert.deepEqual([inkOn([255, 240, 200]), inkOn([24, 48, 122])], ["#000", "#fff"]);
});

test("planes and values are found in C order", () => {
  const tensor = { shape: [2, 2, 3], data: Float32Array.from({ length: 12 }, (_, index) => index) };
  assert.deepEqual([...plane(tensor, 1)], [6, 7, 8, 9, 10, 11]);
  assert.equal(valueAt(tensor, 1, 1, 0), 9);
  assert.equal(valueAt({ shape: [3], data: Float32Array.of(5, 6, 7) }, 2, 0, 0), 7);
});

test("a summary counts zeros and leaves missing values out", () => {
  const { min, max, mean, std, zeros, count } = summary(Float32Array.of(0, 4, NaN, -2, 0));
  assert.deepEqual([min, max, mean, zeros, count], [-2, 4, 0.5, 2, 4]);
  assert.close(std, Math.sqrt((0.25 + 12.25 + 6.25 + 0.25) / 4));
});

test("scales keep zero at the neutral colour", () => {
  assert.deepEqual(scaleFor(-1, 3, "diverging"), { low: -3, high: 3 });
  assert.deepEqual(scaleFor(0, 3, "sequential"), { low: 0, high: 3 });
  assert.equal(mapKindOf({ kind: "conv2d", min: -0.1 }), "diverging");
  assert.equal(mapKindOf({ kind: "relu", min: 0 }), "sequential");
});

test("the strongest channels come in channel order, with those asked for among them", () => {
  const tensor = { shape: [4, 1, 2], data: Float32Array.of(1, 0, 5, 5, 0, NaN, -9, 0) };
  const channels = [0, 1, 2, 3].map((channel) => meanSquare(plane(tensor, channel)));
  assert.deepEqual(channels, [0.5, 25, 0, 40.5]);
  assert.deepEqual(strongest(channels, 2), [1, 3]);
  assert.deepEqual(strongest(channels, 2, [2]), [2, 3]);
  assert.deepEqual(strongest(channels, 9), [0, 1, 2, 3]);
});

test("a kernel slice has a norm and a signed sum", () => {
  const kernel = Float32Array.of(0, 0, 3, -4, 1, 1, 2, -6);
  const [first, second] = sliceStrengths(kernel, [2, 2, 1, 2], 0);
  assert.deepEqual(
    [first, second],
    [
      { norm: 0, sum: 0 },
      { norm: 5, sum: -1 },
    ],
  );
  assert.equal(sliceStrengths(kernel, [2, 2, 1, 2], 1)[1]?.sum, -4);
});

test("contributions of the parts add up to the score", () => {
  const weights = Float32Array.of(9, 9, 9, 9, 1, 2, 3, 4);
  const ranges = [
    { from: 0, to: 1 },
    { from: 1, to: 4 },
  ];
  assert.deepEqual(contributions(weights, Float32Array.of(1, 1, 2, -1), 1, ranges), [1, 4]);
});

test("every value falls into one bin, the upper bound into the last", () => {
  assert.deepEqual(histogram(Float32Array.of(-1, -0.5, 0, 0.99, 1, NaN, 7), ONE, 4), [1, 1, 1, 3]);
  assert.deepEqual(histogram(Float32Array.of(0, 0), { low: 0, high: 0 }, 3), [2, 0, 0]);
});

test("rare values stay visible beside a heap of zeros", () => {
  const heights = barHeights([10_000, 1, 100, 0], 28, 0);
  assert.deepEqual(heights, [28, 3, 28, 0]);
  assert.equal(shareOf(0.5, ONE), 0.75);
});

test("stacked ribbons fill the bar in proportion", () => {
  assert.deepEqual(stack([1, 3], 10, 40), [
    { thickness: 10, middle: 15 },
    { thickness: 30, middle: 35 },
  ]);
});

test("arcs that overlap run in different lanes, the shortest lowest", () => {
  assert.deepEqual(
    lanes([
      { from: 0, to: 9 },
      { from: 1, to: 4 },
      { from: 5, to: 8 },
      { from: 3, to: 6 },
    ]),
    [2, 0, 0, 1],
  );
});

test("edges are path data between their ends", () => {
  assert.equal(wire({ x: 0, y: 1 }, { x: 10, y: 5 }), "M0 1C5 1 5 5 10 5");
  assert.ok(ribbon({ x: 0, y: 10 }, { x: 10, y: 20 }, 4).startsWith("M0 8C5 8 5 18 10 18V22"));
  assert.ok(arc(0, 100, 30, 10).endsWith("V30"));
});

const kernel3 = { kernel_size: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 };
const counting = (/** @type {number} */ length) => Float32Array.from({ length }, (_, index) => index);

test("the terms of a convolution add up to its value, padding adding nothing", () => {
  const input = { shape: [2, 3, 3], data: counting(18) };
  const weights = { shape: [1, 2, 3, 3], data: counting(18) };
  const terms = convolutionTerms({ config: kernel3 }, weights, input, { channel: 0, y: 0, x: 1 });
  // Window of rows -1..1 and columns 1..3: the first row and the last column are padding.
  assert.deepEqual(
    terms[0]?.patch.map((value) => (Number.isNaN(value) ? "-" : value)),
    ["-", "-", "-", 1, 2, "-", 4, 5, "-"],
  );
  assert.deepEqual(
    terms.map((term) => term.sum),
    [3 * 1 + 4 * 2 + 6 * 4 + 7 * 5, 12 * 10 + 13 * 11 + 15 * 13 + 16 * 14],
  );
});

test("a filter of a group reads the channels of its own group alone", () => {
  const input = { shape: [4, 1, 1], data: counting(4) };
  const weights = { shape: [4, 2, 1, 1], data: counting(8) };
  const config = { kernel_size: [1, 1], stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 2 };
  const terms = convolutionTerms({ config }, weights, input, { channel: 3, y: 0, x: 0 });
  assert.deepEqual(
    terms.map(({ channel, sum }) => [channel, sum]),
    [
      [2, 12],
      [3, 21],
    ],
  );
});

test("parts come from the largest to the smallest, of either sign", () => {
  assert.deepEqual(bySize([1, -9, 3, 0.5, -3]), [1, 2, 4, 0, 3]);
});

test("every cell of a patch says which value it is: through stride, dilation and padding", () => {
  const config = { kernel_size: [2, 2], stride: [2, 2], padding: [1, 1, 0, 0], dilation: [2, 2], groups: 1 };
  const input = { shape: [1, 4, 4], data: counting(16) };
  const weights = { shape: [1, 1, 2, 2], data: Float32Array.of(1, 1, 1, -5) };
  const [term] = convolutionTerms({ config }, weights, input, { channel: 0, y: 1, x: 0 });
  if (!term) throw new Error("no term");
  // Rows 1 and 3, columns -1 and 1.
  assert.deepEqual(
    [0, 1, 2, 3].map((cell) => placeOf(term, cell)),
    [null, { channel: 0, y: 1, x: 1 }, null, { channel: 0, y: 3, x: 1 }],
  );
  assert.equal(largestCell(term), 3);
  assert.equal(term.sum, 5 - 5 * 13);
});

test("a dense layer is told map by map of what was flattened", () => {
  const input = { shape: [2, 1, 2], data: Float32Array.of(1, 2, 3, 4) };
  const weights = { shape: [2, 4], data: Float32Array.of(0, 0, 0, 0, 1, 10, 100, 1000) };
  assert.deepEqual(
    denseTerms(weights, input, 1).map((term) => term.sum),
    [21, 4300],
  );
});
