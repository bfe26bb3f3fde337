/**
 * The keys of a lesson, as long as nothing is typed: each tells whether it was meant.
 *
 * @import { Run } from "./run.js"
 */

/** @param {number} count  Of options. */
export const lettersOf = (count) => (count ? `A–${String.fromCharCode(64 + count)}` : "");

/** @param {KeyboardEvent} event */
const plain = (event) => !event.ctrlKey && !event.metaKey && !event.altKey;
/** @param {KeyboardEvent} event */
const typing = (event) => event.target instanceof Element && Boolean(event.target.closest("input, textarea, select"));
/** Keys that belong to the control they are pressed on. @param {KeyboardEvent} event */
const onControl = (event) => event.target instanceof Element && Boolean(event.target.closest("button, a, summary"));

/** @param {KeyboardEvent} event @param {Run} run */
function letter(event, run) {
  const { ask, trial, projector } = run.state.value;
  const at = event.key.length === 1 ? event.key.toUpperCase().charCodeAt(0) - 65 : -1;
  if (!plain(event) || typing(event) || ask?.kind !== "choice" || trial.done || at < 0 || at >= ask.options.length) return false;
  if (projector) run.raise(at);
  else if (!trial.wrong.includes(at)) run.answer(at);
  return true;
}

/** @param {KeyboardEvent} event @param {Run} run */
function enter(event, run) {
  if (event.key !== "Enter" || !plain(event)) return false;
  const own = event.target instanceof Element && event.target.closest("[data-key^=option], [data-key=number], .lesson h3");
  if (onControl(event) && !own) return false;
  const { trial, ask } = run.state.value;
  if (trial.done || !ask) run.next();
  else run.check();
  return true;
}

/** @param {KeyboardEvent} event @param {Run} run */
function arrows(event, run) {
  const { ask, trial } = run.state.value;
  const inside = event.target instanceof Element && event.target.closest(".lesson-options");
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!inside || !step || !plain(event) || ask?.kind !== "choice") return false;
  const open = ask.options.map((_, at) => at).filter((at) => !trial.wrong.includes(at));
  const now = open.indexOf(typeof trial.answer === "number" ? trial.answer : -1);
  run.answer(open[(now + step + open.length) % open.length] ?? 0, true);
  return true;
}

/** @param {KeyboardEvent} event @param {Run} run */
function escape(event, run) {
  if (event.key !== "Escape" || !plain(event)) return false;
  run.leave();
  return true;
}

/** @param {KeyboardEvent} event @param {Run} run */
function back(event, run) {
  if (event.key !== "ArrowLeft" || !event.altKey || run.state.value.step < 2) return false;
  run.go(run.state.value.step - 1);
  return true;
}

/** @param {KeyboardEvent} event @param {Run} run */
function projector(event, run) {
  if (event.key.toLowerCase() !== "p" || !plain(event) || typing(event)) return false;
  run.project();
  return true;
}

/** @param {KeyboardEvent} event @param {Run} run */
function reveal(event, run) {
  const { projector: large, trial } = run.state.value;
  if (event.key.toLowerCase() !== "r" || !plain(event) || typing(event) || !large || trial.done) return false;
  run.reveal();
  return true;
}

/** @type {readonly ((event: KeyboardEvent, run: Run) => boolean)[]} */
export const KEYS = [letter, enter, arrows, escape, back, projector, reveal];
