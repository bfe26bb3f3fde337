/** Where the points of a plot stand and which side of them their names have room on. */

import { largestOf, smallestOf } from "./extremes.js";

/** @typedef {{id: string, x: number, y: number, area: number, name: string}} Datum In data units; `area` relative. */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */
/** @typedef {{id: string, x: number, y: number, r: number, label: {x: number, y: number, anchor: "start" | "middle" | "end"}}} Point */

const SMALLEST = 4;
const LARGEST = 15;
const TEXT = { character: 6.4, height: 14, gap: 4 };

/**
 * Powers of ten that span the values, ends included.
 *
 * @param {readonly number[]} values All above zero.
 * @returns {number[]}
 */
export function decades(values) {
  const first = Math.floor(Math.log10(smallestOf(values)));
  const last = Math.ceil(Math.log10(largestOf(values)));
  return Array.from({ length: Math.max(2, last - first + 1) }, (_, at) => 10 ** (first + at));
}

/**
 * Points on a logarithmic x and a linear y from 0 to 1, areas in proportion, each with the place of its name.
 *
 * @param {readonly Datum[]} data
 * @param {Box} frame Of the plot, in pixels.
 * @param {readonly number[]} ticks Powers of ten: the ends of x.
 * @returns {Point[]} Largest first, so that small points lie on top.
 */
export function scatter(data, frame, ticks) {
  const [first = 1] = ticks;
  const last = ticks.at(-1) ?? first * 10;
  const most = largestOf(data.map(({ area }) => area));
  const points = data
    .map(({ id, x, y, area, name }) => ({
      id,
      name,
      x: frame.left + (Math.log(x / first) / Math.log(last / first)) * (frame.right - frame.left),
      y: frame.bottom - y * (frame.bottom - frame.top),
      r: Math.max(SMALLEST, LARGEST * Math.sqrt(area / most)),
    }))
    .sort((a, b) => b.r - a.r);
  const taken = points.map(({ x, y, r }) => ({ left: x - r, top: y - r, right: x + r, bottom: y + r }));
  return points.map(({ name, ...point }, index) => {
    const others = taken.filter((_, at) => at !== index);
    const { label, box } = labelFor(name, point, frame, others);
    taken.push(box);
    return { ...point, label };
  });
}

/**
 * The first side of a point where its name meets nothing; the first inside the plot, if there is none.
 *
 * @param {string} name
 * @param {{x: number, y: number, r: number}} point
 * @param {Box} frame
 * @param {readonly Box[]} taken
 */
function labelFor(name, { x, y, r }, frame, taken) {
  const width = name.length * TEXT.character;
  const [side, half] = [r + TEXT.gap, TEXT.height / 2];
  /** @type {[Point["label"]["anchor"], number, number, number][]} Anchor, its x, left edge, middle of the line. */
  const places = [
    ["start", x + side, x + side, y],
    ["end", x - side, x - side - width, y],
    ["middle", x, x - width / 2, y - side - half],
    ["middle", x, x - width / 2, y + side + half],
    ["start", x + side, x + side, y + half + 4],
    ["start", x + side, x + side, y - half - 4],
    ["end", x - side, x - side - width, y + half + 4],
    ["end", x - side, x - side - width, y - half - 4],
    ["end", x + r, x + r - width, y - side - half],
    ["end", x + r, x + r - width, y + side + half],
    ["end", x + r, x + r - width, y - side - half - TEXT.height],
  ];
  const found = places.map(([anchor, at, left, middle]) => ({
    label: { x: at, y: middle + 4, anchor },
    box: { left, top: middle - half, right: left + width, bottom: middle + half },
  }));
  const inside = found.filter(({ box }) => within(box, frame));
  const free = inside.find(({ box }) => !taken.some((other) => meet(box, other)));
  return /** @type {(typeof found)[number]} */ (free ?? inside[0] ?? found[0]);
}

/** @param {Box} a @param {Box} b */
const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** @param {Box} box @param {Box} frame */
const within = (box, frame) =>
  box.left >= frame.left && box.right <= frame.right + TEXT.height && box.top >= frame.top - TEXT.height && box.bottom <= frame.bottom;
