/** One step of a teacher's lesson as a form. What is typed goes straight into the step. */

import { h } from "../../widgets/dom.js";
import { word } from "./language.js";
import { LIMITS } from "./own-lesson.js";

/** @import { Texts } from "../../../lessons/types.js" */
/** @import { OwnAsk, OwnLesson, OwnStep } from "./own-lesson.js" */

/** What a teacher may measure with; what stands in brackets is to be replaced. */
const OFFERED = ["error(conv_1_2,1)", "differing(conv_1_2,1)", "period(max_pool_2)", "parameters(conv_1_1)", "field(conv_2_2)", "values(conv_1_1)", "width(conv_1_1)", "macs(conv_1_2)", "zeros(relu_1_1)", "sure(1)"];
/** Places that pages publish, for a ring and a veil. */
const PLACES = ["photo", "sheet", "map", "working", "field", "facts", "classes", "strip", "difference", "errors", "lead", "chart", "answer", "tiles", "patches", "made", "here", "weight", "sum", "total", "update", "runners", "charts"];

/** @typedef {(anew: boolean) => void} Changed  anew: the form itself has to change. */

/**
 * @param {Texts} texts
 * @param {OwnLesson} lesson
 * @param {OwnStep} step
 * @param {Changed} changed
 * @returns {HTMLElement[]}
 */
export function form(texts, lesson, step, changed) {
  const say = (/** @type {string} */ key) => word(texts, key);
  const view = line(step, "view", changed);
  const open = h("a", { class: "btn", href: step.view || "/", target: "_blank" }, say("open_it"));
  view.addEventListener("input", () => open.setAttribute("href", step.view || "/"));
  view.addEventListener("change", () => {
    // A whole address is pasted; path and search part are kept, so that the lesson works on any server.
    const { pathname, search } = new URL(step.view, location.origin);
    step.view = view.value = pathname + search;
    changed(false);
  });
  /** @type {HTMLElement[]} */
  const parts = [
    h("div", { class: "two" }, field(say("lesson_title"), line(lesson, "title", changed)), field(say("step_title"), line(step, "title", changed))),
    field(say("view_link"), h("span", { class: "linked" }, view, open)),
    field(say("say"), area(step, "say", changed)),
    h("div", { class: "field" }, h("span", {}, say("question")), kinds(texts, step, changed)),
  ];
  if (step.ask) parts.push(field(say("ask"), line(step.ask, "question", changed)), ...askParts(texts, step.ask, changed));
  parts.push(
    h("div", { class: "two" }, field(say("measured_with"), line(step, "measure", changed, OFFERED)), field(say("means"), line(step, "means", changed))),
    h("div", { class: "two" }, field(say("look_at"), line(step, "target", changed, PLACES)), tick(say("hide"), step, changed)),
  );
  return parts;
}

/** @param {string} label @param {HTMLElement} control */
const field = (label, control) => h("label", { class: "field" }, h("span", {}, label), control);

let lists = 0;

/**
 * @template {string} K
 * @param {Record<K, any>} of
 * @param {K} key
 * @param {Changed} changed
 * @param {readonly string[]} [offered]
 */
function line(of, key, changed, offered) {
  const input = h("input", { value: String(of[key] ?? ""), maxlength: key === "view" ? 2000 : LIMITS.text, autocomplete: "off" });
  input.addEventListener("input", () => {
    of[key] = input.value;
    changed(false);
  });
  if (offered) {
    const id = `offered-${(lists += 1)}`;
    input.setAttribute("list", id);
    input.append(h("datalist", { id }, ...offered.map((value) => h("option", { value }))));
    requestAnimationFrame(() => input.after(...input.childNodes));
  }
  return input;
}

/** @param {OwnStep} of @param {"say"} key @param {Changed} changed */
function area(of, key, changed) {
  const input = h("textarea", { rows: 2, maxlength: LIMITS.text }, of[key]);
  input.addEventListener("input", () => {
    of[key] = input.value;
    changed(false);
  });
  return input;
}

/** @param {string} label @param {OwnStep} step @param {Changed} changed */
function tick(label, step, changed) {
  const input = h("input", { type: "checkbox", checked: step.veil });
  input.addEventListener("change", () => {
    step.veil = input.checked;
    changed(false);
  });
  return h("label", { class: "tick" }, input, h("span", {}, label));
}

/** @param {Texts} texts @param {OwnStep} step @param {Changed} changed */
function kinds(texts, step, changed) {
  const all = /** @type {const} */ ([null, "choice", "number", "click"]);
  const buttons = all.map((kind) => {
    const pressed = (step.ask?.kind ?? null) === kind;
    const button = h("button", { type: "button", "aria-pressed": String(pressed) }, word(texts, kind ? `kind_${kind}` : "no_question"));
    button.addEventListener("click", () => {
      step.ask = kind && { ...blank(), ...step.ask, kind };
      changed(true);
    });
    return button;
  });
  return h("div", { class: "seg", role: "group", "aria-label": word(texts, "question") }, ...buttons);
}

/** @returns {OwnAsk} */
const blank = () => ({ kind: "choice", question: "", options: ["", "", ""], hints: ["", "", ""], right: 0, value: "", tolerance: 0, node: "" });

/** @param {Texts} texts @param {OwnAsk} ask @param {Changed} changed @returns {HTMLElement[]} */
function askParts(texts, ask, changed) {
  if (ask.kind === "choice") return [options(texts, ask, changed)];
  const hints = /** @type {Record<"0", string>} */ (/** @type {unknown} */ (ask.hints));
  const hint = field(word(texts, "hint"), line(hints, "0", changed));
  if (ask.kind === "click") return [h("div", { class: "two" }, field(word(texts, "layer"), line(ask, "node", changed)), hint)];
  const off = h("input", { type: "number", min: 0, step: "any", value: ask.tolerance });
  off.addEventListener("input", () => {
    ask.tolerance = Math.abs(Number(off.value)) || 0;
    changed(false);
  });
  return [h("div", { class: "two" }, field(word(texts, "right_is"), line(ask, "value", changed, OFFERED)), field(word(texts, "give_or_take"), off)), hint];
}

/** @param {Texts} texts @param {OwnAsk} ask @param {Changed} changed */
function options(texts, ask, changed) {
  const rows = ask.options.map((_, at) => {
    const right = h("input", { type: "radio", name: "right", checked: ask.right === at, "aria-label": `${word(texts, "right_answer")}: ${at + 1}` });
    right.addEventListener("change", () => {
      ask.right = at;
      changed(true);
    });
    const answers = /** @type {Record<string, string>} */ (/** @type {unknown} */ (ask.options));
    const hints = /** @type {Record<string, string>} */ (/** @type {unknown} */ (ask.hints));
    const answer = line(answers, String(at), changed);
    answer.setAttribute("aria-label", `${word(texts, "answers")} ${at + 1}`);
    const hint = line(hints, String(at), changed);
    hint.setAttribute("aria-label", `${word(texts, "hint_if")} ${at + 1}`);
    if (ask.right === at) Object.assign(hint, { disabled: true, value: "", placeholder: word(texts, "right_answer") });
    return h("div", {}, right, answer, hint);
  });
  const head = h("div", { class: "options-head" }, h("span", {}, "✓"), h("span", {}, word(texts, "answers")), h("span", {}, word(texts, "hint_if")));
  return h("div", { class: "options" }, head, ...rows);
}
