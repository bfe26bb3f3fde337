/**
 * A second opinion in words.
 *
 * @import { ClassProbability, Doubt, Opinion } from "../api/client.js"
 */

import { words } from "../state/verdict.js";

/** @param {number} share */
const percent = (share) => (share < 0.01 ? "under 1\u202f%" : `${Math.floor(100 * share)}\u202f%`);

/**
 * With its article, where it is one thing: names may be of many, such as sunglasses.
 *
 * @param {string} label
 */
export function oneOf(label) {
  const name = words(label);
  if (/[^su]s$/.test(name)) return name;
  return `${/^[aeiou]/i.test(name) ? "an" : "a"} ${name}`;
}

/**
 * `lead` is to be stressed; the other network's name stands between `before` and `after`.
 *
 * @param {string} title  Of the network whose answer it is about.
 * @param {ClassProbability} first  Its likeliest class.
 * @param {Pick<Doubt, "unsure">} doubt
 * @param {Opinion} opinion
 */
export function opinionWords(title, first, { unsure }, { support, label, probability, same }) {
  const name = words(first.label);
  const sees = ` sees ${oneOf(label)}, ${percent(probability)}`;
  if (unsure && same === null) return { lead: `Hardly ${oneOf(name)}`, before: ": ", after: `${sees}, which ${title} does not know.` };
  if (unsure && same === first.label) return { lead: "Not sure", before: ": ", after: `${sees}, and is no surer.` };
  if (unsure) return { lead: `Hardly ${oneOf(name)}`, before: ": ", after: `${sees}, which both know.` };
  if (same === first.label) return { lead: name, before: `, ${percent(first.probability)}; `, after: ` agrees, ${percent(probability)}.` };
  return { lead: `Perhaps ${oneOf(name)}`, before: ": ", after: `${sees}, and ${oneOf(name)} with ${percent(support)}.` };
}
