import { BaseElement } from "../../widgets/base-element.js";
import { h } from "../../widgets/dom.js";
import { courseList } from "./course-list.js";
import { LANGUAGES, choose, texts, word } from "./language.js";
import { LessonComposer } from "./lesson-composer.js";
import { progress, restore } from "./progress.js";
import { questionFilter, questionList } from "./question-list.js";
import { side } from "./learn-side.js";

/** @import { Texts } from "../../../lessons/types.js" */

/** @typedef {"course" | "questions" | "teach"} Room */
/** @type {readonly Room[]} */
const ROOMS = ["course", "questions", "teach"];

/** @returns {Room} */
function roomIn() {
  const name = location.hash.slice(1).split("=")[0];
  return ROOMS.find((each) => each === name) ?? "course";
}

/** The page of the course: what there is, how far one is, and a teacher's own lessons. */
export class LearnPage extends BaseElement {
  #composer = new LessonComposer();
  /** Which questions are listed. @type {import("./question-list.js").Only} */
  #only = "all";

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(progress, restore, texts);
    addEventListener("hashchange", () => this.requestPaint(), { signal });
  }

  /** @override */
  paint() {
    const spoken = texts.value;
    if (!spoken) return;
    document.documentElement.lang = spoken.language;
    const room = roomIn();
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.key : undefined;
    const shell = h("section", { class: `learn-room in-${room}`, "aria-label": word(spoken, room) }, this.#head(spoken, room), this.#body(spoken, room));
    this.replaceChildren(side(spoken), shell);
    if (focused) /** @type {HTMLElement | null} */ (this.querySelector(`[data-key="${CSS.escape(focused)}"]`))?.focus();
    this.dataset.state = "ready";
  }

  /** @param {Texts} spoken @param {Room} room */
  #head(spoken, room) {
    const tabs = ROOMS.map((each) => h("a", { href: `#${each}`, "aria-current": each === room ? "page" : null, "data-key": `room-${each}` }, word(spoken, each)));
    const head = h("div", { class: "learn-head" }, h("nav", { class: "seg learn-tabs", "aria-label": word(spoken, "course") }, ...tabs), h("p", {}, word(spoken, `${room}_lead`)));
    if (room === "questions") head.append(questionFilter(spoken, this.#only, (only) => this.#list(only)));
    head.append(languages(spoken));
    return head;
  }

  /** @param {import("./question-list.js").Only} only */
  #list(only) {
    this.#only = only;
    this.requestPaint();
  }

  /** @param {Texts} spoken @param {Room} room */
  #body(spoken, room) {
    if (room === "questions") return questionList(spoken, this.#only);
    if (room === "course") return courseList(spoken);
    this.#composer.texts = spoken;
    return this.#composer;
  }
}

/** @param {Texts} spoken */
function languages(spoken) {
  const select = h("select", { "aria-label": word(spoken, "language"), "data-key": "language" });
  for (const [language, { name }] of Object.entries(LANGUAGES)) {
    select.append(h("option", { value: language, lang: language, selected: language === spoken.language }, name));
  }
  select.addEventListener("change", () => void choose(select.value));
  return h("label", { class: "learn-language" }, select);
}

customElements.define("learn-page", LearnPage);
