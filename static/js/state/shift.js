/**
 * What the Shift lab shows of its subject: where the photo is, what the network is made to do about it, and what came of it.
 *
 * @import { ModelDetail } from "../api/client.js"
 * @import { Border, Pooling } from "../api/live-messages.js"
 * @import { AskedResult, Contrast, Curve, LayerChoice, PassingFrame, Place, Sweep, Variants, Warp } from "./shift-types.js"
 */

import { defaultLayers, nodesWithMaps } from "./shift-layers.js";
import { signal } from "./store.js";

/** Error curves reach this far to both sides, and the sweep over dx and dy this far. Pixels. */
export const CURVE = 16;
export const SWEEP = 8;
/** Side of the large canvas, in pixels. */
export const LARGE = 224;
/** As many layers can be shown at once. */
export const MOST_LAYERS = 8;
/** Turned from the start: at rest there would be nothing to see of what a turn does. */
export const TURNED = Object.freeze({ transform: /** @type {const} */ ("rotate"), angle: 30, factor: 1 });

/** @type {readonly Border[]} */
export const BORDERS = ["trained", "zeros", "wrap", "reflect"];
/** @type {readonly Pooling[]} */
export const POOLINGS = ["trained", "max", "average", "blur3", "blur5", "strided"];

export const shift = {
  /** The network that is asked: that of the page's subject. */
  model: signal(/** @type {ModelDetail | null} */ (null)),
  place: signal(/** @type {Place} */ ({ dx: 0, dy: 0 })),
  border: signal(/** @type {Border} */ ("trained")),
  pooling: signal(/** @type {Pooling} */ ("trained")),
  layers: signal(/** @type {readonly LayerChoice[]} */ ([])),
  warp: signal(/** @type {Readonly<Warp>} */ (TURNED)),
  /** Side of a larger canvas; null: the network's own input. */
  size: signal(/** @type {number | null} */ (null)),
  /** The parts below the first screen that have come into view, and are computed from then on. */
  seen: signal(/** @type {ReadonlySet<string>} */ (new Set())),

  /** Of a camera that is watched, the newest frame: it takes the place of the photo. */
  frame: signal(/** @type {PassingFrame | null} */ (null)),

  result: signal(/** @type {AskedResult | null} */ (null)),
  curve: signal(/** @type {Curve | null} */ (null)),
  poolings: signal(/** @type {Variants<Pooling> | null} */ (null)),
  borders: signal(/** @type {Variants<Border> | null} */ (null)),
  sweep: signal(/** @type {Sweep | null} */ (null)),
  contrast: signal(/** @type {Contrast | null} */ (null)),

  /** Whether what is shown is of another state than the present one, and has been for longer than a move takes. */
  late: signal(false),
  /** Whether everything asked for about the present state is here. */
  settled: signal(false),
  /** Why nothing new comes, as a sentence; empty while all is well. */
  trouble: signal(""),
};

/** @returns {{ width: number, height: number }}  Of the canvas that the photo lies on, in pixels. */
export function canvasSize() {
  const { width = 64, height = 64 } = shift.model.value?.input ?? {};
  return shift.size.value ? { width: shift.size.value, height: shift.size.value } : { width, height };
}

/** @returns {number[]}  Sides the canvas may have: a larger one is a choice only where it is larger than the network's own. */
export function canvasSides() {
  const { width = 64 } = shift.model.value?.input ?? {};
  return width < LARGE ? [width, LARGE] : [width];
}

/** @returns {Place}  The farthest the photo can go and still touch its frame. */
export function farthest() {
  const { width, height } = canvasSize();
  return { dx: width - 1, dy: height - 1 };
}

/**
 * @param {number} dx
 * @param {number} dy
 */
export function moveTo(dx, dy) {
  const most = farthest();
  const within = (/** @type {number} */ value, /** @type {number} */ limit) => Math.max(-limit, Math.min(limit, Math.round(value))) || 0;
  const next = { dx: within(dx, most.dx), dy: within(dy, most.dy) };
  const now = shift.place.value;
  if (next.dx !== now.dx || next.dy !== now.dy) shift.place.value = next;
}

/**
 * @param {number} dx
 * @param {number} dy
 */
export function moveBy(dx, dy) {
  moveTo(shift.place.value.dx + dx, shift.place.value.dy + dy);
}

/** @param {number | null} size */
export function setSize(size) {
  shift.size.value = size;
  moveTo(shift.place.value.dx, shift.place.value.dy);
}

/**
 * @param {number} row
 * @param {Partial<LayerChoice>} change
 */
export function changeLayer(row, change) {
  const layers = shift.layers.value.map((each, index) => (index === row ? { ...each, ...change } : each));
  shift.layers.value = fitting(layers);
}

/** One layer more: the next one behind the last that is not shown yet, or else the first. */
export function addLayer() {
  const shown = new Set(shift.layers.value.map(({ node }) => node));
  const names = nodesWithMaps(shift.model.value).map(({ name }) => name);
  const last = names.indexOf(shift.layers.value.at(-1)?.node ?? "");
  const node = [...names.slice(last + 1), ...names].find((name) => !shown.has(name));
  if (node) shift.layers.value = fitting([...shift.layers.value, { node, channel: null }]);
}

/** @param {number} row */
export function removeLayer(row) {
  if (shift.layers.value.length > 1) shift.layers.value = shift.layers.value.filter((_, index) => index !== row);
}

/**
 * Layers of the model on screen that have maps, their channels within what there is.
 *
 * @param {readonly LayerChoice[]} wanted
 * @returns {LayerChoice[]}
 */
function fitting(wanted) {
  const known = new Map(nodesWithMaps(shift.model.value).map((node) => [node.name, node.output_shape[0] ?? 1]));
  const there = wanted.filter(({ node }) => known.has(node)).slice(0, MOST_LAYERS);
  return there.map(({ node, channel }) => {
    const count = known.get(node) ?? 1;
    return { node, channel: channel === null ? null : ((channel % count) + count) % count };
  });
}

/**
 * The layers asked for, as far as the model has them; without any, those that tell most.
 *
 * @param {readonly LayerChoice[]} wanted
 */
export function chooseLayers(wanted) {
  const found = fitting(wanted);
  shift.layers.value = found.length ? found : defaultLayers(shift.model.value);
}

/** @param {string} part  Of the page; it has come into view. */
export function see(part) {
  if (!shift.seen.value.has(part)) shift.seen.value = new Set([...shift.seen.value, part]);
}
