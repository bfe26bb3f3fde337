/**
 * The Shift lab in the address bar: shift, border, pooling, canvas, layers and their channels.
 *
 * @import { Fields } from "./url.js"
 * @import { LayerChoice, ShiftRequest } from "./shift-types.js"
 * @import { ViewRequest } from "./types.js"
 */

import { openView } from "./restore.js";
import { session } from "./session.js";
import { BORDERS, LARGE, MOST_LAYERS, POOLINGS, chooseLayers, moveTo, shift } from "./shift.js";

/** @param {string} text */
const whole = (text) => (/^-?\d{1,3}$/.test(text) ? Number(text) : null);

/** @param {"dx" | "dy"} axis */
const along = (axis) => ({
  write: () => shift.place.value[axis] || null,
  read: (/** @type {string} */ text) => (whole(text) === null ? null : { [axis]: whole(text) }),
});

/**
 * A choice among words; the first is what holds without it.
 *
 * @param {"border" | "pooling"} name
 * @param {readonly string[]} words
 */
const oneOf = (name, words) => ({
  write: () => (shift[name].value === words[0] ? null : shift[name].value),
  read: (/** @type {string} */ text) => (words.includes(text) ? { [name]: text } : null),
});

/** @type {Fields} */
export const SHIFT_FIELDS = {
  dx: along("dx"),
  dy: along("dy"),
  border: oneOf("border", BORDERS),
  pooling: oneOf("pooling", POOLINGS),
  size: {
    write: () => shift.size.value,
    read: (text) => (text === String(LARGE) ? { size: LARGE } : null),
  },
  layers: {
    write: () => shift.layers.value.map(({ node, channel }) => `${encodeURIComponent(node)}:${channel}`).join(","),
    read: (text) => ({ rows: text.split(",").slice(0, MOST_LAYERS).flatMap(readLayer) }),
  },
};

export const SHIFT_SIGNALS = [shift.place, shift.border, shift.pooling, shift.size, shift.layers];

/**
 * @param {string} text
 * @returns {LayerChoice[]}  None where it makes no sense.
 */
function readLayer(text) {
  const found = /^(.+):(\d{1,5})$/.exec(text);
  if (!found) return [];
  try {
    return [{ node: decodeURIComponent(found[1] ?? ""), channel: Number(found[2]) }];
  } catch {
    return [];
  }
}

/** The rows that a link names, until its model is here. */
let rows = /** @type {readonly LayerChoice[]} */ ([]);

/**
 * Bring the page to a view that an address names.
 *
 * @param {ViewRequest} view
 */
export async function openShift(view) {
  const { dx = 0, dy = 0, border = "trained", pooling = "trained", size, rows: named = [] } = /** @type {ShiftRequest} */ (view);
  rows = named;
  shift.border.value = border;
  shift.pooling.value = pooling;
  shift.size.value = size ?? null;
  shift.place.value = { dx, dy };
  // With a model already here nothing else would look at these; one that comes does it in followModel.
  const { model } = session;
  if (model.value && (view.model ?? model.value.id) === model.value.id) adopt();
  await openView(view);
}

/** Make what was asked for possible with the model on screen. */
function adopt() {
  chooseLayers(rows.length ? rows : shift.layers.value);
  rows = [];
  moveTo(shift.place.value.dx, shift.place.value.dy);
}

/**
 * Another model has other layers: those of the same names stay, else it begins anew.
 *
 * @param {AbortSignal} [signal]
 */
export function followModel(signal) {
  session.model.subscribe((model) => void (model && adopt()), signal ? { signal } : {});
}
