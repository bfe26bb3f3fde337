/** How far one is, by concept; kept in this browser alone, to be saved or forgotten. */

import { AFTER, BEFORE, CHAPTERS, LESSONS } from "../../../lessons/course.js";
import { h } from "../../widgets/dom.js";
import { saveFile } from "../../widgets/save-file.js";
import { word } from "./language.js";
import { csv, forget, progress, restore } from "./progress.js";

/** @import { Concept, Lesson, Texts } from "../../../lessons/types.js" */

const itemsOf = (/** @type {readonly Lesson[]} */ lessons) => lessons.flatMap((lesson) => lesson.steps.map(({ id, concept }) => ({ key: `${lesson.id}.${id}`, concept })));
const ITEMS = itemsOf(LESSONS);
/** What is asked twice counts in no concept's score. */
const ALL = [...ITEMS, ...itemsOf([BEFORE, AFTER])];

/** @param {Texts} texts */
export function side(texts) {
  const steps = CHAPTERS.flatMap((lesson) => lesson.steps.map(({ id }) => `${lesson.id}.${id}`));
  const done = steps.filter((key) => progress.value[key] !== undefined).length;
  return h(
    "aside",
    { class: "learn-side panel", "aria-label": word(texts, "your_course") },
    h("section", {}, h("h2", {}, word(texts, "your_course")), h("p", { class: "far num" }, String(done), " ", h("small", {}, word(texts, "of_steps", { all: steps.length })))),
    h("section", {}, h("div", { class: "dock-head" }, h("h2", {}, word(texts, "by_concept")), h("span", {}, word(texts, "right"))), concepts(texts), h("p", { class: "note" }, word(texts, "full_pale"))),
    keeping(texts),
  );
}

/** @param {Texts} texts */
function concepts(texts) {
  const names = /** @type {[Concept, string][]} */ (Object.entries(texts.concepts));
  const rows = names.map(([concept, name]) => {
    const grades = ITEMS.filter((item) => item.concept === concept).map(({ key }) => progress.value[key]);
    const [first, later] = [grades.filter((each) => each === "first").length, grades.filter((each) => each === "later").length];
    if (!grades.length) return "";
    const bar = grades.map((_, at) => h("i", { class: at < first ? "first" : at < first + later ? "later" : "" }));
    return h("li", {}, h("span", {}, name), h("output", { class: "num" }, word(texts, "right_of", { right: first + later, all: grades.length })), h("span", { class: "bar", "aria-hidden": "true" }, ...bar));
  });
  return h("ul", { class: "concepts" }, ...rows);
}

/** @param {Texts} texts */
function keeping(texts) {
  const save = h("button", { class: "btn", type: "button", "data-key": "csv" }, word(texts, "save_csv"));
  save.addEventListener("click", () => saveFile(new Blob([csv(ALL)], { type: "text/csv" }), "convscope-learn.csv"));
  const clear = h("button", { class: "btn", type: "button", "data-key": "forget", disabled: !Object.keys(progress.value).length }, word(texts, "forget"));
  clear.addEventListener("click", forget);
  const part = h("section", {}, h("p", { class: "note" }, word(texts, "kept_here")), h("div", { class: "learn-buttons" }, save, clear));
  if (restore.value) {
    const back = h("button", { class: "quiet", type: "button", "data-key": "undo" }, word(texts, "undo"));
    back.addEventListener("click", () => restore.value?.());
    part.append(h("p", { class: "note", role: "status" }, word(texts, "forgotten"), " ", back));
  }
  return part;
}
