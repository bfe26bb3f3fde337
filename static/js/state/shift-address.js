/**
 * The Shift lab in the address bar: shift, border, pooling, canvas, layers and their channels, turn and scale.
 *
 * @import { Fields } from "./url.js"
 * @import { LayerChoice, ShiftRequest, Warp } from "./shift-types.js"
 * @import { ViewRequest } from "./types.js"
 */

import { openView } from "./restore.js";
import { session } from "./session.js";
import { BORDERS, LARGE, MOST_LAYERS, POOLINGS, TURNED, chooseLayers, moveTo, shift } from "./shift.js";

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
    write: () => shift.layers.value.map(layerText).join(","),
    read: (text) => ({ rows: text.split(",").slice(0, MOST_LAYERS).flatMap(readLayer) }),
  },
  angle: {
    write: () => (shift.warp.value.transform === "rotate" && shift.warp.value.angle !== TURNED.angle ? shift.warp.value.angle : null),
    read: (text) => warpWithin({ transform: "rotate", angle: number(text), factor: 1 }),
  },
  factor: {
    write: () => (shift.warp.value.transform === "scale" ? shift.warp.value.factor : null),
    read: (text) => warpWithin({ transform: "scale", angle: 0, factor: number(text) }),
  },
};

export const SHIFT_SIGNALS = [shift.place, shift.border, shift.pooling, shift.size, shift.layers, shift.warp];

/** Degrees and sizes that the page offers. */
export const ANGLES = /** @type {const} */ ([-180, 180]);
export const FACTORS = /** @type {const} */ ([0.5, 2]);

/** @param {string} text */
const number = (text) => (/^-?\d{1,3}(\.\d{1,2})?$/.test(text) ? Number(text) : NaN);

/** @param {Warp} warp */
function warpWithin(warp) {
  const within = (/** @type {number} */ value, /** @type {readonly [number, number]} */ [least, most]) => value >= least && value <= most;
  return within(warp.angle, ANGLES) && within(warp.factor, FACTORS) ? { warp } : null;
}

/** @param {LayerChoice} choice */
const layerText = ({ node, channel }) => encodeURIComponent(node) + (channel === null ? "" : `:${channel}`);

/**
 * @param {string} text
 * @returns {LayerChoice[]}  None where it makes no sense.
 */
function readLayer(text) {
  const found = /^([^:]+)(?::(\d{1,5}))?$/.exec(text);
  if (!found) return [];
  try {
    return [{ node: decodeURIComponent(found[1] ?? ""), channel: found[2] ? Number(found[2]) : null }];
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
  const asked = /** @type {ShiftRequest} */ (view);
  const { dx = 0, dy = 0, border = "trained", pooling = "trained", size, rows: named = [], warp = TURNED } = asked;
  rows = named;
  shift.border.value = border;
  shift.pooling.value = pooling;
  shift.size.value = size ?? null;
  shift.warp.value = warp;
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
