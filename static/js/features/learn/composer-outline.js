/** The steps of a teacher's lesson, to be chosen, moved, added and removed. */

import { h } from "../../widgets/dom.js";
import { word } from "./language.js";

/** @import { Texts } from "../../../lessons/types.js" */
/** @import { OwnStep } from "./own-lesson.js" */

/**
 * @param {Texts} texts
 * @param {readonly OwnStep[]} steps
 * @param {number} chosen
 * @param {{choose: (at: number) => void, move: (from: number, to: number) => void, add: () => void, remove: () => void}} act
 * @returns {HTMLElement[]}
 */
export function outline(texts, steps, chosen, act) {
  const list = h("ol", {}, ...steps.map((step, at) => entry(texts, step, at, at === chosen, act)));
  const add = h("button", { class: "btn", type: "button" }, word(texts, "add_step"));
  add.addEventListener("click", act.add);
  const remove = h("button", { class: "btn", type: "button" }, word(texts, "remove_step"));
  remove.addEventListener("click", act.remove);
  return [h("div", { class: "dock-head" }, h("h2", {}, word(texts, "your_steps")), h("span", {}, word(texts, "drag"))), list, add, remove];
}

/**
 * @param {Texts} texts
 * @param {OwnStep} step
 * @param {number} at
 * @param {boolean} chosen
 * @param {{choose: (at: number) => void, move: (from: number, to: number) => void}} act
 */
function entry(texts, { title, ask }, at, chosen, act) {
  const kind = word(texts, ask ? `kind_${ask.kind}` : "no_question");
  const button = h("button", { type: "button", draggable: "true", "aria-current": chosen ? "step" : null }, h("span", { class: "lesson-grip", "aria-hidden": "true" }, "⋮⋮"), h("span", {}, `${at + 1}  ${title || word(texts, "step", { step: at + 1 })}`, h("small", {}, kind)));
  button.addEventListener("click", () => act.choose(at));
  button.addEventListener("keydown", (event) => {
    const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!way || !event.altKey) return;
    event.preventDefault();
    act.move(at, at + way);
  });
  button.addEventListener("dragstart", (event) => event.dataTransfer?.setData("text/plain", String(at)));
  button.addEventListener("dragover", (event) => event.preventDefault());
  button.addEventListener("drop", (event) => {
    event.preventDefault();
    const from = Number(event.dataTransfer?.getData("text/plain") || NaN);
    if (Number.isInteger(from)) act.move(from, at);
  });
  return h("li", {}, button);
}
