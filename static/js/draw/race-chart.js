/** Lines over steps as SVG markup: names at their ends, flags, and the step that is looked at. */

import { spread } from "../geometry/race.js";

/** @typedef {readonly (readonly [x: number, y: number])[]} Points */
/** @typedef {{points: Points, raw?: Points | null, hue: string, dashed: boolean, name: string}} Line */

/**
 * @typedef {object} Chart
 * @property {number} width  CSS pixels.
 * @property {number} height
 * @property {readonly Line[]} lines
 * @property {number} most  The value at the top.
 * @property {readonly number[]} ticks
 * @property {(value: number) => string} tick
 * @property {number} end  The value at the right.
 * @property {readonly (readonly [x: number, name: string])[]} ends
 * @property {string} unit
 * @property {number} [head]  Where one looks.
 * @property {readonly {at: number, name: string}[]} [marks]
 * @property {number} [chance]
 * @property {readonly {at: number, y: number, name: string}[]} [broken]
 */

const LEFT = 34;
const RIGHT = 104;
const TOP = 10;
const BOTTOM = 22;
const GAP = 15;

/** @param {number} value */
const short = (value) => String(Math.round(value * 10) / 10);

/** @param {Chart} chart */
function axes({ width, height, most, end }) {
  const wide = width - LEFT - RIGHT;
  const base = height - BOTTOM;
  return {
    wide,
    base,
    x: (/** @type {number} */ value) => LEFT + (end ? Math.min(1, value / end) * wide : 0),
    y: (/** @type {number} */ value) => base - (Math.min(most, Math.max(0, value)) / most) * (base - TOP),
  };
}

/**
 * The value on the horizontal axis at a distance from the chart's left edge.
 *
 * @param {number} left CSS pixels.
 * @param {number} width
 * @param {number} end
 */
export const valueAt = (left, width, end) =>
  Math.max(0, Math.min(1, (left - LEFT) / Math.max(1, width - LEFT - RIGHT))) * end;

/** @param {Chart} chart @returns {string} */
export function chartMarkup(chart) {
  const { lines, ticks, tick, ends, unit, head, marks = [], chance, broken = [] } = chart;
  const { wide, base, x, y } = axes(chart);
  const parts = ticks.map(
    (value) =>
      `<path class="${value ? "grid" : "axis"}" d="M${LEFT} ${short(y(value))}h${wide}"/>` +
      `<text x="${LEFT - 6}" y="${short(y(value) + 4)}" text-anchor="end">${tick(value)}</text>`,
  );
  for (const [value, name] of ends) {
    parts.push(`<text x="${short(x(value))}" y="${base + 15}" text-anchor="middle">${name}</text>`);
  }
  parts.push(`<text x="${LEFT + wide + 20}" y="${base + 15}">${unit}</text>`);
  if (chance) {
    parts.push(`<path class="cross" d="M${LEFT} ${short(y(chance))}h${wide}"/>`);
    parts.push(`<text x="${LEFT + 4}" y="${short(y(chance) + 13)}">guessing</text>`);
  }
  for (const { at, name } of marks) {
    parts.push(`<path class="flagline" d="M${short(x(at))} ${TOP}V${base}"/>`);
    parts.push(`<rect class="flagbox" x="${short(x(at) - 8)}" y="${TOP - 10}" width="16" height="16" rx="2"/>`);
    parts.push(`<text class="flagtext" x="${short(x(at))}" y="${TOP + 2}" text-anchor="middle">${name}</text>`);
  }
  const path = (/** @type {Points} */ points) =>
    points.map(([a, b], at) => `${at ? "L" : "M"}${short(x(a))} ${short(y(b))}`).join("");
  for (const { points, raw, hue, dashed } of lines) {
    if (raw?.length) parts.push(`<path class="raw ${hue}" d="${path(raw)}"/>`);
    if (points.length) parts.push(`<path class="line ${hue}${dashed ? " dashed" : ""}" d="${path(points)}"/>`);
  }
  for (const { at, y: height, name } of broken) {
    parts.push(`<path class="bad" d="M${short(x(at) - 5)} ${short(y(height) - 5)}l10 10m0-10l-10 10"/>`);
    parts.push(`<text class="badtext" x="${short(x(at) + 10)}" y="${short(y(height) + 4)}">${name}</text>`);
  }
  if (head !== undefined) parts.push(`<path class="head" d="M${short(x(head))} ${TOP}V${base}"/>`);
  parts.push(...names(chart));
  return parts.join("");
}

/** @param {Chart} chart */
function names(chart) {
  const { wide, base, x, y } = axes(chart);
  const named = chart.lines.filter(({ points, name }) => points.length && name);
  const ends = named.map(({ points }) => points[points.length - 1] ?? /** @type {const} */ ([0, 0]));
  const heights = spread(ends.map(([, value]) => y(value) + 4), GAP, base + 1);
  return named.map(({ hue, name }, at) => {
    const left = Math.min(LEFT + wide + 8, x(ends[at]?.[0] ?? 0) + 8);
    return `<text class="label ${hue}" x="${short(left)}" y="${short(heights[at] ?? 0)}">${name}</text>`;
  });
}
