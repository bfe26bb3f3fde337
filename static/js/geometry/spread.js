/** How evenly an answer is spread over its classes: the rule of doubt of `cnn_core/doubt.py`, where only the page has the answer. */

/** Relative entropy from which an answer is unsure, as there. */
export const UNSURE_ABOVE = 0.55;

/**
 * @param {ArrayLike<number>} shares  Of all classes.
 * @returns {number}  0: one class has everything; 1: all have the same.
 */
export function spread(shares) {
  const sum = Array.from(shares).reduce((all, share) => (share > 0 ? all - share * Math.log(share) : all), 0);
  return shares.length > 1 ? sum / Math.log(shares.length) : 0;
}
