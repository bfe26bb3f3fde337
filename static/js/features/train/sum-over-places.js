import { largestOf, smallestOf } from "../../geometry/extremes.js";
import { rowBlocks } from "../../geometry/race.js";
import { addUp } from "../../geometry/rounding.js";
import { fixed } from "../../geometry/scale.js";
import { h, s } from "../../widgets/dom.js";
import { four, largest, mapOf } from "./parts.js";
import { decimalsOf } from "./weight-gradient.js";

/** @import { WeightGradient } from "../../api/training-types.js" */

/** So many sums of rows have room beside the map. */
const BLOCKS = 6;
const TALL = 168;

/** The products of a weight at all its places: a map, the running sum row by row, and sums of rows. */
export class SumOverPlaces {
  /** @type {number | null} The place that is pointed at. */
  #spot = null;
  #repaint;

  /** @param {() => void} repaint */
  constructor(repaint) {
    this.#repaint = repaint;
  }

  /**
   * @param {WeightGradient} found
   * @param {number | null} until How many places are added up; null: all.
   * @returns {Node[]}
   */
  parts(found, until) {
    const [height, width] = found.places;
    const shown = found.one ?? found.products;
    if (this.#spot !== null && this.#spot >= shown.length) this.#spot = null;
    const map = mapOf(shown, width, height, largest(shown), { role: "img", "aria-label": "Product at every place" });
    const where = h("div", { class: "sum-map", tabindex: 0, role: "group", "aria-label": "Places: arrow keys", "data-focus": "places" }, map);
    where.addEventListener("pointermove", (event) => this.#point(event, where, width, height));
    where.addEventListener("pointerleave", () => this.#choose(null));
    where.addEventListener("keydown", (event) => this.#key(event, width, height));
    if (until !== null) where.append(...laterThan(until, width, height));
    const spot = until === null ? this.#spot : until - 1;
    if (spot !== null) where.append(box(spot % width, Math.floor(spot / width), 1, 1, width, height));
    return [
      h("div", { class: "sum", "data-lesson": "sum" }, where, waterfall(shown, height, width), rowsOf(found, shown)),
      h("p", { class: "sum-say num", role: "status", "aria-live": "off" }, sentence(found, spot)),
    ];
  }

  /** @param {PointerEvent} event @param {HTMLElement} where @param {number} width @param {number} height */
  #point(event, where, width, height) {
    const frame = where.getBoundingClientRect();
    const inside = (/** @type {number} */ at, /** @type {number} */ size, /** @type {number} */ cells) =>
      Math.max(0, Math.min(cells - 1, Math.floor((at / size) * cells)));
    this.#choose(inside(event.clientY - frame.top, frame.height, height) * width + inside(event.clientX - frame.left, frame.width, width));
  }

  /** @param {KeyboardEvent} event @param {number} width @param {number} height */
  #key(event, width, height) {
    /** @type {Record<string, [number, number]>} */
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const [dx, dy] = steps[event.key] ?? [0, 0];
    if (!dx && !dy) return;
    event.preventDefault();
    event.stopPropagation();
    const now = this.#spot ?? 0;
    const x = Math.max(0, Math.min(width - 1, (now % width) + dx));
    const y = Math.max(0, Math.min(height - 1, Math.floor(now / width) + dy));
    this.#choose(y * width + x);
  }

  /** @param {number | null} spot */
  #choose(spot) {
    if (spot === this.#spot) return;
    this.#spot = spot;
    this.#repaint();
  }
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} wide
 * @param {number} tall
 * @param {number} width
 * @param {number} height
 * @param {string} [name]
 */
function box(x, y, wide, tall, width, height, name = "") {
  const mark = h("i", { class: name });
  Object.assign(mark.style, {
    left: `${(100 * x) / width}%`,
    top: `${(100 * y) / height}%`,
    width: `${(100 * wide) / width}%`,
    height: `${(100 * tall) / height}%`,
  });
  return mark;
}

/** Veils over the places that are not added up yet. @param {number} until @param {number} width @param {number} height */
function laterThan(until, width, height) {
  const [row, column] = [Math.floor(until / width), until % width];
  return [
    box(column, row, width - column, 1, width, height, "later"),
    box(0, row + 1, width, Math.max(0, height - row - 1), width, height, "later"),
  ];
}

/** The running sum, row by row. @param {readonly number[]} shown @param {number} height @param {number} width */
function waterfall(shown, height, width) {
  let run = 0;
  const rows = rowBlocks(shown, height, width, height).map((value) => {
    const from = run;
    run += value;
    return [from, run];
  });
  const low = Math.min(0, smallestOf(rows.flat()));
  const span = Math.max(0, largestOf(rows.flat())) - low || 1;
  const x = (/** @type {number} */ value) => ((value - low) / span) * 100;
  const bars = rows.map(([from = 0, to = 0], row) =>
    s("rect", {
      class: to >= from ? "p" : "n",
      x: x(Math.min(from, to)),
      y: (row * TALL) / height + 1,
      width: Math.max(0.6, x(Math.max(from, to)) - x(Math.min(from, to))),
      height: TALL / height - 2,
    }),
  );
  const zero = s("path", { class: "zero", "vector-effect": "non-scaling-stroke", d: `M${x(0)} 0V${TALL}` });
  return s("svg", { class: "sum-bars", viewBox: `0 0 100 ${TALL}`, preserveAspectRatio: "none", "aria-hidden": "true" }, zero, ...bars);
}

/** Sums of rows, printed so that they add up to the printed total. @param {WeightGradient} found @param {readonly number[]} shown */
function rowsOf(found, shown) {
  const [height, width] = found.places;
  const blocks = rowBlocks(shown, height, width, BLOCKS);
  const total = shown.reduce((sum, value) => sum + value, 0);
  const { parts } = addUp(blocks, total, decimalsOf(found));
  const rows = parts.map(({ text, units, adjusted }) => {
    const words = `${units >= 0 ? "+" : ""}${text}`;
    return h("div", {}, adjusted ? h("u", { title: "Rounded the other way, so that the column adds up" }, words) : words);
  });
  const column = h("div", { class: "sum-rows num" }, ...rows);
  column.style.setProperty("--rows", String(rows.length));
  return column;
}

/** @param {WeightGradient} found @param {number | null} spot */
function sentence(found, spot) {
  const [, width] = found.places;
  if (spot === null) {
    return found.one
      ? `Image ${(found.picture ?? 0) + 1} of the batch alone: its share of the sum.`
      : `Each cell: delta × input at that place, all ${found.images} images. Bars: the running sum, row by row.`;
  }
  const place = `Row ${Math.floor(spot / width)}, column ${spot % width}: `;
  if (found.one && found.delta && found.input) {
    return `${place}delta ${four(found.delta[spot] ?? 0)} × input ${fixed(found.input[spot] ?? 0, 3)} = ${four(found.one[spot] ?? 0)}`;
  }
  return `${place}${four(found.products[spot] ?? 0)}, from ${found.active[spot] ?? 0} of ${found.images} images; in the others delta or input is 0.`;
}
