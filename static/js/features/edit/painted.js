/** What is painted on a map: values by place, and the rectangles that an address has of them. */

import { shortest } from "../../state/edits.js";

/** @import { Edit } from "../../state/edits.js" */

/** @typedef {{node: string, channel: number, width: number}} Map_  `width`: values a row. */

/** @param {Edit} edit @param {Pick<Map_, "node" | "channel">} map  Whether it paints on that map alone. */
export const paints = (edit, { node, channel }) => edit.node === node && edit.what === "fill" && edit.which === String(channel) && edit.rest !== "";

/**
 * Values that are painted, by their place in the map.
 *
 * @param {readonly Edit[]} edits
 * @param {Map_} map
 * @returns {Map<number, number>}
 */
export function paintedOn(edits, map) {
  /** @type {Map<number, number>} */
  const cells = new Map();
  for (const { rest, value } of edits.filter((each) => paints(each, map) && !each.off)) {
    for (const rectangle of rest.split("_")) {
      const [top = 0, left = 0, bottom = 0, right = 0] = rectangle.split(",").map(Number);
      for (let y = top; y < bottom; y += 1) for (let x = left; x < right; x += 1) cells.set(y * map.width + x, Number(value));
    }
  }
  return cells;
}

/**
 * The edits that paint these values: one a value, its places in rectangles.
 *
 * @param {ReadonlyMap<number, number>} cells
 * @param {Map_} map
 * @returns {Edit[]}
 */
export function painting(cells, { node, channel, width }) {
  /** @type {Map<string, number[]>} */
  const places = new Map();
  for (const [at, value] of cells) places.set(shortest(value), [...(places.get(shortest(value)) ?? []), at]);
  return [...places].map(([value, all]) => ({ node, what: "fill", which: String(channel), value, rest: rectangles(all, width).map((each) => each.join()).join("_"), off: false }));
}

/**
 * Few rectangles that together are these places: runs of a row, joined with equal runs in the rows below.
 *
 * @param {readonly number[]} places
 * @param {number} width
 * @returns {[top: number, left: number, bottom: number, right: number][]}
 */
export function rectangles(places, width) {
  /** @type {[number, number, number, number][]} */
  const found = [];
  const left = new Set(places);
  for (const start of places.toSorted((a, b) => a - b)) {
    if (!left.has(start)) continue;
    const [y, x] = [Math.floor(start / width), start % width];
    let right = x + 1;
    while (right < width && left.has(y * width + right)) right += 1;
    const row = (/** @type {number} */ at) => Array.from({ length: right - x }, (_, by) => at * width + x + by);
    let bottom = y + 1;
    while (row(bottom).every((at) => left.has(at))) bottom += 1;
    for (let at = y; at < bottom; at += 1) for (const place of row(at)) left.delete(place);
    found.push([y, x, bottom, right]);
  }
  return found;
}
