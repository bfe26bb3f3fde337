/**
 * One filter on one photo: which kernel, which settings. One frozen object in one signal, the actions on it, and a
 * way back. Where the photo is belongs to the whole page: `shift.place`.
 */

import { FILTERS, filterCells, resized } from "../geometry/filters.js";
import { RANGES } from "../geometry/legal-settings.js";
import { signal } from "./store.js";

/** @import { Mode } from "../geometry/convolution.js" */
/** @import { FilterName } from "../geometry/filters.js" */
/** @import { SettingName } from "../geometry/legal-settings.js" */

/** @typedef {"grey" | "red" | "green" | "blue" | "rgb"} PlaneName */
/**
 * @typedef {object} Playground
 * @property {string} kernel A name in FILTERS, or `trained-3`.
 * @property {readonly string[]} cells As typed, slice by slice; empty until the weights of a trained filter are there.
 * @property {boolean} edited Whether cells differ from what was picked.
 * @property {number} size As typed: it may be illegal (NaN for what is no number), as may the three below.
 * @property {string} bias As typed.
 * @property {PlaneName} plane
 * @property {number} stride
 * @property {number} padding
 * @property {number} dilation
 * @property {Mode} mode
 * @property {{y: number, x: number} | null} at The value looked at; null: the strongest.
 */

/** @type {Readonly<Playground>} */
export const START = Object.freeze({
  kernel: "sobel-x",
  cells: filterCells("sobel-x", 3),
  edited: false,
  size: 3,
  bias: "0",
  plane: "grey",
  stride: 1,
  padding: 1,
  dilation: 1,
  mode: "zeros",
  at: null,
});

export const playground = signal(START);

export const PLANES = /** @type {const} */ (["grey", "red", "green", "blue", "rgb"]);
export const MODES = /** @type {const} */ (["zeros", "wrap", "reflect"]);

/** Steps back that are kept. */
const MOST_STEPS = 100;
/** @type {{label: string, state: Readonly<Playground>}[]} */
let past = [];

/** @param {Partial<Playground>} part */
const set = (part) => (playground.value = Object.freeze({ ...playground.value, ...part }));

/**
 * A change that can be taken back; several with the same label in a row, as while typing, are taken back together.
 *
 * @param {string} label
 * @param {Partial<Playground>} part
 */
function change(label, part) {
  if (past.at(-1)?.label !== label) past.push({ label, state: playground.value });
  past = past.slice(-MOST_STEPS);
  set(part);
}

export const canUndo = () => past.length > 0;

/** Take back the last change of kernel or settings. */
export function undo() {
  const last = past.pop();
  if (!last) return;
  playground.value = Object.freeze({ ...last.state, at: playground.value.at });
}

/**
 * What another model or photo makes necessary; there is no way back from it.
 *
 * @param {Partial<Playground>} part
 */
export const adapt = (part) => void set(part);

/**
 * Another beginning, as an address names it.
 *
 * @param {Playground} state
 */
export function begin(state) {
  past = [];
  playground.value = Object.freeze(state);
}

/** @param {{kernel: string}} state */
export const isTrained = ({ kernel }) => kernel.startsWith("trained-");
/** @param {{kernel: string}} state The number of the trained filter. */
export const trainedIndex = ({ kernel }) => Number(kernel.slice("trained-".length));

/** @param {number} size */
const isSize = (size) => Number.isInteger(size) && size >= RANGES.size[0] && size <= RANGES.size[1];

/** Cells in a row of the kernel as it is, whatever size has been typed. @param {Playground} state */
export const sideOf = ({ cells, plane }) => Math.sqrt(cells.length / (plane === "rgb" ? 3 : 1));

/** @param {FilterName} name */
export function pickFilter(name) {
  const { plane, size } = playground.value;
  const legal = isSize(size) ? size : START.size;
  change(`pick ${name}`, {
    ...{ kernel: name, cells: filterCells(name, legal), size: legal, edited: false, bias: "0" },
    plane: plane === "rgb" ? "grey" : plane,
  });
}

/**
 * A filter of the network, whose weights follow; with the settings of its layer the map is that layer's own.
 *
 * @param {number} index
 * @param {PlaneName} plane
 * @param {Partial<Pick<Playground, "stride" | "padding" | "dilation" | "mode">>} settings
 */
export function pickTrained(index, plane, settings) {
  change(`pick trained ${index}`, { ...settings, kernel: `trained-${index}`, cells: [], edited: false, plane });
}

/** @param {PlaneName} plane */
export function setPlane(plane) {
  const refill = isTrained(playground.value) ? { cells: [], edited: false } : {};
  change("plane", { plane, ...refill });
}

/**
 * @param {number} at
 * @param {string} text
 */
export function setCell(at, text) {
  const cells = playground.value.cells.with(at, text);
  change(`cell ${at}`, { cells, edited: true });
}

/** @param {string} text */
export function setBias(text) {
  change("bias", { bias: text, edited: true });
}

/**
 * @param {SettingName} name
 * @param {number} value NaN for what is no number.
 */
export function setSetting(name, value) {
  if (name !== "size" || !isSize(value)) change(name, { [name]: value });
  else change(name, { size: value, ...ofSize(value) });
}

/**
 * @param {number} size
 * @returns {Partial<Playground>}
 */
function ofSize(size) {
  const { kernel, cells, edited } = playground.value;
  const side = sideOf(playground.value);
  if (side === size || !cells.length) return {};
  if (!edited && kernel in FILTERS) return { cells: filterCells(/** @type {FilterName} */ (kernel), size) };
  const slices = Array.from({ length: cells.length / side ** 2 }, (_, at) => cells.slice(at * side ** 2, (at + 1) * side ** 2));
  return { cells: slices.flatMap((slice) => resized(slice, side, size)), edited: true };
}

/** @param {Mode} mode */
export function setMode(mode) {
  change("mode", { mode });
}

/** The cells as they were picked. */
export function resetKernel() {
  const { kernel, size } = playground.value;
  if (isTrained(playground.value)) change("reset", { cells: [], edited: false });
  else pickFilter(/** @type {FilterName} */ (isSize(size) ? kernel : START.kernel));
}

/** @param {{y: number, x: number} | null} at */
export function lookAt(at) {
  set({ at });
}
