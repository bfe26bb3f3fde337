import { LIMITS, asLesson, pack, readLesson, unpack } from "../../../static/js/features/learn/own-lesson.js";
import { texts } from "../../../static/lessons/texts/en.js";
import { assert, test } from "../harness.js";

const CHOICE = { kind: "choice", question: "What do the maps do?", options: ["Move", "Stay"], hints: ["", "Look again."], right: 0, value: "", tolerance: 0, node: "" };
const STEP = { title: "One pixel", view: "/shift?dx=1", say: "I move it.", ask: CHOICE, target: "photo", veil: true, measure: "differing(conv_1_2,1)", means: "Sharing." };
const LESSON = { format: "convscope-lesson", version: 1, title: "Equivariance", steps: [STEP] };

/** @param {object} change */
const changed = (change) => ({ ...LESSON, steps: [{ ...STEP, ...change }] });

test("a lesson comes out of a link as it went in", async () => {
  const packed = await pack(readLesson(LESSON));
  assert.ok(/^[\w-]+$/.test(packed), packed);
  assert.deepEqual(await unpack(packed), LESSON);
});

test("what a stranger sends is refused by reason", () => {
  for (const [data, reason] of /** @type {[unknown, RegExp][]} */ ([
    [null, /no ConvScope lesson/],
    [{ ...LESSON, version: 2 }, /version 1/],
    [{ ...LESSON, steps: [] }, /at least one step/],
    [{ ...LESSON, steps: Array(41).fill(STEP) }, /41 entries, at most 40/],
    [{ ...LESSON, title: "x".repeat(121) }, /title has 121/],
    [changed({ view: "https://elsewhere.example/model" }), /link of a view/],
    [changed({ view: "javascript:alert(1)" }), /link of a view/],
    [changed({ say: 7 }), /say must be text/],
    [changed({ ask: { ...CHOICE, kind: "essay" } }), /a choice, a number or a click/],
    [changed({ ask: { ...CHOICE, options: ["one"] } }), /at least two answers/],
    [changed({ ask: { ...CHOICE, right: 5 } }), /from 0 to 1/],
    [changed({ measure: "constructor(x)" }), /nothing this page measures/],
    [changed({ measure: "<b>" }), /must be a measure/],
  ])) {
    assert.throws(() => readLesson(data), reason);
  }
});

test("a damaged link and one that unfolds to more than the limit are refused", async () => {
  const packed = await pack(readLesson(LESSON));
  await assert.rejects(unpack(packed.slice(0, -6)), /damaged|no JSON/);
  const bomb = JSON.stringify({ ...LESSON, title: "0".repeat(5_000_000) });
  const stream = new Blob([bomb]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const link = btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  assert.ok(link.length < LIMITS.bytes, "the link itself is short");
  await assert.rejects(unpack(link), /larger than/);
});

test("a lesson on another server keeps its way: path and search part alone", () => {
  const { lesson, frame } = asLesson(readLesson(LESSON), texts);
  const [step] = lesson.steps;
  assert.equal(step?.page, "shift");
  assert.deepEqual(step?.view, { dx: "1" });
  assert.deepEqual(step?.veil, ["photo"]);
  assert.equal(frame.scored, false);
});

test("braces in a stranger's text are braces, no measures", () => {
  const { lesson, frame } = asLesson(readLesson(changed({ say: "{values(input)}" })), texts);
  const [step] = lesson.steps;
  assert.equal(step && frame.textOf(step).say, "(values(input))");
});
