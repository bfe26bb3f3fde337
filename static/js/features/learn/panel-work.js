/** What the page has to compute before it can measure: a button that begins it, and how far it is. */

import { h } from "../../widgets/dom.js";
import { word } from "./language.js";

/** @import { Run } from "./run.js" */

/** @param {Run} run @returns {HTMLElement[]} */
export function workPart(run) {
  const { work } = run.state.value;
  if (!work) return [];
  const { texts } = run;
  const { done, total, running } = work;
  if (!running) {
    const begin = h("button", { class: "btn", type: "button", "data-key": "work" }, word(texts, "run_race", { steps: total - done }));
    begin.addEventListener("click", () => void run.work());
    return [h("div", { class: "lesson-work" }, begin, h("span", { class: "note" }, word(texts, "runs_itself")))];
  }
  const bar = h("progress", { max: Math.max(1, total), value: done, "aria-label": word(texts, "computing") });
  return [h("div", { class: "lesson-work" }, bar, h("span", { class: "note num" }, word(texts, "computed", { done, total })))];
}
