/** The five questions before and after the course: how many were right at once, and what was gained between. */

import { AFTER, BEFORE } from "../../../lessons/course.js";
import { h } from "../../widgets/dom.js";
import { word } from "./language.js";
import { progress } from "./progress.js";

/** @import { Lesson, Texts } from "../../../lessons/types.js" */

/** @param {Lesson} quiz @returns {{answered: number, right: number, all: number}} */
export function resultOf(quiz) {
  const grades = quiz.steps.map(({ id }) => progress.value[`${quiz.id}.${id}`]);
  return { answered: grades.filter(Boolean).length, right: grades.filter((each) => each === "first").length, all: grades.length };
}

/** Both results beside each other, once both sets are answered. @param {Texts} texts @returns {HTMLElement[]} */
export function gainOf(texts) {
  const [before, after] = [resultOf(BEFORE), resultOf(AFTER)];
  if (before.answered < before.all || after.answered < after.all) return [];
  const points = Math.round((100 * (after.right - before.right)) / after.all);
  const sign = points > 0 ? "+" : points < 0 ? "\u2212" : "";
  const told = { before: before.right, after: after.right, all: after.all, gain: `${sign}${Math.abs(points)}` };
  return [h("p", { class: "lesson-gain num" }, word(texts, "gain", told))];
}
