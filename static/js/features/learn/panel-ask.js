/** The question in the panel: options, a number to type, or something to click on the page; a hint after a wrong try. */

import { h } from "../../widgets/dom.js";
import { word } from "./language.js";
import { sameAnswer } from "./trial.js";

/** @import { Run } from "./run.js" */

/** @param {Run} run */
export function askPart(run) {
  const { ask, said } = run.state.value;
  const part = h("section", { class: said ? "lesson-ask" : "lesson-ask alone" }, h("h3", { tabindex: -1 }, ask?.question ?? ""));
  if (ask?.kind === "choice") part.append(options(run));
  if (ask?.kind === "number") part.append(field(run));
  if (ask?.kind === "click") part.append(clicked(run));
  part.append(...hint(run), ...checkRow(run));
  return part;
}

/** @param {Run} run */
function options(run) {
  const { ask, trial } = run.state.value;
  const texts = ask?.options ?? [];
  const list = h("div", { class: "lesson-options", role: "radiogroup", "aria-label": ask?.question ?? "" });
  texts.forEach((text, at) => list.append(option(run, text, at)));
  if (trial.answer === null) list.querySelector("button:not(:disabled)")?.setAttribute("tabindex", "0");
  return list;
}

/** @param {Run} run @param {string} text @param {number} at */
function option(run, text, at) {
  const { trial, ask, projector } = run.state.value;
  const kept = run.frame.quiz === true && trial.answer === at;
  const wrong = trial.wrong.includes(at) && !kept;
  const right = trial.done && !trial.contradicted && at === ask?.right;
  const chosen = kept || (trial.answer === at && !trial.done);
  const state = wrong ? "wrong" : right ? "right" : trial.done ? "rest" : "";
  const sign = wrong ? "✗" : right ? "✓" : "";
  const button = h(
    "button",
    { type: "button", class: `lesson-option ${state}`, role: "radio", "aria-checked": String(chosen || right), disabled: trial.done || wrong, tabindex: chosen ? 0 : -1, "data-key": `option-${at}` },
    h("kbd", {}, String.fromCharCode(65 + at)),
    h("span", {}, text),
    h("b", {}, sign),
  );
  button.addEventListener("click", () => run.answer(at));
  return projector ? h("div", { class: "lesson-hands" }, button, ...hands(run, at)) : button;
}

/** @param {Run} run @param {number} at @returns {HTMLElement[]} */
function hands(run, at) {
  const { hands: raised, trial } = run.state.value;
  const count = h("output", { class: "num" }, String(raised[at] ?? 0));
  if (trial.done) return [count];
  const more = h("button", { class: "btn", type: "button", "data-key": `hand-${at}`, "aria-label": word(run.texts, "hand", { option: String.fromCharCode(65 + at) }) }, "+");
  more.addEventListener("click", () => run.raise(at));
  return [count, more];
}

/** @param {Run} run */
function field(run) {
  const { ask, trial } = run.state.value;
  const { quiz } = run.frame;
  const state = quiz ? "" : trial.done ? "right" : trial.wrong.length ? "wrong" : "";
  const value = trial.done && !quiz ? (ask?.measured ?? "") : String(trial.answer ?? "");
  const input = h("input", { class: state, inputmode: "decimal", autocomplete: "off", value, disabled: trial.done, "aria-label": ask?.question ?? "", "data-key": "number" });
  input.addEventListener("input", () => run.answer(input.value));
  return h("div", { class: "lesson-number" }, input, h("span", {}, ask?.unit ?? ""));
}

/** @param {Run} run */
function clicked(run) {
  const { trial } = run.state.value;
  const answer = trial.answer;
  const chosen = answer !== null && typeof answer === "object" ? word(run.texts, "clicked", answer) : word(run.texts, "click");
  return h("p", { class: "lesson-clicked", "aria-live": "polite" }, chosen);
}

/** @param {Run} run @returns {HTMLElement[]} */
function hint(run) {
  const { trial, ask } = run.state.value;
  const last = trial.wrong.at(-1);
  if (trial.done || last === undefined || run.frame.quiz) return [];
  const key = typeof last === "number" ? String(last) : "any";
  const text = ask?.hints[key] ?? ask?.hints.any ?? "";
  return [h("p", { class: "lesson-hint", role: "status" }, h("b", {}, word(run.texts, "not_yet")), ` ${text} ${word(run.texts, "once_more")}`)];
}

/** @param {Run} run @returns {HTMLElement[]} */
function checkRow(run) {
  const { trial, busy, projector, hands: raised } = run.state.value;
  if (trial.done) return [];
  const { texts } = run;
  if (projector) {
    const show = h("button", { class: "btn primary", type: "button", "data-key": "check", disabled: busy, title: "R" }, word(texts, "reveal"));
    show.addEventListener("click", () => run.reveal());
    const total = raised.reduce((all, each) => all + each, 0);
    return [h("div", { class: "lesson-check" }, show, h("span", { class: "note" }, word(texts, "hands", { count: total })))];
  }
  const empty = trial.answer === null || trial.answer === "" || trial.wrong.some((each) => sameAnswer(each, trial.answer));
  const check = h("button", { class: "btn primary", type: "button", "data-key": "check", disabled: empty || busy, title: "Enter" }, word(texts, busy ? "measuring" : trial.wrong.length ? "check_again" : "check"));
  check.addEventListener("click", () => run.check());
  const note = run.frame.quiz ? "no_hints" : trial.wrong.length ? "then_shown" : "answer_first";
  return [h("div", { class: "lesson-check" }, check, h("span", { class: "note" }, word(texts, note)))];
}
