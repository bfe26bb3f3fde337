/** The chapters in order, with what each asks, where it happens and how far one is; before and after them, a small map. */

import { AFTER, BASICS, BEFORE, CHAPTERS } from "../../../lessons/course.js";
import { h } from "../../widgets/dom.js";
import { writePlace } from "./address.js";
import { gainOf, resultOf } from "./gain.js";
import { word } from "./language.js";
import { PATHS } from "./page.js";
import { progress } from "./progress.js";

/** @import { Lesson, Texts } from "../../../lessons/types.js" */

/** @param {Texts} texts */
export function courseList(texts) {
  const next = CHAPTERS.find((lesson) => undone(lesson) >= 0);
  const list = h("ol", { class: "chapters" }, ...CHAPTERS.map((lesson, at) => chapter(texts, lesson, at, lesson === next)));
  return h("div", { class: "course" }, before(texts), quiz(texts, BEFORE), list, quiz(texts, AFTER), after(texts));
}

/** The first step without an answer; -1: none. @param {Lesson} lesson */
const undone = (lesson) => lesson.steps.findIndex(({ id }) => progress.value[`${lesson.id}.${id}`] === undefined);

/** The address of a step, on the page where it happens. @param {Lesson} lesson @param {number} step */
export function addressOf(lesson, step) {
  const { page = "explore", view = {} } = lesson.steps[step - 1] ?? {};
  const search = new URLSearchParams(Object.entries(view).map(([name, value]) => [name, String(value)]));
  return `${PATHS[page]}?${search}`.replaceAll("%2C", ",").replaceAll("%3A", ":") + writePlace({ lesson: lesson.id, step, projector: false, packed: "" });
}

/** @param {Texts} texts @param {Lesson} lesson @param {number} at @param {boolean} isNext */
function chapter(texts, lesson, at, isNext) {
  const { title = "", why = "" } = texts.chapters[lesson.id] ?? {};
  const first = undone(lesson);
  const done = lesson.steps.filter(({ id }) => progress.value[`${lesson.id}.${id}`] !== undefined).length;
  const go = word(texts, first < 0 ? "again" : done ? "go_on" : "start");
  const pages = [...new Set(lesson.steps.map(({ page }) => word(texts, `page_${page}`)))].join(", ");
  return h(
    "li",
    { class: isNext ? "next" : "", id: `chapter-${lesson.id}` },
    h("span", { class: "no num", "aria-hidden": "true" }, String(at + 1)),
    h("div", { class: "what" }, h("h2", {}, title), h("p", {}, why)),
    h("span", { class: "where" }, pages, h("br"), word(texts, "steps_minutes", { steps: lesson.steps.length, minutes: lesson.minutes })),
    dots(texts, lesson, done),
    h("a", { class: isNext ? "btn primary" : "btn", href: addressOf(lesson, Math.max(0, first) + 1), "aria-label": `${go}: ${title}` }, go),
  );
}

/** @param {Texts} texts @param {Lesson} lesson @param {number} done */
function dots(texts, lesson, done) {
  const signs = lesson.steps.map(({ id }, at) => {
    const grade = progress.value[`${lesson.id}.${id}`];
    return h("i", { class: `dot ${grade ?? ""}` }, grade === "shown" ? "×" : grade === "first" || grade === "later" ? "✓" : String(at + 1));
  });
  return h("span", { class: "lesson-dots", role: "img", "aria-label": word(texts, "steps_done", { done, steps: lesson.steps.length }) }, ...signs);
}

/** @param {Texts} texts */
function before(texts) {
  const items = BASICS.steps.map(({ id }, at) => {
    const grade = progress.value[`basics.${id}`];
    const { title = "", about = "" } = texts.basics[id] ?? {};
    return h("li", {}, h("a", { href: addressOf(BASICS, at + 1) }, h("b", {}, grade ? `✓ ${title}` : title), h("span", {}, about)));
  });
  return h("section", { class: "course-map", "aria-labelledby": "builds-on" }, h("h2", { id: "builds-on" }, word(texts, "builds_on")), h("ul", {}, ...items));
}

/** @param {Texts} texts */
function after(texts) {
  const items = Object.values(texts.leads).map(({ title, about }) => h("li", {}, h("b", {}, title), h("span", {}, about)));
  return h("section", { class: "course-map", "aria-labelledby": "leads-to" }, h("h2", { id: "leads-to" }, word(texts, "leads_to")), h("ul", {}, ...items));
}

/** The five questions, for whoever likes to know what the course brings. @param {Texts} texts @param {Lesson} lesson */
function quiz(texts, lesson) {
  const { answered, right, all } = resultOf(lesson);
  const { title = "", why = "" } = texts.chapters[lesson.id] ?? {};
  const go = word(texts, answered === all ? "again" : answered ? "go_on" : "start");
  const told = answered === all ? word(texts, "right_of", { right, all }) : word(texts, "steps_minutes", { steps: all, minutes: lesson.minutes });
  const next = answered < all ? answered + 1 : 1;
  return h(
    "div",
    { class: "course-quiz", id: `chapter-${lesson.id}` },
    h("div", { class: "what" }, h("h2", {}, title), h("p", {}, why), ...(lesson === AFTER ? gainOf(texts) : [])),
    h("span", { class: "where num" }, told),
    h("a", { class: "btn", href: addressOf(lesson, next), "aria-label": `${go}: ${title}` }, go),
  );
}
