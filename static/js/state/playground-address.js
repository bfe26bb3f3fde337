/** The playground's part of the address: parameters whose names begin with `k-`. */

import { FILTERS, cellValue, filterCells } from "../geometry/filters.js";
import { RANGES } from "../geometry/legal-settings.js";
import { MODES, PLANES, START, begin, isTrained, playground } from "./playground.js";

/** @import { FilterName } from "../geometry/filters.js" */
/** @import { Fields } from "./url.js" */

const PREFIX = "k-";
const KEYS = /** @type {const} */ ([
  "kernel",
  "size",
  "bias",
  "plane",
  "stride",
  "padding",
  "dilation",
  "mode",
]);

/** @returns {[name: string, value: string][]} Only what differs from the start. */
export function writePlayground() {
  const state = playground.value;
  /** @type {[string, string][]} */
  const pairs = [];
  const known = isTrained(state) && !state.edited ? "bias" : "";
  for (const key of KEYS) {
    if (state[key] !== START[key] && key !== known) pairs.push([PREFIX + key, String(state[key])]);
  }
  if (state.edited) pairs.push([`${PREFIX}cells`, state.cells.join()]);
  if (state.at) pairs.push([`${PREFIX}at`, `${state.at.y},${state.at.x}`]);
  return pairs;
}

/**
 * What the address says; what is missing is as at the start, and what makes no sense is passed over.
 *
 * @param {URLSearchParams} search
 */
export function readPlayground(search) {
  const text = (/** @type {string} */ name) => search.get(PREFIX + name) ?? "";
  const kernel = Object.hasOwn(FILTERS, text("kernel")) || /^trained-\d{1,4}$/.test(text("kernel")) ? text("kernel") : START.kernel;
  const plane = PLANES.find((each) => each === text("plane")) ?? START.plane;
  const shown = plane === "rgb" && !isTrained({ kernel }) ? START.plane : plane;
  const size = within(text("size"), RANGES.size) ?? START.size;
  const typed = text("cells").split(",");
  const edited = typed.length === size * size * (shown === "rgb" ? 3 : 1) && typed.every((each) => !Number.isNaN(cellValue(each)));
  const picked = isTrained({ kernel }) ? [] : filterCells(/** @type {FilterName} */ (kernel), size);
  begin({
    ...{ kernel, size, edited, plane: shown, cells: edited ? typed : picked },
    bias: Number.isNaN(cellValue(text("bias"))) ? START.bias : text("bias"),
    stride: within(text("stride"), RANGES.stride) ?? START.stride,
    padding: within(text("padding"), RANGES.padding) ?? START.padding,
    dilation: within(text("dilation"), RANGES.dilation) ?? START.dilation,
    mode: MODES.find((each) => each === text("mode")) ?? START.mode,
    at: readPlace(text("at")),
  });
}

/**
 * @param {string} text
 * @param {readonly [number, number]} range
 */
function within(text, [least, most]) {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : NaN;
  return value >= least && value <= most ? value : null;
}

/** @param {string} text */
function readPlace(text) {
  const [y, x, ...more] = text.split(",").map((each) => within(each, [0, 9999]));
  return typeof y === "number" && typeof x === "number" && !more.length ? { y, x } : null;
}

/** @type {Fields} For the table of a page's address; reading is all done by `readPlayground`. */
export const PLAYGROUND_FIELDS = Object.fromEntries(
  [...KEYS, "cells", "at"].map((key) => [
    PREFIX + key,
    { of: playground, write: () => writePlayground().find(([name]) => name === PREFIX + key)?.[1] ?? null, read: () => null },
  ]),
);
