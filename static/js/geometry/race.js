/** Numbers of a race as places on the page: the film's axis, smooth losses, names that keep apart. */

/** Early steps lie wide apart on the film, as the states that are kept do. */
const POWER = 1.8;

/**
 * Where a step lies on the film, from 0 to 1.
 *
 * @param {number} step
 * @param {number} total
 */
export const shareOf = (step, total) => (total ? Math.min(1, step / total) ** (1 / POWER) : 0);

/**
 * The step at a place of the film, the inverse of `shareOf`.
 *
 * @param {number} share
 * @param {number} total
 */
export const stepAt = (share, total) => Math.round(total * Math.max(0, Math.min(1, share)) ** POWER);

/**
 * A running mean that forgets, without the bias towards its start: `m = 0.9 m + 0.1 x`, over what its weights add up to.
 *
 * @param {readonly number[]} values
 * @returns {number[]}
 */
export function smooth(values) {
  let mean = 0;
  let weight = 0;
  return values.map((value) => {
    mean = 0.9 * mean + 0.1 * value;
    weight = 0.9 * weight + 0.1;
    return mean / weight;
  });
}

/**
 * Heights of names at the ends of lines, moved so that none is nearer than `gap` to the next.
 *
 * @param {readonly number[]} wanted
 * @param {number} gap
 * @param {number} lowest The greatest height there is.
 * @returns {number[]} In the order of `wanted`.
 */
export function spread(wanted, gap, lowest) {
  const order = wanted.map((y, index) => ({ y, index })).sort((a, b) => a.y - b.y);
  for (let at = 1; at < order.length; at += 1) {
    const [above, here] = [order[at - 1], order[at]];
    if (above && here) here.y = Math.max(here.y, above.y + gap);
  }
  const last = order.at(-1);
  if (last) last.y = Math.min(last.y, lowest);
  for (let at = order.length - 2; at >= 0; at -= 1) {
    const [here, below] = [order[at], order[at + 1]];
    if (here && below) here.y = Math.min(here.y, below.y - gap);
  }
  const found = new Array(wanted.length).fill(0);
  for (const { y, index } of order) found[index] = y;
  return found;
}

/**
 * Mean loss of the 15 steps before a change, and of 15 steps once it has settled.
 *
 * @param {readonly number[]} losses Of steps 1, 2, …
 * @param {number} step After which the change was made.
 * @returns {[before: number, after: number]} NaN where there are none.
 */
export function effectOf(losses, step) {
  const mean = (/** @type {number} */ from, /** @type {number} */ to) => {
    const some = losses.slice(Math.max(0, from), Math.max(0, to));
    return some.reduce((sum, value) => sum + value, 0) / some.length;
  };
  const from = Math.max(step, Math.min(losses.length - 15, step + 15));
  return [mean(step - 15, step), mean(from, step + 30)];
}

/**
 * Sums of neighbouring rows of a map, at most `most` of them.
 *
 * @param {readonly number[]} values
 * @param {number} height
 * @param {number} width
 * @param {number} most
 * @returns {number[]}
 */
export function rowBlocks(values, height, width, most) {
  const per = Math.ceil(height / most);
  const count = Math.ceil(height / per);
  return Array.from({ length: count }, (_, block) => {
    const part = values.slice(block * per * width, Math.min(height, (block + 1) * per) * width);
    return part.reduce((sum, value) => sum + value, 0);
  });
}

/**
 * Of a long line the points that are seen: in each of at most `most` parts the lowest and the highest, in their order.
 *
 * @param {readonly (readonly [x: number, y: number])[]} points
 * @param {number} most
 * @returns {readonly (readonly [x: number, y: number])[]}
 */
export function thinned(points, most) {
  if (points.length <= 2 * most) return points;
  const per = points.length / most;
  /** @type {(readonly [number, number])[]} */
  const found = [];
  for (let part = 0; part < most; part += 1) {
    const some = points.slice(Math.floor(part * per), Math.floor((part + 1) * per));
    const [low, high] = [Math.min, Math.max].map((pick) => {
      const value = pick(...some.map(([, y]) => y));
      return some.findIndex(([, y]) => y === value);
    });
    for (const at of new Set([low ?? 0, high ?? 0].sort((a, b) => a - b))) if (some[at]) found.push(some[at]);
  }
  return found;
}
