/** Connections between layers, as SVG path data. */

/** @typedef {{x: number, y: number}} Point */

/**
 * A band of even thickness that leaves and arrives horizontally.
 *
 * @param {Point} from
 * @param {Point} to
 * @param {number} thickness
 */
export function ribbon(from, to, thickness) {
  const half = thickness / 2;
  const middle = (from.x + to.x) / 2;
  return (
    `M${round(from.x)} ${round(from.y - half)}` +
    `C${round(middle)} ${round(from.y - half)} ${round(middle)} ${round(to.y - half)} ${round(to.x)} ${round(to.y - half)}` +
    `V${round(to.y + half)}` +
    `C${round(middle)} ${round(to.y + half)} ${round(middle)} ${round(from.y + half)} ${round(from.x)} ${round(from.y + half)}Z`
  );
}

/**
 * A line that leaves and arrives horizontally.
 *
 * @param {Point} from
 * @param {Point} to
 */
export function wire(from, to) {
  const middle = round((from.x + to.x) / 2);
  return `M${round(from.x)} ${round(from.y)}C${middle} ${round(from.y)} ${middle} ${round(to.y)} ${round(to.x)} ${round(to.y)}`;
}

/**
 * A bracket above the heads, from one column down to another: what skips the layers between.
 *
 * @param {number} from
 * @param {number} to
 * @param {number} base Height where it starts and ends.
 * @param {number} top
 */
export function arc(from, to, base, top) {
  const corner = Math.min(8, Math.abs(to - from) / 2, base - top);
  const turn = Math.sign(to - from) * corner;
  return (
    `M${round(from)} ${round(base)}V${round(top + corner)}Q${round(from)} ${round(top)} ${round(from + turn)} ${round(top)}` +
    `H${round(to - turn)}Q${round(to)} ${round(top)} ${round(to)} ${round(top + corner)}V${round(base)}`
  );
}

/**
 * Stacked bands: how thick each one is and where its middle lies, from the top down.
 *
 * @param {readonly number[]} weights Not negative.
 * @param {number} top
 * @param {number} height Of the whole stack.
 * @returns {{thickness: number, middle: number}[]}
 */
export function stack(weights, top, height) {
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  let y = top;
  return weights.map((weight) => {
    const thickness = (weight / total) * height;
    y += thickness;
    return { thickness, middle: y - thickness / 2 };
  });
}

/**
 * The lanes that arcs run in, so that two that overlap lie at different heights.
 *
 * @param {readonly {from: number, to: number}[]} spans
 * @returns {number[]} A lane for each, 0 is the lowest.
 */
export function lanes(spans) {
  /** @type {{from: number, to: number}[][]} */
  const taken = [];
  const order = spans.map((span, index) => ({ span, index }));
  order.sort((a, b) => a.span.to - a.span.from - (b.span.to - b.span.from));
  /** @type {number[]} */
  const result = new Array(spans.length).fill(0);
  for (const { span, index } of order) {
    let lane = 0;
    while (taken[lane]?.some((other) => span.from < other.to && other.from < span.to)) lane += 1;
    (taken[lane] ??= []).push(span);
    result[index] = lane;
  }
  return result;
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 10) / 10;
}
