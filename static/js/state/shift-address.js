/**
 * The Shift lab in the address bar: shift, border, pooling, canvas, layers and their channels, turn and scale.
 *
 * @import { Subject } from "./subject.js"
 * @import { Fields } from "./url.js"
 * @import { LayerChoice, ShiftRequest, Warp } from "./shift-types.js"
 * @import { ViewRequest } from "./types.js"
 */

import { openView } from "./restore.js";
import { BORDERS, LARGE, MOST_LAYERS, POOLINGS, TURNED, canvasSides, chooseLayers, moveTo, shift } from "./shift.js";
import { oneOf } from "./url.js";

/** @param {string} text */
const whole = (text) => (/^-?\d{1,3}$/.test(text) ? Number(text) : null);

/** @param {"dx" | "dy"} axis */
const along = (axis) => ({
  of: shift.place,
  write: () => shift.place.value[axis] || null,
  read: (/** @type {string} */ text) => (whole(text) === null ? null : { [axis]: whole(text) }),
});

/** @type {Fields} */
export const SHIFT_FIELDS = {
  dx: along("dx"),
  dy: along("dy"),
  border: oneOf("border", shift.border, BORDERS),
  pooling: oneOf("pooling", shift.pooling, POOLINGS),
  size: {
    of: shift.size,
    write: () => shift.size.value,
    read: (text) => (text === String(LARGE) ? { size: LARGE } : null),
  },
  layers: {
    of: shift.layers,
    write: () => shift.layers.value.map(layerText).join(","),
    read: (text) => ({ rows: text.split(",").slice(0, MOST_LAYERS).flatMap(readLayer) }),
    step: "walk",
  },
  angle: {
    of: shift.warp,
    write: () => (shift.warp.value.transform === "rotate" && shift.warp.value.angle !== TURNED.angle ? shift.warp.value.angle : null),
    read: (text) => warpWithin({ transform: "rotate", angle: number(text), factor: 1 }),
  },
  factor: {
    of: shift.warp,
    write: () => (shift.warp.value.transform === "scale" ? shift.warp.value.factor : null),
    read: (text) => warpWithin({ transform: "scale", angle: 0, factor: number(text) }),
  },
};

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
 * @param {Subject} subject
 * @param {ViewRequest} wanted
 */
export async function openShift(subject, wanted) {
  const asked = /** @type {ShiftRequest} */ (wanted);
  const { dx = 0, dy = 0, border = "trained", pooling = "trained", size, rows: named = [], warp = TURNED } = asked;
  rows = named;
  shift.border.value = border;
  shift.pooling.value = pooling;
  shift.size.value = size ?? null;
  shift.warp.value = warp;
  shift.place.value = { dx, dy };
  // With a model already here nothing else would look at these; one that comes does it in followModel.
  const model = shift.model.value;
  if (model && (wanted.model ?? model.id) === model.id) adopt();
  await openView(subject, wanted);
}

/** Make what was asked for possible with the model on screen. */
function adopt() {
  chooseLayers(rows.length ? rows : shift.layers.value);
  rows = [];
  if (!canvasSides().slice(1).includes(shift.size.value ?? 0)) shift.size.value = null;
  moveTo(shift.place.value.dx, shift.place.value.dy);
}

/**
 * Another model has other layers: those of the same names stay, else it begins anew.
 *
 * @param {Subject} subject
 * @param {AbortSignal} [signal]
 */
export function followModel({ model }, signal) {
  const adoptNext = (/** @type {typeof model.value} */ next) => {
    shift.model.value = next;
    if (next) adopt();
  };
  model.subscribe(adoptNext, signal ? { signal } : {});
}
