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
export function opinionWords(title, first, { unsure }, { mass, label, probability, same }) {
  const name = words(first.label);
  const sees = ` sees ${oneOf(label)}, ${percent(probability)}`;
  if (unsure && same === null) return { lead: `Hardly ${oneOf(name)}`, before: ": ", after: `${sees}, which ${title} does not know.` };
  if (unsure) return { lead: "Not sure", before: ": ", after: ` gives all that ${title} knows ${percent(mass)} together.` };
  if (same === first.label) return { lead: name, before: `, ${percent(first.probability)}; `, after: ` agrees, ${percent(probability)}.` };
  const rest = same === null ? `, and gives all that ${title} knows ${percent(mass)}.` : ", which both know.";
  return { lead: `Perhaps ${oneOf(name)}`, before: ": ", after: `${sees}${rest}` };
}
