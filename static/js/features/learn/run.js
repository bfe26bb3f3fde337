/**
 * One lesson under way on one page: which step, what was answered, what has been measured.
 *
 * @import { Lesson, Step, StepText, Texts } from "../../../lessons/types.js"
 * @import { LessonPage } from "./page.js"
 * @import { Place } from "./address.js"
 * @import { Answer, Trial } from "./trial.js"
 */

import { signal } from "../../state/store.js";
import { writePlace } from "./address.js";
import { word } from "./language.js";
import { Marks, reveal } from "./marks.js";
import { Measuring } from "./measures/index.js";
import { PATHS, searchOf } from "./page.js";
import { progress, record } from "./progress.js";
import { FRESH, gradeOf, isBorneOut, isRight, judged, sameAnswer } from "./trial.js";

/**
 * @typedef {object} AskShown
 * @property {"choice" | "number" | "click"} kind
 * @property {string} question
 * @property {readonly string[]} options
 * @property {Readonly<Record<string, string>>} hints
 * @property {string} unit
 * @property {number | null} right  Number of the right option.
 * @property {string} measured  The right number, once it is measured.
 */

/**
 * @typedef {object} State  Everything the panel shows.
 * @property {string} key
 * @property {number} step
 * @property {boolean} begun  False at the first step of a visit.
 * @property {string} said
 * @property {AskShown | null} ask
 * @property {Trial} trial
 * @property {boolean} busy
 * @property {{rows: {label: string, text: string}[], means: string} | null} shown
 * @property {string} trouble  Why something could not be measured.
 * @property {boolean} projector
 * @property {readonly number[]} hands
 */

/** Where a lesson stands in the course: what comes before its title, and where one goes on. */
/** @typedef {{overline: string, title: string, textOf: (step: Step) => StepText, onwards: string, scored: boolean}} Frame */

export class Run {
  #marks = new Marks();
  #end = new AbortController();
  /** @type {Measuring | null} */
  #measuring = null;
  /** What the numbers on the panel belong to. */
  #measured = "";
  #visited = false;

  /**
   * @param {LessonPage} page
   * @param {Lesson} lesson
   * @param {Frame} frame
   * @param {Texts} texts
   * @param {Place} place
   */
  constructor(page, lesson, frame, texts, place) {
    this.page = page;
    this.lesson = lesson;
    this.frame = frame;
    this.texts = texts;
    this.place = place;
    this.state = signal(this.#stateOf(place));
    for (const each of page.signals) each.subscribe(() => void this.#look(), { signal: this.#end.signal });
    document.addEventListener("click", (event) => this.#clicked(event), { signal: this.#end.signal });
    this.#open();
  }

  /** @returns {Step | null}  null: the end of the lesson. */
  get step() {
    return this.lesson.steps[this.state.value.step - 1] ?? null;
  }

  /** @param {Place} place @returns {State} */
  #stateOf({ step, projector }) {
    const at = Math.min(step, this.lesson.steps.length + 1);
    const key = `${this.lesson.id}.${this.lesson.steps[at - 1]?.id ?? "end"}`;
    const none = { said: "", ask: null, busy: false, shown: null, trouble: "", hands: [0, 0, 0, 0] };
    return { key, step: at, begun: this.#visited, projector, trial: FRESH, ...none };
  }

  /** @param {Partial<State>} change */
  #set(change) {
    this.state.value = { ...this.state.value, ...change };
  }

  /* Where the lesson is */

  atEnd = () => this.step === null;
  title = () => this.frame.title;
  overline = () => this.frame.overline;
  onwards = () => this.frame.onwards;

  /** @param {number} at */
  stepTitle(at) {
    const step = this.lesson.steps[at];
    return step ? this.frame.textOf(step).ask || word(this.texts, "step", { step: at + 1 }) : "";
  }

  /** @param {number} at @returns {import("./progress.js").Grade | undefined} */
  gradeAt(at) {
    return progress.value[`${this.lesson.id}.${this.lesson.steps[at]?.id}`];
  }

  /** The address of a step: on another page, with the learner's photo. @param {number} step */
  hrefOf(step) {
    const hash = writePlace({ ...this.place, step, projector: this.state.value.projector });
    const { page, view = {} } = this.lesson.steps[step - 1] ?? {};
    if (!page || page === this.page.name) return hash;
    return `${PATHS[page]}${searchOf(this.page.photo(), view)}${hash}`;
  }

  /** @param {number} step */
  go(step) {
    location.assign(this.hrefOf(step));
  }

  next() {
    if (this.atEnd()) location.assign(this.onwards());
    else this.go(this.state.value.step + 1);
  }

  /** The address names another step of this lesson. @param {Place} place */
  goTo(place) {
    this.#visited = true;
    this.place = place;
    this.#measuring = null;
    this.#measured = "";
    this.state.value = this.#stateOf(place);
    this.#open();
  }

  project() {
    const large = !this.state.value.projector;
    this.place = { ...this.place, projector: large };
    history.replaceState(history.state, "", writePlace({ ...this.place, step: this.state.value.step }));
    this.#set({ projector: large });
    document.body.toggleAttribute("data-projector", large);
  }

  leave() {
    this.stop();
    history.replaceState(history.state, "", location.pathname + location.search);
    dispatchEvent(new Event("lesson-left"));
  }

  stop() {
    this.#end.abort();
    this.#marks.end();
  }

  /* On the page */

  #open() {
    document.body.toggleAttribute("data-projector", this.state.value.projector);
    const { step } = this;
    if (!step) return this.#marks.end();
    if (this.page.still) return void this.#look();
    if (step.page !== this.page.name) return this.go(this.state.value.step);
    if (!shows(location.search, step.view)) this.page.open(searchOf(this.page.photo(), step.view));
    this.#mark();
    reveal(step.target);
    void this.#look();
  }

  #mark() {
    const { step } = this;
    if (!step) return;
    const hidden = this.state.value.trial.done || !step.ask ? [] : (step.veil ?? []);
    this.#marks.show(step.target, hidden, word(this.texts, "veil"));
  }

  /** What the page shows has changed: texts and numbers belong to what it shows now. */
  async #look() {
    const { step } = this;
    const subject = this.page.subject();
    const other = step?.view.model && subject?.model.id !== step.view.model && !this.page.still;
    if (!step || !subject || other) return;
    const { model, image, crop, pixel } = subject;
    const now = JSON.stringify([model.id, image, crop, pixel, this.state.value.key]);
    if (now === this.#measured) return;
    this.#measured = now;
    const measuring = new Measuring(subject, this.texts.locale, this.#end.signal);
    this.#measuring = measuring;
    await this.#trying(async () => {
      const { said, ask } = await wordsOf(step, this.frame.textOf(step), measuring);
      if (measuring === this.#measuring) this.#set({ said, ask });
    });
    if (this.state.value.trial.done || !step.ask) await this.#show();
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const { step } = this;
    const inside = event.target instanceof Element && event.target.closest("lesson-panel, header, dialog");
    if (step?.ask?.kind !== "click" || inside || this.state.value.trial.done) return;
    queueMicrotask(() => {
      const { node = "", channel = 0 } = this.page.subject()?.pixel ?? {};
      if (node) this.answer({ node, channel });
    });
  }

  /* Answering */

  /** @param {Answer} answer @param {boolean} [focus] */
  answer(answer, focus = false) {
    const { trial, projector } = this.state.value;
    if (trial.done || projector) return;
    this.#set({ trial: { ...trial, answer } });
    if (!focus) return;
    // After the panel has painted: the options are new ones then.
    requestAnimationFrame(() => {
      const option = document.querySelector(`[data-key="option-${answer}"]`);
      if (option instanceof HTMLElement) option.focus();
    });
  }

  /** One more hand for an option. @param {number} at */
  raise(at) {
    const { hands, trial } = this.state.value;
    if (!trial.done) this.#set({ hands: hands.map((count, index) => count + (index === at ? 1 : 0)) });
  }

  async check() {
    const { step } = this;
    const { trial, busy, key } = this.state.value;
    const measuring = this.#measuring;
    if (!step?.ask || trial.done || busy || trial.answer === null || trial.answer === "" || !measuring) return;
    if (trial.wrong.some((each) => sameAnswer(each, trial.answer))) return;
    const { ask } = step;
    this.#set({ busy: true, trouble: "" });
    await this.#trying(async () => {
      const right = await isRight(ask, trial.answer, measuring);
      const last = right || trial.wrong.length > 0;
      const borneOut = !last || (await isBorneOut(ask, measuring));
      // Another value may be selected meanwhile; the answer was to what stood there.
      if (key === this.state.value.key) await this.#judge(judged(trial, right, borneOut));
    });
    this.#set({ busy: false });
  }

  /** Show what was measured without an answer of one's own, as a class does. */
  async reveal() {
    const { step } = this;
    const measuring = this.#measuring;
    if (!step?.ask || !measuring) return;
    const { ask } = step;
    await this.#trying(async () => {
      const borneOut = await isBorneOut(ask, measuring);
      await this.#judge({ ...this.state.value.trial, done: true, right: true, contradicted: !borneOut });
    });
  }

  /** @param {Trial} trial */
  async #judge(trial) {
    this.#set({ trial });
    const grade = gradeOf(trial);
    if (grade && this.frame.scored && !this.state.value.projector) record(this.state.value.key, grade);
    if (!trial.done) return;
    this.#mark();
    const { step } = this;
    if (step?.after) this.page.open(searchOf(this.page.photo(), { ...step.view, ...step.after }));
    await this.#show();
  }

  async #show() {
    const { step } = this;
    const measuring = this.#measuring;
    if (!step || !measuring) return;
    const text = this.frame.textOf(step);
    await this.#trying(async () => {
      const texts = await Promise.all(step.measures.map((each) => measuring.text(each)));
      const labels = await Promise.all(text.got.map((each) => measuring.fill(each)));
      const rows = texts.map((each, at) => ({ label: labels[at] ?? "", text: each }));
      const means = await measuring.fill(text.means);
      const right = step.ask?.kind === "number" ? await measuring.text(step.ask.right) : "";
      const { ask } = this.state.value;
      if (measuring === this.#measuring) this.#set({ shown: { rows, means }, ask: ask && { ...ask, measured: right } });
    });
  }

  retry() {
    this.#measured = "";
    this.#set({ trouble: "" });
    void this.#look();
  }

  /** @param {() => Promise<void>} work */
  async #trying(work) {
    try {
      await work();
    } catch (error) {
      if (this.#end.signal.aborted) return;
      this.#set({ trouble: error instanceof Error ? error.message : String(error) });
    }
  }
}

/** What an address may say beside a step's view: the photo, and where on a layer. */
const OWN = new Set(["image", "crop", "channel", "y", "x"]);

/**
 * Whether an address is of a view already, photo and place aside.
 *
 * @param {string} search
 * @param {Readonly<Record<string, string | number>>} view
 */
function shows(search, view) {
  const now = new URLSearchParams(search);
  const same = Object.entries(view).every(([name, value]) => now.get(name) === String(value));
  return same && [...now.keys()].every((name) => name in view || OWN.has(name));
}

/**
 * A step's sentence and question, with what is measured put in.
 *
 * @param {Step} step
 * @param {StepText} text
 * @param {Measuring} measuring
 * @returns {Promise<{said: string, ask: AskShown | null}>}
 */
async function wordsOf(step, text, measuring) {
  const fill = (/** @type {string} */ each) => measuring.fill(each);
  const said = await fill(text.say ?? "");
  if (!step.ask) return { said, ask: null };
  const { kind } = step.ask;
  const options = await Promise.all((text.options ?? []).map(fill));
  const hints = Object.fromEntries(Object.entries(text.hints).map(([key, value]) => [key, String(value)]));
  const right = step.ask.kind === "choice" ? step.ask.right : null;
  return { said, ask: { kind, question: await fill(text.ask), options, hints, unit: text.unit ?? "", right, measured: "" } };
}
