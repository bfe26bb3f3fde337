import { heatMarkup, shiftAtPoint } from "../../static/js/draw/heat-grid.js";
import { lineMarkup, shiftAt, xOf, yOf } from "../../static/js/draw/line-chart.js";
import { veil } from "../../static/js/draw/veil.js";
import { leadOf, percentText, pointsText, ruleText } from "../../static/js/elements/shift-words.js";
import { exactRule } from "../../static/js/geometry/period.js";
import { Latest } from "../../static/js/state/latest.js";
import { SHIFT_FIELDS } from "../../static/js/state/shift-address.js";
import { defaultLayers } from "../../static/js/state/shift-layers.js";
import { assert, test } from "./harness.js";
import { MODEL } from "./small-model.js";

/** @param {(dx: number) => boolean} rule */
const measured = (rule) => new Map(Array.from({ length: 17 }, (_, index) => [index - 8, rule(index - 8)]));

test("the rule of a layer is read off its points, and only when all are there", () => {
  assert.deepEqual(exactRule(measured(() => true), 8), { kind: "always" });
  assert.deepEqual(exactRule(measured(() => false), 8), { kind: "never" });
  assert.deepEqual(exactRule(measured((dx) => dx === 0), 8), { kind: "rest" });
  assert.deepEqual(exactRule(measured((dx) => dx % 4 === 0), 8), { kind: "every", step: 4 });
  assert.deepEqual(exactRule(measured((dx) => dx % 4 === 0 && dx !== -8), 8), { kind: "some", count: 4 });
  assert.deepEqual(exactRule(measured((dx) => dx === 0 || dx === -3), 8), { kind: "some", count: 2 });
  const part = measured(() => true);
  part.delete(5);
  assert.equal(exactRule(part, 8), null);
  assert.deepEqual(ruleText(null), ["", ""]);
});

test("of what is asked meanwhile only the newest is asked next", () => {
  /** @type {string[]} */
  const sent = [];
  const latest = new Latest((/** @type {string} */ question) => sent.push(question));
  for (const question of ["a", "b", "c", "d"]) latest.ask(question);
  assert.deepEqual(sent, ["a"]);
  assert.equal(latest.answered(7), false, "the answer to something else changes nothing");
  assert.equal(latest.answered(1), false);
  assert.deepEqual(sent, ["a", "d"]);
  assert.equal(latest.answered(2), true);
  latest.ask("e");
  latest.ask("f");
  latest.giveUp();
  assert.deepEqual(sent, ["a", "d", "e", "f"]);
});

test("an error is called zero only where it is", () => {
  assert.equal(percentText(0), "0");
  assert.equal(percentText(1e-9), "1\u00d710⁻⁷");
  assert.equal(percentText(0.0004), "0.04");
  assert.equal(percentText(0.0512), "5.1");
  assert.equal(percentText(0.144), "14");
  assert.deepEqual([pointsText(0), pointsText(-0.273), pointsText(0.0003)], ["0", "\u221227.3", "+0.03"]);
});

const FRAME = { width: 240, height: 100, left: 40, right: 40, top: 10, bottom: 10, range: 8 };

test("a chart's places and shifts are each other's inverse, and a line breaks at what is missing", () => {
  for (let dx = -8; dx <= 8; dx += 1) assert.equal(shiftAt(FRAME, xOf(FRAME, dx)), dx);
  assert.deepEqual([shiftAt(FRAME, -999), shiftAt(FRAME, 999)], [-8, 8]);
  assert.deepEqual([yOf(FRAME, 0), yOf(FRAME, 1), yOf(FRAME, 5)], [90, 10, 10]);
  const dots = [-1, 0, 2].map((dx) => ({ dx, share: 0 }));
  assert.equal(lineMarkup(FRAME, dots), '<path class="line " d="M110 90L120 90M140 90"/>');
});

test("values that were left out fade, the others stay", () => {
  const image = new ImageData(new Uint8ClampedArray(16).fill(255), 2, 2);
  const { data } = veil(image, Uint8Array.of(1, 0, 1, 0), 0);
  assert.deepEqual([data[3], data[7], data[11], data[15]], [255, 0, 255, 0]);
});

test("a square of the sweep is where its shift is", () => {
  const box = { left: 100, top: 50, width: 170, height: 170 };
  assert.deepEqual(shiftAtPoint(box, { x: 185, y: 135 }, 8), { dx: 0, dy: 0 });
  assert.deepEqual(shiftAtPoint(box, { x: 101, y: 219 }, 8), { dx: -8, dy: 8 });
  const markup = heatMarkup([{ dx: 1, dy: 2, name: "c0", share: 1, flip: true }]);
  assert.ok(markup.includes('cx="1" cy="2"') && markup.includes('fill-opacity="1"'));
});

test("a comparison begins before and behind the places where pixels are skipped", () => {
  assert.deepEqual(defaultLayers(MODEL), [{ node: "conv", channel: 0 }, { node: "pool", channel: 0 }]);
  assert.deepEqual(defaultLayers(null), []);
});

test("layers in an address are read as they are written, and nonsense is none", () => {
  const read = (/** @type {string} */ text) => SHIFT_FIELDS.layers?.read(text);
  assert.deepEqual(read("conv_1:5,a%2Cb%3A:0"), { rows: [{ node: "conv_1", channel: 5 }, { node: "a,b:", channel: 0 }] });
  assert.deepEqual(read("conv,:3,%E0:1,x:-1"), { rows: [] });
  assert.equal(SHIFT_FIELDS.dx?.read("1.5"), null);
  assert.deepEqual(SHIFT_FIELDS.dx?.read("-12"), { dx: -12 });
  assert.equal(SHIFT_FIELDS.border?.read("walls"), null);
});

/** @param {object} more */
const layer = (more) => ({ node: "conv", error: 0, differing: 0, compared: 900, exact: true, stride: [1, 1], differing_inside: 0, ...more });
/** @param {object} more @param {object[]} layers */
const said = (more, ...layers) => {
  const result = /** @type {any} */ ({ dx: 0, dy: 0, border: "trained", layers, ...more });
  return leadOf(result).map((part) => (typeof part === "string" ? part : part.strong)).join("");
};

test("the sentence says what was measured", () => {
  assert.ok(said({}, layer({})).startsWith("The photo is at rest, so both orders agree: not one of 900"));
  const pool = layer({ node: "pool", exact: false, error: 0.25, differing: 9, differing_inside: 9, stride: [2, 2] });
  assert.equal(
    said({ dx: -3, dy: 1 }, layer({}), pool),
    "The photo moved 3 px left and 1 px down. conv moved with it exactly: not one of 900 values differs. " +
      "pool keeps one value every 2 px: this shift falls between. The largest error here is 25\u202f%.",
  );
  const edge = layer({ exact: false, error: 0.04, differing: 3 });
  assert.ok(said({ dx: 1, border: "zeros" }, edge).includes("conv differs only along the border, where zeros padding stands in"));
  const none = layer({ exact: false, error: null, compared: 0 });
  assert.ok(said({ dx: 60 }, none).includes("nothing is left to compare"));
  assert.ok(said({}).startsWith("This network has no maps"));
});
