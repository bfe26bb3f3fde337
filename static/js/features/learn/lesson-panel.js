import { BaseElement } from "../../widgets/base-element.js";
import { h } from "../../widgets/dom.js";
import { LANGUAGES, choose, word } from "./language.js";
import { askPart } from "./panel-ask.js";
import { finishPart } from "./panel-finish.js";
import { revealPart } from "./panel-reveal.js";
import { workPart } from "./panel-work.js";
import { KEYS, lettersOf } from "./panel-keys.js";

/** @import { Run } from "./run.js" */

/** The lesson beside the page it drives: a sentence, a question, and on the reveal what the page has measured. */
export class LessonPanel extends BaseElement {
  /** @type {Run | null} */
  #run = null;
  /** What stands on it: painting the same again would lose the focus. */
  #painted = "";
  /** Only to be looked at: no key is for it. */
  still = false;

  /** @param {Run} run */
  set run(run) {
    this.#run = run;
    if (this.isConnected) this.#follow();
  }

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.classList.add("lesson");
    this.setAttribute("role", "complementary");
    this.#follow();
    if (!this.still) addEventListener("keydown", (event) => this.#key(event), { signal, capture: true });
  }

  #follow() {
    if (this.#run) this.watch(this.#run.state);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!this.#run || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (KEYS.some((each) => each(event, /** @type {Run} */ (this.#run)))) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /** @override */
  paint() {
    const run = this.#run;
    const state = run?.state.value;
    if (!run || !state) return;
    const now = JSON.stringify(state);
    if (now === this.#painted) return;
    this.#painted = now;
    const focused = document.activeElement instanceof HTMLElement && this.contains(document.activeElement) ? document.activeElement : null;
    const key = focused?.dataset.key;
    const typed = focused instanceof HTMLInputElement ? focused.selectionStart : null;
    const moved = this.dataset.step !== state.key;
    this.dataset.step = state.key;
    this.setAttribute("aria-label", word(run.texts, "lesson"));
    this.replaceChildren(head(run), h("div", { class: "lesson-body" }, ...body(run)), foot(run));
    if (key) this.#focus(key, typed);
    else if (moved && state.begun) this.querySelector("h3")?.focus();
  }

  /** @param {string} key @param {number | null} typed */
  #focus(key, typed) {
    const same = this.querySelector(`[data-key="${CSS.escape(key)}"]`);
    const usable = same instanceof HTMLElement && !same.matches(":disabled") ? same : this.querySelector("[data-key=next], [data-key=check]");
    if (usable instanceof HTMLElement) usable.focus();
    if (usable instanceof HTMLInputElement && typed !== null) usable.setSelectionRange(typed, typed);
  }
}

/** @param {Run} run */
function head(run) {
  const { texts, lesson } = run;
  const { step } = run.state.value;
  const leave = h("button", { class: "btn icon", type: "button", title: word(texts, "leave_why"), "aria-label": word(texts, "leave") }, "✕");
  leave.addEventListener("click", () => run.leave());
  const large = word(texts, "projector");
  const grow = h("button", { class: "btn icon", type: "button", title: `${large} (P)`, "aria-label": large, "aria-pressed": String(run.state.value.projector), "data-key": "projector" }, "Aa");
  grow.addEventListener("click", () => run.project());
  const title = h("h2", {}, h("small", {}, run.overline()), run.title());
  const dots = h("nav", { class: "lesson-dots", "aria-label": word(texts, "steps") }, ...lesson.steps.map((_, at) => dot(run, at, at + 1 === step)));
  return h("div", { class: "lesson-head" }, h("div", { class: "lesson-title" }, title, speakNext(run), grow, leave), dots);
}

/** A switch to the next language there is. @param {Run} run */
function speakNext({ texts }) {
  const codes = Object.keys(LANGUAGES);
  const next = codes[(codes.indexOf(texts.language) + 1) % codes.length] ?? "en";
  const name = LANGUAGES[next]?.name ?? "";
  const button = h("button", { class: "btn icon", type: "button", lang: next, title: name, "aria-label": name, "data-key": "language" }, next.toUpperCase());
  button.addEventListener("click", () => void choose(next));
  return button;
}

/** @param {Run} run @param {number} at @param {boolean} here */
function dot(run, at, here) {
  const grade = run.gradeAt(at);
  const sign = { first: "✓", later: "✓", shown: "×", skipped: String(at + 1) };
  // Before the course it is not told which answers are right.
  const shown = grade && run.frame.quiz ? "skipped" : grade;
  const said = grade && !run.frame.quiz ? `, ${word(run.texts, grade)}` : "";
  return h(
    "a",
    { class: `dot ${run.frame.quiz && grade ? "later" : (grade ?? "")}${here ? " here" : ""}`, href: run.hrefOf(at + 1), "aria-current": here ? "step" : null, "aria-label": word(run.texts, "step", { step: at + 1 }) + said },
    shown ? sign[shown] : String(at + 1),
  );
}

/** @param {Run} run @returns {HTMLElement[]} */
function body(run) {
  const { said, ask } = run.state.value;
  if (run.atEnd()) return [finishPart(run)];
  const parts = [];
  if (said) parts.push(h("p", { class: "lesson-say" }, h("span", { class: "lesson-pin", "aria-hidden": "true" }, "1"), " ", said));
  if (ask) parts.push(askPart(run));
  parts.push(...workPart(run));
  const shown = revealPart(run);
  if (shown) parts.push(shown);
  return parts;
}

/** @param {Run} run */
function foot(run) {
  const { texts } = run;
  const { trial, ask, step } = run.state.value;
  const go = h("div", { class: "lesson-go" });
  if (step > 1) go.append(h("a", { class: "btn", href: run.hrefOf(step - 1), "data-key": "back", title: "Alt ←" }, `‹ ${word(texts, "back")}`));
  const open = ask !== null && !trial.done;
  if (run.atEnd()) go.append(h("a", { class: "btn primary", href: run.onwards(), "data-key": "next" }, word(texts, "onwards")));
  else go.append(h("a", { class: open ? "btn lesson-skip" : "btn primary", href: run.hrefOf(step + 1), "data-key": "next", title: open ? word(texts, "skip_why") : "Enter" }, open ? word(texts, "skip") : `${word(texts, "next")} ›`));
  return h("div", { class: "lesson-foot" }, go, ...mine(run), keysLine(run));
}

/** @param {Run} run @returns {HTMLElement[]} */
function mine(run) {
  const own = run.page.mine();
  if (!own) return [];
  const { texts } = run;
  const change = h("button", { class: "quiet", type: "button", "data-key": "change", "aria-pressed": String(document.body.hasAttribute("data-lesson-dock")) }, word(texts, own.what === "race" ? "settings" : "change"));
  change.addEventListener("click", () => {
    const open = document.body.toggleAttribute("data-lesson-dock");
    change.setAttribute("aria-pressed", String(open));
  });
  const picture = own.thumbnail ? [h("img", { src: own.thumbnail, alt: "", width: 28, height: 28 })] : [];
  return [h("p", { class: "lesson-mine" }, ...picture, h("span", {}, `${word(texts, `your_${own.what}`)} `, h("b", {}, own.title)), h("span", { class: "spring" }), change)];
}

/** @param {Run} run */
function keysLine(run) {
  const { texts } = run;
  const { ask } = run.state.value;
  const parts = [];
  if (ask?.kind === "choice") parts.push(h("kbd", {}, lettersOf(ask.options.length)), ` ${word(texts, "choose")} `);
  parts.push(h("kbd", {}, "Enter"), ` ${word(texts, "check_next")} `, h("kbd", {}, "Esc"), ` ${word(texts, "leave")} `);
  return h("p", { class: "lesson-keys" }, ...parts);
}

customElements.define("lesson-panel", LessonPanel);
