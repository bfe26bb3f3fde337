import { FRESH, gradeOf, judged, readNumber, sameAnswer } from "../../../static/js/features/learn/trial.js";
import { readPlace, writePlace } from "../../../static/js/features/learn/address.js";
import { assert, test } from "../harness.js";

test("a number is read as people type it, in the manner of their language", () => {
  assert.equal(readNumber("12 288", "en"), 12288);
  assert.equal(readNumber("12,288", "en"), 12288);
  assert.equal(readNumber("12\u202f288", "de"), 12288);
  assert.equal(readNumber("12.288", "de"), 12288);
  assert.equal(readNumber("0,1273", "de"), 0.1273);
  assert.equal(readNumber("\u22120.5", "en"), -0.5);
  assert.ok(Number.isNaN(readNumber("", "en")), "nothing is no number");
  assert.ok(Number.isNaN(readNumber("many", "en")));
});

test("right at once, right at the second try, shown after two wrong ones", () => {
  const first = judged({ ...FRESH, answer: 1 }, true, true);
  assert.equal(gradeOf(first), "first");
  const wrong = judged({ ...FRESH, answer: 0 }, false, true);
  assert.equal(wrong.done, false);
  assert.equal(gradeOf(wrong), null);
  assert.equal(gradeOf(judged({ ...wrong, answer: 1 }, true, true)), "later");
  assert.equal(gradeOf(judged({ ...wrong, answer: 2 }, false, true)), "shown");
});

test("an answer that the page contradicts is not scored, and the question is over", () => {
  const over = judged({ ...FRESH, answer: 1 }, true, false);
  assert.equal(over.done, true);
  assert.equal(over.contradicted, true);
  assert.equal(gradeOf(over), null);
});

test("the same answer is known again, a clicked one too", () => {
  assert.ok(sameAnswer({ node: "conv_1_1", channel: 2 }, { node: "conv_1_1", channel: 2 }));
  assert.ok(!sameAnswer({ node: "conv_1_1", channel: 2 }, { node: "conv_1_1", channel: 3 }));
});

test("a step's address is read as it is written; others are none", () => {
  const place = { lesson: "move", step: 2, projector: true, packed: "" };
  assert.equal(writePlace(place), "#lesson=move.2,projector");
  assert.deepEqual(readPlace("#lesson=move.2,projector"), place);
  assert.deepEqual(readPlace("#own=ab-_9.3"), { lesson: "own", step: 3, projector: false, packed: "ab-_9" });
  assert.equal(readPlace("#lesson=move")?.step, 1);
  for (const hash of ["", "#playground", "#lesson=", "#lesson=../x.1", "#own=a b.1"]) assert.equal(readPlace(hash), null, hash);
});
