import { ofSign, paintFilm, paintOver } from "../../../static/js/draw/attribution.js";
import { colour, colormap } from "../../../static/js/draw/colormap.js";
import { assert, test } from "../harness.js";

const size = { width: 2, height: 1 };
const photo = { seen: Uint8Array.of(10, 20, 30, 200, 210, 220), blurred: Uint8Array.of(90, 91, 92, 93, 94, 95) };
const place = Uint32Array.of(1, 0);

test("what speaks against can be left out, or be all that is left", () => {
  assert.deepEqual([...ofSign(Float32Array.of(2, -3, 0), "for")], [2, 0, 0]);
  assert.deepEqual([...ofSign(Float32Array.of(2, -3, 0), "against")], [0, -3, 0]);
});

test("removed pixels turn grey, strongest first", () => {
  const { data } = paintFilm(size, photo, place, 1, "deletion");
  assert.deepEqual([...data], [10, 20, 30, 255, 128, 128, 128, 255]);
});

test("pixels come into the blurred photo, strongest first", () => {
  const { data } = paintFilm(size, photo, place, 1, "insertion");
  assert.deepEqual([...data], [90, 91, 92, 255, 200, 210, 220, 255]);
});

test("a full colour covers the photo, and without opacity there is only the photo", () => {
  const map = colormap("diverging", "light");
  const covered = paintOver(Float32Array.of(1, 0), size, 1, map, photo.seen, 1).data;
  const alone = paintOver(Float32Array.of(1, 0), size, 1, map, photo.seen, 0).data;
  assert.deepEqual([...covered.subarray(0, 3)], colour(1, { low: -1, high: 1 }, map));
  const grey = 0.3 * 10 + 0.59 * 20 + 0.11 * 30;
  assert.equal(alone[0], Math.round(0.35 * 10 + 0.65 * grey));
});
