import { BaseElement } from "../../widgets/base-element.js";
import { h } from "../../widgets/dom.js";
import { saveFile } from "../../widgets/save-file.js";
import { form } from "./composer-form.js";
import { outline } from "./composer-outline.js";
import { word } from "./language.js";
import { LessonPanel } from "./lesson-panel.js";
import { BadLesson, LIMITS, addressOf, asLesson, pack, readFile, readLesson } from "./own-lesson.js";
import { NOTHING } from "./measures/subject.js";
import { Run } from "./run.js";

/** @import { Texts } from "../../../lessons/types.js" */
/** @import { LessonPage } from "./page.js" */
/** @import { OwnLesson, OwnStep } from "./own-lesson.js" */

const KEY = "convscope.teach";

/** @returns {OwnStep} */
export const emptyStep = () => ({ title: "", view: "/", say: "", ask: null, target: "", veil: false, measure: "", means: "" });

/** @returns {OwnLesson}  As it was left in this browser. */
function kept() {
  try {
    return readLesson(JSON.parse(localStorage.getItem(KEY) ?? ""));
  } catch {
    return { format: "convscope-lesson", version: 1, title: "", steps: [emptyStep()] };
  }
}

/** A teacher's own lesson: its steps in order, one of them in a form, and what the learner sees. */
export class LessonComposer extends BaseElement {
  #lesson = kept();
  #at = 0;
  /** @type {Texts | null} */
  #texts = null;
  /** @type {Run | null} */
  #preview = null;
  #outline = h("section", { class: "outline" });
  #form = h("section", { class: "form" });
  #share = h("section", { class: "share" });
  #sight = h("section", { class: "preview" });

  /** @param {Texts} texts */
  set texts(texts) {
    if (texts === this.#texts) return;
    this.#texts = texts;
    this.#drawAll();
  }

  /** @override */
  connected() {
    this.classList.add("teach");
    if (!this.firstChild) this.append(this.#outline, h("div", { class: "teach-middle" }, this.#form, this.#share), this.#sight);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    this.#preview?.stop();
  }

  get #step() {
    return this.#lesson.steps[this.#at] ?? emptyStep();
  }

  /** Something was typed: everything but the form shows it. */
  #changed() {
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#lesson));
    } catch {
      // It can still be saved as a file.
    }
    this.#drawOutline();
    this.#drawPreview();
    void this.#drawShare();
  }

  #drawAll() {
    const texts = this.#texts;
    if (!texts) return;
    const changed = (/** @type {boolean} */ anew) => (anew ? this.#drawAll() : undefined, this.#changed());
    this.#form.setAttribute("aria-label", word(texts, "step", { step: this.#at + 1 }));
    this.#form.replaceChildren(...form(texts, this.#lesson, this.#step, changed));
    this.#drawOutline();
    this.#drawPreview();
    void this.#drawShare();
  }

  #drawOutline() {
    const texts = this.#texts;
    if (!texts) return;
    const focused = document.activeElement instanceof HTMLElement && this.#outline.contains(document.activeElement);
    this.#outline.setAttribute("aria-label", word(texts, "your_steps"));
    this.#outline.replaceChildren(
      ...outline(texts, this.#lesson.steps, this.#at, {
        choose: (at) => this.#choose(at),
        move: (from, to) => this.#move(from, to),
        add: () => this.#add(),
        remove: () => this.#remove(),
      }),
    );
    if (focused) /** @type {HTMLElement | null} */ (this.#outline.querySelector("[aria-current=step]"))?.focus();
  }

  /** @param {number} at */
  #choose(at) {
    this.#at = at;
    this.#drawAll();
  }

  /** @param {number} from @param {number} to */
  #move(from, to) {
    const { steps } = this.#lesson;
    if (to < 0 || to >= steps.length || from === to) return;
    const [moved] = steps.splice(from, 1);
    if (moved) steps.splice(to, 0, moved);
    this.#at = to;
    this.#drawAll();
    this.#changed();
  }

  #add() {
    if (this.#lesson.steps.length >= LIMITS.steps) return;
    this.#lesson.steps.splice(this.#at + 1, 0, { ...emptyStep(), view: this.#step.view });
    this.#choose(this.#at + 1);
    this.#changed();
  }

  #remove() {
    this.#lesson.steps.splice(this.#at, 1);
    if (!this.#lesson.steps.length) this.#lesson.steps.push(emptyStep());
    this.#choose(Math.max(0, this.#at - 1));
    this.#changed();
  }

  /** The real panel, which only looks. */
  #drawPreview() {
    const texts = this.#texts;
    if (!texts) return;
    this.#preview?.stop();
    const parts = [h("div", { class: "dock-head" }, h("h2", {}, word(texts, "learner_sees")))];
    try {
      const { lesson, frame } = asLesson(readLesson(this.#lesson), texts);
      const page = stillPage(lesson.steps[this.#at]?.page ?? "explore");
      this.#preview = new Run(page, lesson, frame, texts, { lesson: "own", step: this.#at + 1, projector: false, packed: "preview" });
      const panel = new LessonPanel();
      panel.still = true;
      panel.run = this.#preview;
      parts.push(h("div", { class: "preview-panel", inert: true }, panel));
    } catch (error) {
      if (!(error instanceof BadLesson)) throw error;
      parts.push(h("p", { class: "note", role: "status" }, error.message));
    }
    this.#sight.replaceChildren(...parts);
  }

  async #drawShare() {
    const texts = this.#texts;
    if (!texts) return;
    let packed = "";
    let told = "";
    try {
      packed = await pack(readLesson(this.#lesson));
      const size = (packed.length / 1000).toLocaleString(texts.locale, { maximumFractionDigits: 1 });
      told = word(texts, packed.length > LIMITS.link ? "too_large" : "in_link", { steps: this.#lesson.steps.length, size });
    } catch (error) {
      if (!(error instanceof BadLesson)) throw error;
      told = error.message;
    }
    this.#share.replaceChildren(...this.#shareParts(texts, packed, told));
  }

  /** @param {Texts} texts @param {string} packed @param {string} told */
  #shareParts(texts, packed, told) {
    const fits = packed !== "" && packed.length <= LIMITS.link;
    const address = packed ? addressOf(this.#lesson, packed) : "";
    const copy = h("button", { class: "btn primary", type: "button", disabled: !fits }, word(texts, "copy_lesson"));
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(new URL(address, location.href).href);
      copy.textContent = word(texts, "copied");
    });
    const save = h("button", { class: "btn", type: "button", disabled: !packed }, word(texts, "save_file"));
    save.addEventListener("click", () => saveFile(new Blob([JSON.stringify(this.#lesson, null, 2)], { type: "application/json" }), "lesson.json"));
    const file = h("input", { class: "sr-only", type: "file", accept: ".json,application/json", tabindex: -1, "aria-label": word(texts, "open_file") });
    file.addEventListener("change", () => void this.#open(file.files?.[0]));
    const open = h("button", { class: "btn", type: "button" }, word(texts, "open_file"));
    open.addEventListener("click", () => file.click());
    const attempt = h("a", { class: "btn", href: address || "#teach", target: "_blank", hidden: !fits }, word(texts, "try_it"));
    return [copy, attempt, save, open, file, h("span", { class: "num", role: "status" }, told)];
  }

  /** @param {File | undefined} file */
  async #open(file) {
    if (!file || !this.#texts) return;
    try {
      this.#lesson = await readFile(file);
      this.#choose(0);
      this.#changed();
    } catch (error) {
      if (!(error instanceof BadLesson)) throw error;
      this.#share.append(h("p", { class: "problem", role: "alert" }, `${word(this.#texts, "bad_lesson")}: ${error.message}.`));
    }
  }
}

/** A page that shows nothing and goes nowhere. @param {import("../../../lessons/types.js").PageName} name @returns {LessonPage} */
function stillPage(name) {
  return { name, still: true, subject: () => NOTHING, signals: [], photo: () => "", mine: () => null, open: () => {} };
}

customElements.define("lesson-composer", LessonComposer);
