/** The end of a lesson: how it went, and its numbers once more. */

import { h } from "../../widgets/dom.js";
import { gainOf, resultOf } from "./gain.js";
import { word } from "./language.js";

/** @import { Run } from "./run.js" */

/** @param {Run} run */
export function finishPart(run) {
  const { texts, lesson } = run;
  if (run.frame.quiz) return quizPart(run);
  const asked = lesson.steps.map((_, at) => run.gradeAt(at));
  const first = asked.filter((grade) => grade === "first").length;
  const rows = lesson.steps.map((_, at) => {
    const grade = asked[at];
    return h("div", {}, h("dt", {}, h("a", { href: run.hrefOf(at + 1) }, run.stepTitle(at))), h("dd", {}, grade ? word(texts, grade) : "–"));
  });
  return h(
    "section",
    { class: "lesson-finish" },
    h("p", { class: "lesson-far num" }, word(texts, "first_of", { first, all: asked.length })),
    h("dl", {}, ...rows),
    h("p", {}, word(texts, "page_is_yours")),
  );
}

/** Before the course which answers are right would be told too soon: their number is enough. @param {Run} run */
function quizPart({ texts, lesson }) {
  const { right, all } = resultOf(lesson);
  return h("section", { class: "lesson-finish" }, h("p", { class: "lesson-far num" }, word(texts, "right_of", { right, all })), ...gainOf(texts));
}
