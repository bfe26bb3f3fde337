import { UNSURE_ABOVE, spread } from "../../geometry/spread.js";

/**
 * What is said of a picture of one's own, of which nobody knows whether it is of any class at all.
 *
 * @param {ArrayLike<number>} answer
 * @param {string} first  The likeliest class.
 */
export function ownWords(answer, first) {
  const rest = `of the ${answer.length} it knows, whatever it is shown`;
  return spread(answer) > UNSURE_ABOVE ? { lead: "not sure", rest: `perhaps ${first}, ${rest}` } : { lead: first, rest };
}
