import { channelSpan, paired, percent, verdict, WAITING } from "../../../static/js/features/compare/words.js";
import { assert, test } from "../harness.js";

const NOTHING = { exact: false, compared: 100, first: "conv", answer_a: [], answer_b: [] };
/** @param {...[string, number]} shares */
const top = (...shares) => shares.map(([label, probability]) => ({ label, probability }));
/** @param {import("../../../static/js/features/compare/words.js").Part[]} parts */
const text = (parts) => parts.map((part) => part.text).join("");
/** @param {import("../../../static/js/features/compare/words.js").Part[]} parts */
const stressed = (parts) => parts.filter(({ strong }) => strong).map((part) => part.text);

test("exactly equal is said with the number of values, and only where the server says so", () => {
  const answers = { answer_a: top(["espresso", 0.9]), answer_b: top(["espresso", 0.9]) };
  const equal = verdict({ ...NOTHING, ...answers, exact: true, compared: 202768 });
  assert.equal(text(equal), "Exactly equal. Not one of 202\u202f768 values differs.");
  assert.deepEqual(stressed(equal), ["Exactly equal."]);
  assert.equal(text(verdict({ ...NOTHING, ...answers })), "Still espresso, less than 0.1 points apart.");
});

test("two answers are named, one answer is weighed", () => {
  const a = top(["espresso", 0.99], ["school_bus", 0.01]);
  const other = verdict({ ...NOTHING, answer_a: a, answer_b: top(["school_bus", 0.8], ["espresso", 0.2]) });
  assert.equal(text(other), "A says espresso, B says school bus.");
  assert.deepEqual(stressed(other), ["espresso", "school bus"]);
  const doubts = /** @type {any} */ ([{ unsure: true }, { unsure: false }]);
  assert.equal(text(verdict({ ...NOTHING, answer_a: a, answer_b: top(["school_bus", 0.8]) }, doubts)), "A says espresso (doubtful), B says school bus.");
  assert.equal(text(verdict({ ...NOTHING, answer_a: a, answer_b: top(["espresso", 0.918]) })), "Still espresso, 7.2 points less sure.");
  assert.equal(text(verdict({ ...NOTHING, answer_a: a, answer_b: top(["espresso", 0.9951]) })), "Still espresso, 0.5 points more sure.");
});

test("without classes the first layer that differs is named", () => {
  assert.equal(text(verdict(NOTHING)), "conv is the first layer that differs.");
  assert.equal(text(verdict({ ...NOTHING, first: null })), "No layer that both have differs.");
  assert.ok(text(WAITING).startsWith("A is pinned. Change anything"));
});

test("classes are paired by name, the likeliest of either first", () => {
  const rows = paired(top(["cat", 0.7], ["dog", 0.2], ["sea_lion", 0.1]), top(["sea_lion", 0.9], ["dog", 0.06], ["cat", 0.04]));
  assert.deepEqual(rows, [
    { label: "sea lion", a: 0.1, b: 0.9 },
    { label: "cat", a: 0.7, b: 0.04 },
    { label: "dog", a: 0.2, b: 0.06 },
  ]);
  assert.equal(paired(top(["cat", 1]), top(["dog", 1])), null);
  assert.equal(paired(top(["cat", 1]), top(["cat", 1], ["dog", 0])), null);
});

test("a percentage never says nothing of something", () => {
  assert.deepEqual([0.0004, 0.0005, 0.072, 1].map(percent), ["<0.1", "0.1", "7.2", "100.0"]);
});

test("a network is told by the channels of its convolutions", () => {
  const node = (/** @type {number} */ channels, kind = "conv2d") => ({ kind, output_shape: [channels, 4, 4] });
  assert.equal(channelSpan({ nodes: [node(10), node(10), node(3, "input")] }), "10 channels");
  assert.equal(channelSpan({ nodes: [node(16), node(128)] }), "16 to 128 channels");
  assert.equal(channelSpan({ nodes: [node(3, "input")] }), "no convolution");
});
