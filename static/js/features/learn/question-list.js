/** The practice questions, one a row. */

import { PRACTICE } from "../../../lessons/course.js";
import { h } from "../../widgets/dom.js";
import { addressOf } from "./course-list.js";
import { word } from "./language.js";
import { progress } from "./progress.js";

/** @import { Question, Texts } from "../../../lessons/types.js" */

/** @typedef {"all" | "lesson" | "open"} Only */

const questions = /** @type {readonly Question[]} */ (PRACTICE.steps);

/** @param {Question} question */
const gradeOf = ({ id }) => progress.value[`practice.${id}`];

/** @type {Readonly<Record<Only, (question: Question) => boolean>>} */
const LISTED = {
  all: () => true,
  lesson: ({ lesson }) => lesson === true,
  open: (question) => !["first", "later"].includes(gradeOf(question) ?? ""),
};

/** @param {Texts} texts @param {Only} only @param {(only: Only) => void} choose */
export function questionFilter(texts, only, choose) {
  const counts = { all: questions.length, lesson: questions.filter(LISTED.lesson).length, open: 0 };
  const buttons = /** @type {Only[]} */ (["all", "lesson", "open"]).map((each) => {
    const button = h("button", { type: "button", "aria-pressed": String(each === only), "data-key": `only-${each}` }, word(texts, `${each}_questions`, { count: counts[each] }));
    button.addEventListener("click", () => choose(each));
    return button;
  });
  return h("div", { class: "seg", role: "group", "aria-label": word(texts, "questions") }, ...buttons);
}

/** @param {Texts} texts @param {Only} only */
export function questionList(texts, only) {
  const rows = questions.flatMap((question, at) => (LISTED[only](question) ? [row(texts, question, at)] : []));
  if (!rows.length) return h("p", { class: "note" }, word(texts, "none_open"));
  const keys = ["", "", "question", "concept", "answered_on", "your_answer", ""];
  const heads = keys.map((key) => (key ? h("th", { scope: "col" }, word(texts, key)) : h("td", {})));
  return h("table", { class: "questions" }, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...rows));
}

/** @param {Texts} texts @param {Question} question @param {number} at */
function row(texts, question, at) {
  const grade = gradeOf(question);
  const asked = texts.steps[`practice.${question.id}`]?.ask ?? "";
  const go = word(texts, grade ? "again" : "answer");
  const cells = [
    h("td", { class: "num" }, String(at + 1)),
    h("td", {}, ...(question.lesson ? [h("span", { class: "mark", title: word(texts, "lessons_own"), role: "img", "aria-label": word(texts, "lessons_own") }, "L")] : [])),
    h("td", {}, asked),
    h("td", {}, texts.concepts[question.concept]),
    h("td", {}, word(texts, `page_${question.page}`)),
    h("td", {}, h("span", { class: `state ${grade ?? ""}` }, grade ? word(texts, grade) : "")),
    h("td", {}, h("a", { class: "btn", href: addressOf(PRACTICE, at + 1), "aria-label": `${go}: ${at + 1}` }, go)),
  ];
  return h("tr", {}, ...cells);
}
