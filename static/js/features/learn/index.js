/** Lessons beside a page: opened when the address names a step, closed when it names none any more. */

/**
 * @import { LessonPage } from "./page.js"
 * @import { Place } from "./address.js"
 * @import { Lesson, Step, Texts } from "../../../lessons/types.js"
 * @import { Frame } from "./run.js"
 */

import { late } from "../../api/client.js";
import { AFTER, BASICS, BEFORE, CHAPTERS, PRACTICE } from "../../../lessons/course.js";
import { h } from "../../widgets/dom.js";
import { styles } from "../../widgets/styles.js";
import { readPlace } from "./address.js";
import { speak, texts as spoken, word } from "./language.js";
import { LessonPanel } from "./lesson-panel.js";
import { BadLesson, addressOf, pack, readFile, unpackLesson } from "./own-lesson.js";
import { Run } from "./run.js";

/** The page of the course; beside another page nobody needs it. */
export const course = () => Promise.all([late(() => import("./learn-page.js")), speak()]);

/** @typedef {{run: Run, panel: LessonPanel, lesson: string}} Open */

/** Follow the address from now on. @param {LessonPage} page */
export async function followLessons(page) {
  /** @type {Open | null} */
  let open = null;
  await Promise.all([speak(), styles("lesson")]);
  const follow = async () => {
    const place = readPlace(location.hash);
    const which = place && (place.packed || place.lesson);
    if (open && place && open.lesson === which) return open.run.goTo(place);
    open = close(open);
    const texts = spoken.value;
    if (!place || !texts) return;
    try {
      const found = await find(place, texts);
      if (found) open = show(page, new Run(page, found.lesson, found.frame, texts, place), String(which));
    } catch (error) {
      if (!(error instanceof BadLesson)) throw error;
      refuse(error);
    }
  };
  addEventListener("hashchange", () => void follow());
  addEventListener("lesson-left", () => (open = close(open)));
  spoken.subscribe(async (texts) => {
    const place = readPlace(location.hash);
    if (!open || !place || !texts) return follow();
    const found = await find(place, texts);
    if (found) open?.run.speak(texts, found.frame);
  });
}

/** @param {LessonPage} page @param {Run} run @param {string} lesson @returns {Open} */
function show(page, run, lesson) {
  const panel = new LessonPanel();
  panel.run = run;
  document.querySelector("main")?.prepend(panel);
  document.body.setAttribute("data-lesson-open", page.name);
  return { run, panel, lesson };
}

/** Open a lesson that somebody has saved as a file. @param {File} file */
export async function takeLesson(file) {
  await Promise.all([speak(), styles("lesson")]);
  try {
    const lesson = await readFile(file);
    location.assign(addressOf(lesson, await pack(lesson)));
  } catch (error) {
    if (!(error instanceof BadLesson)) throw error;
    refuse(error);
  }
}

/** @param {BadLesson} error */
function refuse({ message }) {
  const texts = spoken.value;
  if (!texts) return;
  document.querySelector(".lesson-refused")?.remove();
  const away = h("button", { class: "btn icon", type: "button", "aria-label": word(texts, "close") }, "✕");
  const told = h("p", { class: "lesson-trouble lesson-refused", role: "alert" }, `${word(texts, "bad_lesson")}: ${message}.`, away);
  away.addEventListener("click", () => told.remove());
  document.querySelector("main")?.prepend(told);
}

/** @param {Open | null} open @returns {null} */
function close(open) {
  document.querySelector(".lesson-refused")?.remove();
  open?.run.stop();
  open?.panel.remove();
  for (const name of ["data-lesson-open", "data-lesson-dock", "data-projector"]) document.body.removeAttribute(name);
  return null;
}

/**
 * @param {Place} place
 * @param {Texts} texts
 * @returns {Promise<{lesson: Lesson, frame: Frame} | null>}
 */
async function find(place, texts) {
  if (place.packed) return unpackLesson(place.packed, texts);
  const at = CHAPTERS.findIndex((each) => each.id === place.lesson);
  const lesson = CHAPTERS[at] ?? [PRACTICE, BASICS, BEFORE, AFTER].find((each) => each.id === place.lesson);
  if (!lesson) return null;
  const next = CHAPTERS[at + 1];
  const quiz = lesson === BEFORE || lesson === AFTER;
  const overline = at < 0 ? word(texts, lesson.id) : word(texts, "chapter_of", { chapter: at + 1, all: CHAPTERS.length });
  const textOf = (/** @type {Step} */ step) => {
    const key = `${quiz ? PRACTICE.id : lesson.id}.${step.id}`;
    const text = texts.steps[key];
    if (!text) throw new Error(`${texts.name}: no text for ${key}`);
    return text;
  };
  const onwards = at >= 0 && next ? `/learn#chapter=${next.id}` : "/learn";
  return { lesson, frame: { overline, title: texts.chapters[lesson.id]?.title ?? "", textOf, onwards, scored: true, quiz } };
}
