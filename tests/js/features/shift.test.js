import { axesMarkup, heatMarkup, shiftNear, viewBox } from "../../../static/js/draw/heat-grid.js";
import { lineMarkup, shiftAt, xOf, yOf } from "../../../static/js/draw/line-chart.js";
import { veil } from "../../../static/js/draw/veil.js";
import { leadOf, percentText, pointsText, ruleText, variantText } from "../../../static/js/features/shift/words.js";
import { exactRule } from "../../../static/js/geometry/period.js";
import { Latest } from "../../../static/js/state/latest.js";
import { SHIFT_FIELDS, followModel } from "../../../static/js/state/shift-address.js";
import { defaultLayers } from "../../../static/js/state/shift-layers.js";
import { MOST_LAYERS, addLayer, canvasSides, removeLayer, shift } from "../../../static/js/state/shift.js";
import { createSubject } from "../../../static/js/state/subject.js";
import { assert, test } from "../harness.js";
import { CONV, INPUT, MODEL } from "../small-model.js";

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
  assert.deepEqual(shiftNear({ x: -0.4, y: 0.4 }, 8), { dx: 0, dy: 0 });
  assert.deepEqual(shiftNear({ x: -99, y: 7.6 }, 8), { dx: -8, dy: 8 });
  const markup = heatMarkup([{ dx: 1, dy: 2, name: "c0", share: 1, flip: true }]);
  assert.ok(markup.includes('cx="1" cy="2"') && markup.includes('fill-opacity="1"'));
  assert.deepEqual(viewBox(8).split(" ").map(Number), [-10, -8.5, 18.5, 18.5]);
  const names = [...axesMarkup(8).matchAll(/>([^<]+)</g)].map((found) => found[1]);
  assert.deepEqual(names.filter((_, index) => index % 2 === 0), ["\u22128", "\u22124", "dx 0", "4", "8"]);
});

test("a comparison begins before and behind the places where pixels are skipped", () => {
  assert.deepEqual(defaultLayers(MODEL), [{ node: "conv", channel: null }, { node: "pool", channel: null }]);
  assert.deepEqual(defaultLayers(null), []);
});

test("layers in an address are read as they are written, and nonsense is none", () => {
  const read = (/** @type {string} */ text) => SHIFT_FIELDS.layers?.read(text);
  assert.deepEqual(read("conv_1:5,a%2Cb%3A:0"), { rows: [{ node: "conv_1", channel: 5 }, { node: "a,b:", channel: 0 }] });
  assert.deepEqual(read("conv,x:12345"), { rows: [{ node: "conv", channel: null }, { node: "x", channel: 12345 }] });
  assert.deepEqual(read(":3,%E0:1,x:-1,y:z"), { rows: [] });
  assert.equal(SHIFT_FIELDS.dx?.read("1.5"), null);
  assert.deepEqual(SHIFT_FIELDS.dx?.read("-12"), { dx: -12 });
  assert.equal(SHIFT_FIELDS.border?.read("walls"), null);
});

test("a turn and a scale are in the address, within what the page offers", () => {
  const { angle, factor } = SHIFT_FIELDS;
  assert.deepEqual(angle?.read("-45"), { warp: { transform: "rotate", angle: -45, factor: 1 } });
  assert.deepEqual(factor?.read("1.25"), { warp: { transform: "scale", angle: 0, factor: 1.25 } });
  for (const text of ["181", "1e2", "", "left", "9999"]) assert.equal(angle?.read(text), null, text);
  for (const text of ["0", "2.01", "-1", "1,5"]) assert.equal(factor?.read(text), null, text);
  const before = shift.warp.value;
  const written = () => [angle?.write(), factor?.write()];
  assert.deepEqual(written(), [null, null], "what a page begins with is left out");
  shift.warp.value = { transform: "rotate", angle: 0, factor: 1 };
  assert.deepEqual(written(), [0, null]);
  shift.warp.value = { transform: "scale", angle: 0, factor: 0.5 };
  assert.deepEqual(written(), [null, 0.5]);
  shift.warp.value = before;
});

test("layers come and go: at least one, at most eight, each once while there are others", () => {
  const deep = { ...MODEL, nodes: [INPUT, ...Array.from({ length: 10 }, (_, index) => ({ ...CONV, name: `conv_${index}` }))] };
  shift.model.value = deep;
  shift.layers.value = [{ node: "conv_8", channel: 3 }];
  const names = () => shift.layers.value.map(({ node }) => node);
  for (let time = 0; time < 3; time += 1) addLayer();
  assert.deepEqual(names(), ["conv_8", "conv_9", "conv_0", "conv_1"]);
  assert.deepEqual(shift.layers.value.map(({ channel }) => channel), [3, null, null, null]);
  shift.layers.value = [{ node: "conv_3", channel: 0 }, { node: "conv_2", channel: 0 }];
  addLayer();
  assert.deepEqual(names(), ["conv_3", "conv_2", "conv_4"]);
  for (let time = 0; time < 20; time += 1) addLayer();
  assert.equal(new Set(names()).size, MOST_LAYERS);
  for (let time = 0; time < 20; time += 1) removeLayer(0);
  assert.equal(names().length, 1);
  shift.layers.value = [];
  shift.model.value = null;
});

test("a larger canvas is a choice only where it is larger than the network's own, in links too", () => {
  const end = new AbortController();
  const subject = createSubject({ traced: false });
  const sized = (/** @type {number} */ side) => ({ ...MODEL, input: { ...MODEL.input, width: side, height: side } });
  followModel(subject, end.signal);
  subject.model.value = sized(64);
  assert.deepEqual(canvasSides(), [64, 224]);
  shift.size.value = 224;
  subject.model.value = sized(65);
  assert.equal(shift.size.value, 224);
  subject.model.value = sized(224);
  assert.deepEqual(canvasSides(), [224]);
  assert.equal(shift.size.value, null);
  end.abort();
  shift.layers.value = [];
  shift.model.value = null;
});

test("a check mark stands beside no number but nought, and a variant without a number of this state has a dash", () => {
  assert.equal(variantText({ error: 0, exact: true }), "0 ✓");
  assert.equal(variantText({ error: 0.092, exact: false }), "9.2");
  assert.equal(variantText({ error: null, exact: false }), "\u2013");
  assert.equal(variantText(undefined), "\u2013");
});

/** @param {object} more */
const layer = (more) => ({ node: "conv", error: 0, differing: 0, compared: 900, exact: true, stride: [1, 1], differing_inside: 0, ...more });
/** @param {Record<string, any>} more @param {object[]} layers */
const said = ({ unsure = false, sound = false, ...more }, ...layers) => {
  const result = /** @type {any} */ ({ dx: 0, dy: 0, border: "trained", layers, ...more });
  return leadOf(result, /** @type {any} */ ({ unsure }), sound).map((part) => (typeof part === "string" ? part : part.strong)).join("");
};

test("a sound moves in time and in pitch", () => {
  assert.ok(said({ sound: true, dx: 10 }, layer({})).startsWith("The sound moved 100 ms later. conv moved along exactly"));
  assert.ok(said({ sound: true, dx: -3, dy: -1 }, layer({})).startsWith("The sound moved 30 ms earlier and 1 band higher. "));
  assert.ok(said({ sound: true, dy: 2 }, layer({})).startsWith("The sound moved 2 bands lower. "));
});

test("the sentence says what was measured", () => {
  assert.ok(said({}, layer({})).startsWith("The photo is at rest, so both orders agree: not one of 900"));
  const pool = layer({ node: "pool", exact: false, error: 0.25, differing: 9, differing_inside: 9, stride: [2, 2] });
  assert.equal(
    said({ dx: -3, dy: 1 }, layer({}), pool),
    "The photo moved 3 px left and 1 px down. conv moved along exactly: not one of 900 values differs. " +
      "pool keeps one value every 2 px: this shift falls between. The largest error is 25\u202f%. ",
  );
  const deep = layer({ node: "deep", exact: false, error: 0.125, differing: 9, differing_inside: 9, stride: [4, 4] });
  assert.ok(said({ dx: 3 }, pool, deep).includes("pool keeps one value every 2 px, deep every 4 px: this shift falls between."));
  const edge = layer({ exact: false, error: 0.04, differing: 3 });
  assert.ok(said({ dx: 1, border: "zeros" }, edge).includes("conv differs only along the border, where zeros padding stands in for the photo."));
  assert.ok(said({ dx: 1, sound: true }, edge).includes("stands in for the sound."));
  assert.ok(said({ sound: true }, layer({})).startsWith("The sound is at rest"));
  const none = layer({ exact: false, error: null, compared: 0 });
  assert.ok(said({ dx: 60 }, none).includes("nothing is left to compare"));
  assert.ok(said({}).startsWith("This network has no maps"));
  const probabilities = { labels: ["red_panda", "koala"], before: [0.75, 0.25], after: [0.25, 0.75] };
  const answer = (/** @type {number[]} */ after) => said({ dx: 1, probabilities: { ...probabilities, after } }, layer({}));
  assert.ok(answer([0.6, 0.4]).endsWith(" values differs. The answer stays red panda."));
  assert.ok(answer([0.4, 0.6]).endsWith(" values differs. The answer flips from red panda to koala."));
  const doubted = said({ dx: 1, unsure: true, probabilities: { ...probabilities, after: [0.4, 0.6] } }, layer({}));
  assert.ok(doubted.endsWith("The answer flips from red panda (doubtful) to koala (doubtful)."));
  assert.ok(said({ dx: 3, unsure: true, probabilities }).includes("red panda (doubtful) changes"));
  assert.ok(said({ dx: 3, probabilities }).endsWith("The photo moved 3 px right: red panda changes by \u221250.0 points and koala comes first. "));
});
