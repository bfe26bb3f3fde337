/**
 * What stands beside the bars: what the network knows at all, and what another network, which knows a thousand things,
 * makes of the photo.
 *
 * @import { ModelDetail } from "../api/client.js"
 * @import { Subject } from "../state/subject.js"
 */

import { grouped } from "../geometry/scale.js";
import { switchModel } from "../state/switching.js";
import { follow } from "../state/second-opinion.js";
import { doubtOf, words } from "../state/verdict.js";
import { view } from "../state/view.js";
import { h } from "./dom.js";
import { opinionWords } from "./opinion-words.js";

/** Up to so many things are named. */
const NAMED = 20;

/**
 * Both opinions as one sentence, in which the other network's name opens it.
 *
 * @param {Subject} subject
 * @returns {(Node | string)[] | null}
 */
export function secondOpinion(subject) {
  const model = subject.shown.value?.model;
  const { opinion = null, first = null, ...doubt } = doubtOf(subject) ?? { unsure: false };
  if (!model || !first || !opinion) return null;
  const { lead, before, after } = opinionWords(model.title, first, doubt, opinion);
  const open = h("button", { class: "link", type: "button", title: `Look with ${opinion.title}` }, opinion.title);
  open.addEventListener("click", () => void switchModel(subject, opinion.model));
  return [h("b", {}, lead), before, open, after];
}

/**
 * Ask for it from now on, and say it to people who listen where the answer was no answer.
 *
 * @param {Subject} subject
 * @param {AbortSignal} [end]
 */
export function followOpinion(subject, end = new AbortController().signal) {
  follow(subject, end);
  const tell = () => {
    if (!subject.leads || !subject.opinion.value?.doubt.unsure) return;
    const parts = secondOpinion(subject)?.map((part) => (typeof part === "string" ? part : part.textContent));
    if (parts) view.announcement.value = parts.join("");
  };
  subject.opinion.subscribe(tell, { signal: end });
}

/**
 * What a network knows, and where nobody else is asked, how often its own doubt errs.
 *
 * @param {ModelDetail} model
 * @returns {string[]}
 */
export function knows({ classes, second, card }) {
  if (!classes.length) return [];
  const names = classes.map(words);
  const all = names.length > NAMED ? `, from ${names[0]} to ${names.at(-1)}` : `: ${names.join(", ")}`;
  const things = `Knows ${grouped(names.length)} things${all}.`;
  if (second) return [things];
  const errs = card.doubts.find(({ rule }) => rule === "entropy");
  if (!errs) return [`${things} Whatever it is shown, it names one of them; how often it is sure of anything else was not measured.`];
  return [`${things} Shown anything else it names one of them all the same: of ${grouped(errs.strange)} other things it was sure of ${Math.round(100 * errs.believed)}\u202f%.`];
}
