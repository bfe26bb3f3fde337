import { late } from "../../api/client.js";
import { largestOf } from "../../geometry/extremes.js";
import { answerNow, compares } from "../../state/comparison.js";
import { effect } from "../../state/store.js";
import { doubtOf } from "../../state/verdict.js";
import { view } from "../../state/view.js";
import { h, setAttribute, setHidden, setStyle, setText } from "../../widgets/dom.js";
import { paired, percent, verdict, WAITING } from "./words.js";

/** @import { Comparison } from "../../state/comparison.js" */
/** @import { Part } from "./words.js" */

/** Classes shown at most. */
const MOST = 10;

/**
 * The finding in a sentence, and one pair of bars a class: A hollow, B filled.
 *
 * @param {Comparison} comparison
 */
export function pairedBars(comparison) {
  const { a, b, pinned, begun, answer } = comparison;
  const [line, why, list] = [h("p", { class: "verdict" }), h("p", { class: "why", hidden: true }), h("ol", { class: "probabilities paired num" })];
  /** @type {typeof import("../../widgets/opinion.js") | null} */
  let opinion = null;
  const tell = () => {
    const rows = compares(comparison) ? paired(a.shown.value?.top ?? [], b.shown.value?.top ?? []) : null;
    document.body.classList.toggle("paired", Boolean(rows?.length));
    setHidden(list, !rows?.length);
    if (rows) write(list, rows.slice(0, MOST));
    const found = answerNow(comparison);
    if (!compares(comparison)) say(line, WAITING);
    else if (found) say(line, verdict(found, [doubtOf(a), doubtOf(b)]));
    const doubted = compares(comparison) && found ? [a, b].findLast((subject) => doubtOf(subject)?.unsure) : null;
    const parts = doubted && opinion?.secondOpinion(doubted);
    // A stays what it is pinned to: only B's network is changed by a click.
    reason(why, doubted === a ? parts?.map((part) => (typeof part === "string" ? part : (part.textContent ?? ""))) : parts);
    line.classList.toggle("stale", compares(comparison) && !found);
    if (compares(comparison) && found) view.announcement.value = line.textContent ?? "";
  };
  effect([a.shown, b.shown, a.opinion, b.opinion, pinned, begun, answer], tell);
  void late(() => import("../../widgets/opinion.js")).then((module) => {
    opinion = module;
    // B's is followed by the bars of the page.
    module.followOpinion(a);
    tell();
  });
  return h("div", { class: "compare-answer" }, line, why, list);
}

/**
 * Why an answer is doubted: B's, or else A's.
 *
 * @param {HTMLElement} line
 * @param {readonly (Node | string)[] | null | undefined} parts
 */
function reason(line, parts) {
  setHidden(line, !parts);
  line.replaceChildren(...(parts ?? []));
}

/**
 * @param {HTMLElement} line
 * @param {readonly Part[]} parts
 */
function say(line, parts) {
  const text = parts.map((part) => part.text).join("");
  if (line.textContent === text) return;
  line.replaceChildren(...parts.map(({ strong, text: part }) => (strong ? h("b", {}, part) : part)));
}

/**
 * Rows stay the same nodes, so that a bar grows from where it was.
 *
 * @param {HTMLElement} list
 * @param {readonly { label: string, a: number, b: number }[]} rows
 */
function write(list, rows) {
  while (list.children.length > rows.length) list.lastElementChild?.remove();
  while (list.children.length < rows.length) list.append(row());
  const most = largestOf(rows.map(({ b }) => b));
  rows.forEach(({ label, a, b }, at) => {
    const [name, bars, numbers] = /** @type {HTMLElement[]} */ ([...(list.children[at]?.children ?? [])]);
    if (!name || !bars || !numbers) return;
    list.children[at]?.classList.toggle("best", b === most);
    setText(name, label);
    setAttribute(name, "title", label);
    setStyle(bars, "--a", String(a));
    setStyle(bars, "--b", String(b));
    const [before, after] = /** @type {HTMLElement[]} */ ([...numbers.children]);
    if (before && after) [before.textContent, after.textContent] = [`${percent(a)} \u2192 `, percent(b)];
  });
}

const row = () =>
  h("li", {}, h("span"), h("i", { "aria-hidden": "true" }, h("u", { class: "a" }), h("u", { class: "b" })), h("b", {}, h("span"), h("span", { class: "after" })));
