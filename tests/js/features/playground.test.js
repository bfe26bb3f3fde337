import { convolve, outputSize, shifted, sourceIndex, termsAt } from "../../../static/js/geometry/convolution.js";
import { FILTERS, cellText, cellValue, filterCells, resized } from "../../../static/js/geometry/filters.js";
import { badCell, illegal, sizeFormula } from "../../../static/js/geometry/legal-settings.js";
import { movedPlace, readsTheSame, sameBits, sameValues, strongest } from "../../../static/js/geometry/same-answer.js";
import { readPlayground, writePlayground } from "../../../static/js/state/playground-address.js";
import {
  START,
  canUndo,
  lookAt,
  pickFilter,
  pickTrained,
  playground,
  resetKernel,
  setCell,
  setPlane,
  setSetting,
  undo,
} from "../../../static/js/state/playground.js";
import { assert, test } from "../harness.js";

/** @import { FilterName } from "../../../static/js/geometry/filters.js" */

const SAME = /** @type {const} */ ({ size: 3, stride: 1, padding: 1, dilation: 1, mode: "zeros" });
const SQUARE = { width: 64, height: 64 };

/** @param {number[]} values @param {number} width */
const picture = (values, width) => ({ planes: [Float32Array.from(values)], width, height: values.length / width });

/** @param {FilterName} name @param {number} [size] */
const kernel = (name, size = 3) => ({ slices: [Float32Array.from(filterCells(name, size), cellValue)], bias: 0 });

/** A photo of whole numbers without any pattern. @param {number} side */
const noise = (side) => {
  let seed = 1;
  return picture(Array.from({ length: side * side }, () => (seed = (seed * 1103 + 12345) % 65_521) % 256), side);
};

const begin = () => readPlayground(new URLSearchParams());

test("the size of the map, and its formula with the numbers filled in", () => {
  assert.equal(outputSize(64, SAME), 64);
  assert.equal(outputSize(7, { size: 3, stride: 2, padding: 0, dilation: 2 }), 2);
  assert.equal(outputSize(4, { size: 5, stride: 1, padding: 0, dilation: 1 }), 0);
  assert.equal(sizeFormula(64, SAME), "floor((64 + 2·1 − 1·(3 − 1) − 1) / 1) + 1 = 64");
});

test("zeros, the opposite side or a mirror stand beyond the border", () => {
  assert.deepEqual([-2, -1, 0, 3, 4, 5].map((at) => sourceIndex(at, 4, "zeros")), [-1, -1, 0, 3, -1, -1]);
  assert.deepEqual([-2, -1, 0, 3, 4, 5].map((at) => sourceIndex(at, 4, "wrap")), [2, 3, 0, 3, 0, 1]);
  assert.deepEqual([-2, -1, 0, 3, 4, 5].map((at) => sourceIndex(at, 4, "reflect")), [2, 1, 0, 3, 2, 1]);
});

test("a photo that is moved brings in what stands beyond its border", () => {
  const row = picture([1, 2, 3], 3);
  const moved = (/** @type {number} */ dx, /** @type {any} */ mode) => [...(shifted(row, { dx, dy: 0 }, mode).planes[0] ?? [])];
  assert.deepEqual(moved(1, "zeros"), [0, 1, 2]);
  assert.deepEqual(moved(-1, "wrap"), [2, 3, 1]);
  assert.deepEqual(moved(2, "reflect"), [3, 2, 1]);
});

test("the filters have the cells that books print", () => {
  assert.deepEqual(filterCells("sobel-x", 3), ["-1", "0", "1", "-2", "0", "2", "-1", "0", "1"]);
  assert.deepEqual(filterCells("sobel-y", 3), ["-1", "-2", "-1", "0", "0", "0", "1", "2", "1"]);
  assert.deepEqual(filterCells("sobel-x", 5).slice(0, 5), ["-1", "-2", "0", "2", "1"]);
  assert.deepEqual(filterCells("sobel-x", 5).slice(10, 15), ["-6", "-12", "0", "12", "6"]);
  assert.deepEqual(filterCells("binomial", 3), ["1/16", "2/16", "1/16", "2/16", "4/16", "2/16", "1/16", "2/16", "1/16"]);
  assert.equal(filterCells("box", 5)[7], "1/25");
  for (const name of /** @type {FilterName[]} */ (Object.keys(FILTERS))) {
    for (let size = 1; size <= 7; size += 1) {
      const cells = filterCells(name, size);
      assert.equal(cells.length, size * size, name);
      assert.ok(cells.every((cell) => !Number.isNaN(cellValue(cell))), `${name} ${size}`);
    }
  }
});

test("an odd kernel grows and shrinks around its middle", () => {
  assert.deepEqual(resized(["5"], 1, 3), ["0", "0", "0", "0", "5", "0", "0", "0", "0"]);
  assert.deepEqual(resized(["1", "2", "3", "4", "5", "6", "7", "8", "9"], 3, 1), ["5"]);
});

test("cells are read as numbers, fractions or not at all, and written so that they come back", () => {
  assert.equal(cellValue(" \u22121 "), -1);
  assert.equal(cellValue("1/9"), Math.fround(1 / 9));
  assert.equal(cellValue("2e-3"), Math.fround(0.002));
  for (const text of ["", "abc", "1/0", "1/2/3", "--1", "0x10", "Infinity", "1e99", "1 2"]) assert.ok(Number.isNaN(cellValue(text)), text);
  for (const value of [0, -1, 0.1, 1 / 3, 0.75714463, -1.5e-7, 123456.78]) assert.equal(cellValue(cellText(Math.fround(value))), Math.fround(value));
});

test("illegal settings are explained in words", () => {
  const said = (/** @type {object} */ part, photo = SQUARE) => illegal({ ...SAME, ...part }, photo)?.text ?? "";
  assert.equal(said({}), "");
  assert.ok(/0 cells reads nothing/.test(said({ size: 0 })));
  assert.ok(/stride of 0 the window would never move/.test(said({ stride: 0 })));
  assert.ok(/same pixel/.test(said({ dilation: 0 })));
  assert.ok(/Padding must be a whole number from 0 to 4/.test(said({ padding: NaN })));
  assert.ok(/Stride must be a whole number/.test(said({ stride: 1.5 })));
  assert.ok(/Padding is a whole number from 0 to 4 here, got −1/.test(said({ padding: -1 })));
  assert.ok(/1 px behind it in a photo of 2×9 px, got a padding of 2/.test(said({ mode: "reflect", padding: 2 }, { width: 2, height: 9 })));
  const large = said({ size: 5, dilation: 2, padding: 1 }, { width: 6, height: 6 });
  assert.ok(/spans 9 px \(5 cells, 2 px apart\).*8×8 px.*less dilation or more padding/.test(large), large);
  assert.equal(said({ size: 5, dilation: 2, padding: 2 }, { width: 5, height: 5 }), "");
  assert.ok(/Row 2, column 1 of the kernel says “abc”/.test(badCell(["1", "2", "abc", "4"], [1, 2, NaN, 4], 2)?.text ?? ""));
  assert.ok(/is empty/.test(badCell([" "], [NaN], 1)?.text ?? ""));
});

test("the products of a window add up to the very value of the map, wherever it stands", () => {
  const photo = { planes: [0, 1, 2].map((at) => noise(9).planes[0]?.map((value) => value / (255 + at)) ?? new Float32Array(81)), width: 9, height: 9 };
  const slices = [0.1, -0.37, 0.043].map((weight) => Float32Array.from({ length: 9 }, (_, at) => weight * (at - 3.3)));
  for (const mode of /** @type {const} */ (["zeros", "wrap", "reflect"])) {
    const settings = { ...SAME, padding: 3, dilation: 2, mode };
    const map = convolve(photo, { slices, bias: 0.3 }, settings);
    map.values.forEach((value, at) => {
      const place = { y: Math.floor(at / map.width), x: at % map.width };
      assert.equal(termsAt(photo, { slices, bias: 0.3 }, settings, place).value, value, `${mode} ${at}`);
    });
  }
});

test("cells over the padding are told from the photo's own", () => {
  const terms = termsAt(picture([1, 2, 3, 4], 2), kernel("box"), SAME, { y: 0, x: 0 });
  assert.deepEqual([...(terms.patches[0] ?? [])], [0, 0, 0, 0, 1, 2, 0, 3, 4]);
  assert.deepEqual(terms.inside, [false, false, false, false, true, true, false, true, true]);
});

test("the strongest answer is one that the border has no part in", () => {
  const photo = picture([200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 210, 200, 200, 200, 200, 200], 4);
  const map = convolve(photo, kernel("sobel-x"), SAME);
  assert.deepEqual(strongest(map, SAME, photo), { y: 2, x: 1 });
});

test("a moved photo gives the same bits wherever the windows see the same pixels", () => {
  const photo = noise(16);
  for (const mode of /** @type {const} */ (["zeros", "wrap", "reflect"])) {
    const settings = { ...SAME, mode };
    const before = convolve(photo, kernel("box"), settings);
    for (const shift of [{ dx: 1, dy: 0 }, { dx: -3, dy: 5 }]) {
      const after = convolve(shifted(photo, shift, mode), kernel("box"), settings);
      const { compared, same } = sameValues(before, after, shift, settings, photo);
      assert.equal(same, compared);
      const [across, down] = [Math.abs(shift.dx), Math.abs(shift.dy)];
      // Inside, before and after, a ring of one pixel reads padding; wrapped round none does.
      const ring = mode === "wrap" ? 0 : 2;
      assert.equal(compared, (16 - ring - across) * (16 - ring - down), mode);
    }
  }
});

test("one value that differs in its last bit is counted", () => {
  const photo = noise(8);
  const before = convolve(photo, kernel("box"), SAME);
  const after = convolve(shifted(photo, { dx: 1, dy: 0 }, "zeros"), kernel("box"), SAME);
  const bits = new Uint32Array(after.values.buffer);
  bits[3 * 8 + 4] = (bits[3 * 8 + 4] ?? 0) ^ 1;
  const { compared, same } = sameValues(before, after, { dx: 1, dy: 0 }, SAME, photo);
  assert.equal(compared - same, 1);
  assert.ok(sameBits(1, 1) && !sameBits(1, 1 + 2 ** -23) && !sameBits(0, -0));
});

test("a place moves by the shift over the stride, or has no value to move to", () => {
  const map = { width: 8, height: 8 };
  assert.deepEqual(movedPlace({ y: 2, x: 3 }, { dx: 4, dy: -2 }, 2, map), { y: 1, x: 5 });
  assert.equal(movedPlace({ y: 2, x: 3 }, { dx: 3, dy: 0 }, 2, map), "between");
  assert.equal(movedPlace({ y: 2, x: 3 }, { dx: 0, dy: 12 }, 2, map), "outside");
  assert.ok(readsTheSame({ y: 2, x: 3 }, { dx: 1, dy: 0 }, SAME, map, map));
  assert.ok(!readsTheSame({ y: 2, x: 0 }, { dx: 1, dy: 0 }, SAME, map, map));
});

test("changes are taken back one by one, typing in one cell at once, and the place looked at stays", () => {
  begin();
  pickFilter("box");
  for (const text of ["1", "12", "12."]) setCell(4, text);
  setSetting("stride", 2);
  lookAt({ y: 3, x: 1 });
  undo();
  assert.equal(playground.value.stride, 1);
  undo();
  assert.equal(playground.value.cells[4], "1/9");
  undo();
  assert.equal(playground.value.kernel, START.kernel);
  assert.deepEqual(playground.value.at, { y: 3, x: 1 });
  assert.ok(!canUndo());
});

test("a filter made by hand has its own cells for another size; edited ones are kept around the middle", () => {
  begin();
  setSetting("size", 5);
  assert.deepEqual(playground.value.cells, filterCells("sobel-x", 5));
  setSetting("size", 0);
  assert.equal(playground.value.cells.length, 25);
  setSetting("size", 3);
  setCell(0, "7");
  setSetting("size", 5);
  assert.equal(playground.value.cells[6], "7");
  resetKernel();
  assert.deepEqual(playground.value.cells, filterCells("sobel-x", 5));
});

test("a trained filter waits for its weights, and colours go with it only", () => {
  begin();
  pickTrained(3, "rgb", { padding: 0 });
  assert.deepEqual([playground.value.kernel, playground.value.cells.length, playground.value.padding], ["trained-3", 0, 0]);
  setPlane("red");
  assert.equal(playground.value.plane, "red");
  setPlane("rgb");
  pickFilter("emboss");
  assert.equal(playground.value.plane, "grey");
});

test("an address restores everything, leaves out what is as at the start, and nonsense is passed over", () => {
  begin();
  assert.deepEqual(writePlayground(), []);
  pickFilter("laplacian");
  setSetting("size", 5);
  setSetting("padding", 4);
  setCell(12, "1/3");
  setPlane("green");
  lookAt({ y: 7, x: 2 });
  const [wanted, address] = [playground.value, new URLSearchParams(writePlayground())];
  begin();
  readPlayground(new URLSearchParams(address.toString()));
  assert.deepEqual({ ...playground.value }, { ...wanted });
  readPlayground(new URLSearchParams("k-kernel=__proto__&k-size=99&k-stride=x&k-mode=&k-plane=rgb&k-cells=1,b&k-at=1&k-bias=z&k-dilation=-1"));
  assert.deepEqual({ ...playground.value }, { ...START });
});
