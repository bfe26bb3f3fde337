/**
 * The answer as a sentence.
 *
 * @import { ClassProbability, Doubt } from "../api/client.js"
 * @import { Subject } from "./subject.js"
 */

/** @param {string} label */
export const words = (label) => label.replaceAll("_", " ");

/**
 * How sure the answer on screen is: another network's opinion, once it is here, goes before its own.
 *
 * @param {Subject} subject
 */
export function doubtOf({ shown, opinion }) {
  const other = opinion.value;
  return other && other.key === shown.value?.key ? other.doubt : (shown.value?.doubt ?? null);
}

/**
 * A class as an answer is called: one that is doubted, or that another network does not see, has no straight face.
 *
 * @param {string} label
 * @param {Doubt | null} doubt
 */
export function named(label, doubt) {
  if (doubt?.unsure) return `${words(label)} (doubtful)`;
  return doubt?.opinion && doubt.opinion.same !== label ? `${words(label)} (perhaps)` : words(label);
}

/**
 * What the network takes the picture for, and how sure it is: `lead` is to be stressed.
 *
 * @param {readonly ClassProbability[]} top  Likeliest first.
 * @param {Pick<Doubt, "margin" | "unsure">} doubt
 * @returns {{ lead: string, rest: string } | null}
 */
export function verdictOf([first, second], { margin, unsure }) {
  if (!first) return null;
  const points = Math.min(99, Math.round(margin * 100)); // the whole hundred is never quite reached
  const distance = points < 1 ? "hardly" : `${points} ${points === 1 ? "point" : "points"}`;
  const ahead = second ? `${distance} ahead of ${words(second.label)}` : "the only class there is";
  if (!unsure) return { lead: words(first.label), rest: `, ${ahead}.` };
  return { lead: "Not sure", rest: `: ${words(first.label)} is ${ahead}. Perhaps nothing it knows.` };
}
