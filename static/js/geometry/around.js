/** Whether a layer holds all that the answer follows from. */

/** @typedef {{name: string, inputs: readonly string[]}} Step */

/**
 * The first layer behind `node` that also reads something that does not come of it; null where there is none, so that the
 * answer follows from the output of `node` alone.
 *
 * @param {readonly Step[]} nodes  In topological order.
 * @param {string} node
 * @returns {string | null}
 */
export function goesRound(nodes, node) {
  const alone = new Set([node]);
  let first = /** @type {string | null} */ (null);
  /** What comes of it, even in part. */
  const reached = new Set([node]);
  for (const { name, inputs } of nodes) {
    if (name === node || !inputs.some((each) => reached.has(each))) continue;
    reached.add(name);
    if (inputs.every((each) => alone.has(each))) alone.add(name);
    else first ??= name;
  }
  return first;
}
