/**
 * What stands beside the bars: what the network knows at all, and what another network, which knows a thousand things,
 * makes of the photo.
 *
 * @import { Doubt, ModelDetail } from "../../api/client.js"
 * @import { Subject } from "../../state/subject.js"
 * @import { TraceView } from "../../state/types.js"
 */

import { grouped } from "../../geometry/scale.js";
import { switchModel } from "../../state/switching.js";
import { words } from "../../state/verdict.js";
import { h } from "../../widgets/dom.js";
import { opinionWords } from "./second-words.js";

export { followOpinion } from "../../state/second-opinion.js";

/** Up to so many things are named. */
const NAMED = 20;

/**
 * Both opinions as one sentence, in which the other network's name opens it.
 *
 * @param {Subject} subject
 * @param {TraceView} answer
 * @param {Doubt} doubt
 * @returns {(Node | string)[] | null}
 */
export function secondOpinion(subject, { model, top }, doubt) {
  const [first] = top ?? [];
  const { opinion } = doubt;
  if (!first || !opinion) return null;
  const { lead, before, after } = opinionWords(model.title, first, doubt, opinion);
  const open = h("button", { class: "link", type: "button", title: `Look with ${opinion.title}` }, opinion.title);
  open.addEventListener("click", () => void switchModel(subject, opinion.model));
  return [h("b", {}, lead), before, open, after];
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
  if (!errs) return [`${things} Whatever it is shown, it names one of them.`];
  return [`${things} Shown anything else it names one of them all the same: of ${grouped(errs.strange)} other photos it was sure of ${Math.round(100 * errs.believed)}\u202f%.`];
}
