/**
 * One lesson under way on one page: which step, what was answered, what has been measured.
 *
 * @import { Ask, Lesson, Step, StepText, Texts } from "../../../lessons/types.js"
 * @import { AskShown, Shown } from "./filled.js"
 * @import { LessonPage, Work } from "./page.js"
 * @import { Place } from "./address.js"
 * @import { Answer, Trial } from "./trial.js"
 */

import { signal } from "../../state/store.js";
import { writePlace } from "./address.js";
import { word } from "./language.js";
import { Marks, reveal } from "./marks.js";
import { numbersOf, rightOf, wordsOf } from "./filled.js";
import { Measuring } from "./measures/index.js";
import { NOTHING } from "./measures/subject.js";
import { PATHS, searchOf, shows } from "./page.js";
import { progress, record } from "./progress.js";
import { FRESH, gradeOf, isBorneOut, isRight, judged, sameAnswer } from "./trial.js";

/**
 * @typedef {object} State  Everything the panel shows.
 * @property {string} key
 * @property {string} language
 * @property {string} own  The learner's photo or race, by its title.
 * @property {number} step
 * @property {boolean} begun  False at the first step of a visit.
 * @property {string} said
 * @property {AskShown | null} ask
 * @property {Trial} trial
 * @property {boolean} busy
 * @property {Work | null} work  What the page has to compute before it can measure.
 * @property {Shown | null} shown
 * @property {string} trouble  Why something could not be measured.
 * @property {boolean} projector
 * @property {readonly number[]} hands
 */

/**
 * Where a lesson stands in the course.
 *
 * @typedef {object} Frame
 * @property {string} overline  What comes before its title.
 * @property {string} title
 * @property {(step: Step) => StepText} textOf
 * @property {string} onwards  Where one goes on.
 * @property {boolean} scored
 * @property {boolean} [quiz]  Answers are kept, and neither judged nor shown.
 */

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
    const none = { own: "", said: "", ask: null, busy: false, work: null, shown: null, trouble: "", hands: [0, 0, 0, 0] };
    const { language } = this.texts;
    return { key, language, step: at, begun: this.#visited, projector, trial: FRESH, ...none };
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

  /** The same in another language: what was answered and measured stays. @param {Texts} texts @param {Frame} frame */
  speak(texts, frame) {
    [this.texts, this.frame] = [texts, frame];
    if (this.#measuring) this.#measuring.locale = texts.locale;
    this.#set({ language: texts.language });
    this.#mark();
    void this.#say();
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
    const there = this.page.at?.(step.view) ?? shows(location.search, step.view);
    if (!there) this.page.open(searchOf(this.page.photo(), step.view));
    this.#mark();
    reveal(step.target);
    void this.#look();
    // A race waits for the learner, who predicts first; without the others there is nothing to look at.
    if (step.needs && step.needs !== "race") void this.work();
  }

  #mark() {
    const { step } = this;
    if (!step) return;
    const open = (this.state.value.trial.done && !this.frame.quiz) || !step.ask;
    const hidden = open ? [] : (step.veil ?? []);
    this.#marks.show(step.target, hidden, word(this.texts, "veil"));
  }

  /** What the page shows has changed: texts and numbers belong to what it shows now. */
  async #look() {
    const { step } = this;
    const needs = this.frame.quiz ? undefined : step?.needs;
    this.#set({ own: this.page.mine()?.title ?? "", work: (needs && this.page.work?.(needs)) ?? null });
    const found = this.page.subject(needs);
    const subject = found && { ...NOTHING, ...found };
    const other = step?.view.model && subject?.model.id !== step.view.model && !this.page.still;
    if (!step || !subject || other) return;
    const { model, image, crop, pixel, race } = subject;
    const now = JSON.stringify([model.id, image, crop, pixel, race, this.state.value.key]);
    if (now === this.#measured) return;
    this.#measured = now;
    this.#measuring = new Measuring(subject, this.texts.locale, this.#end.signal);
    await this.#say();
  }

  /** Everything that is said of the step, in the language that is spoken. */
  async #say() {
    const { step } = this;
    const measuring = this.#measuring;
    if (!step || !measuring) return;
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
    if (!step?.ask || trial.done || busy || trial.answer === null || trial.answer === "" || !this.#measuring) return;
    if (trial.wrong.some((each) => sameAnswer(each, trial.answer))) return;
    const { ask } = step;
    this.#set({ busy: true, trouble: "" });
    await this.#trying(async () => {
      const next = await this.#judged(ask, trial);
      // Another value may be selected meanwhile; the answer was to what stood there.
      if (key === this.state.value.key) await this.#judge(next);
    });
    this.#set({ busy: false });
  }

  /** @param {Ask} ask @param {Trial} trial @returns {Promise<Trial>} */
  async #judged(ask, trial) {
    const measuring = await this.#prepared();
    const right = await isRight(ask, trial.answer, measuring);
    if (this.frame.quiz) return { ...judged(trial, right, true), done: true };
    const last = right || trial.wrong.length > 0;
    return judged(trial, right, !last || (await isBorneOut(ask, measuring)));
  }

  /** Have the page compute what the step is measured on. */
  async work() {
    await this.#trying(async () => void (await this.#prepared()));
  }

  /** What measures the page, once there is all that the step needs. @returns {Promise<Measuring>} */
  async #prepared() {
    const needs = this.frame.quiz ? undefined : this.step?.needs;
    if (needs) await this.page.prepare?.(needs);
    if (!this.#measuring) throw new Error("the page has nothing to measure yet");
    return this.#measuring;
  }

  /** Show what was measured without an answer of one's own, as a class does. */
  async reveal() {
    const { step } = this;
    if (!step?.ask || !this.#measuring) return;
    const { ask } = step;
    await this.#trying(async () => {
      const borneOut = await isBorneOut(ask, await this.#prepared());
      await this.#judge({ ...this.state.value.trial, done: true, right: true, contradicted: !borneOut });
    });
  }

  /** @param {Trial} trial */
  async #judge(trial) {
    this.#set({ trial });
    const grade = gradeOf(trial);
    if (grade && this.frame.scored && !this.state.value.projector) record(this.state.value.key, grade);
    if (!trial.done || this.frame.quiz) return;
    this.#mark();
    const { step } = this;
    if (step?.after) this.page.open(searchOf(this.page.photo(), { ...step.view, ...step.after }));
    await this.#show();
  }

  async #show() {
    const { step } = this;
    const measuring = this.#measuring;
    if (!step || !measuring || this.frame.quiz) return;
    await this.#trying(async () => {
      const shown = await numbersOf(step, this.frame.textOf(step), measuring);
      const right = await rightOf(step, measuring);
      const { ask } = this.state.value;
      if (measuring === this.#measuring) this.#set({ shown, ask: ask && { ...ask, ...right } });
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
