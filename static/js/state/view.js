/**
 * What is looked at, for all subjects of a page: one object of signals, and the actions on what is selected. Layers are
 * those of the network that an action is handed.
 *
 * @import { ModelDetail } from "../api/client.js"
 * @import { Pixel, Playback, Theme } from "./types.js"
 */

import { clampPixel, firstSelection, moveSelection } from "./selection.js";
import { signal } from "./store.js";

/** @typedef {ModelDetail | null} Model */

export const view = {
  selection: signal(/** @type {Pixel} */ ({ node: "", channel: 0, y: 0, x: 0 })),
  /** Whether somebody chose that layer, or a link: a network opens with one that nobody did. */
  chosen: signal(false),
  /** The values from which one went down to an input, to climb back to. */
  trail: signal(/** @type {readonly Pixel[]} */ ([])),
  hover: signal(/** @type {Pixel | null} */ (null)),
  layout: signal(/** @type {"lens" | "even"} */ ("lens")),
  /** Layers that stand folded away behind another. */
  unseen: signal(/** @type {ReadonlySet<string>} */ (new Set())),
  /** First and last layer of the strip in view, as fractions of layers; null while all of it is. */
  inView: signal(/** @type {{from: number, to: number} | null} */ (null)),
  scaling: signal(/** @type {"layer" | "map"} */ ("layer")),
  /** What the sheet of the chosen layer shows, in which order, and which slice of its kernels. */
  sheet: signal(/** @type {"maps" | "filters"} */ ("maps")),
  order: signal(/** @type {"index" | "mean" | "max" | "variance" | "zeros"} */ ("index")),
  slice: signal(0),
  /** Whether the inspector's photo shows how much each pixel counts for the value. */
  gradient: signal(false),
  /** Whether the photo is shown in the pixels that the network gets. */
  pixels: signal(false),
  /** Names of blocks that are folded; null: as the network opens. */
  folded: signal(/** @type {ReadonlySet<string> | null} */ (null)),
  theme: signal(/** @type {Theme} */ ("auto")),
  /** Whether a link has brought the theme: then it is not kept. */
  sent: signal(false),
  /** `position`: index into the model's nodes plus the painted share of that layer; nodes.length is all. */
  playback: signal(/** @type {Playback} */ ({ playing: false, held: false, position: 0, speed: 1 })),
  /** What one step of the playback finishes. */
  pace: signal(/** @type {"layer" | "row" | "value"} */ ("layer")),
  /** The pixel of the network's input that is pointed at. */
  probe: signal(/** @type {{y: number, x: number} | null} */ (null)),

  /** A sentence for people who listen to the page instead of looking at it. */
  announcement: signal(""),
};

/* Selection */

/**
 * Begin to look at another network.
 *
 * @param {ModelDetail} model
 */
export function lookAt(model) {
  view.hover.value = null;
  view.trail.value = [];
  view.folded.value = null;
  view.selection.value = firstSelection(model);
  view.chosen.value = false;
  view.playback.value = { ...view.playback.value, playing: false, held: false, position: model.nodes.length };
}

/**
 * @param {Model} model
 * @param {string} name
 */
export function selectNode(model, name) {
  const { selection, hover } = view;
  if (!model || name === selection.value.node) return;
  hover.value = null;
  view.trail.value = [];
  view.chosen.value = true;
  selection.value = moveSelection(model, selection.value, name);
  announceSelection();
}

/**
 * @param {Model} model
 * @param {number} channel
 */
export function selectChannel(model, channel) {
  selectPixel(model, { ...view.selection.value, channel });
}

/**
 * @param {Model} model
 * @param {Pixel} pixel  The nearest one that there is.
 */
export function selectPixel(model, pixel) {
  const { selection, hover } = view;
  const node = model?.nodes.find((each) => each.name === pixel.node);
  if (!node) return;
  const next = clampPixel(node, pixel);
  const now = selection.value;
  if (next.node === now.node && next.channel === now.channel && next.y === now.y && next.x === now.x) return;
  hover.value = null;
  view.chosen.value = true;
  if (next.node !== now.node) view.trail.value = [];
  selection.value = next;
  announceSelection();
}

/**
 * Move the selection by layers.
 *
 * @param {Model} model
 * @param {number} step
 */
export function stepLayer(model, step) {
  const { node: selected } = view.selection.value;
  const nodes = (model?.nodes ?? []).filter(({ name }) => name === selected || !view.unseen.value.has(name));
  const at = nodes.findIndex((node) => node.name === selected);
  const target = nodes[Math.min(nodes.length - 1, Math.max(0, at + step))];
  if (target) selectNode(model, target.name);
}

/**
 * The next or previous channel of the selected layer, around the ends.
 *
 * @param {Model} model
 * @param {number} step
 */
export function stepChannel(model, step) {
  const { node, channel } = view.selection.value;
  const [channels = 1] = model?.nodes.find(({ name }) => name === node)?.output_shape ?? [];
  selectChannel(model, (channel + step + channels) % channels);
}

/**
 * Go to a value that the current one was made from; the way back is kept.
 *
 * @param {Model} model
 * @param {Pixel} input
 */
export function descend(model, input) {
  const way = [...view.trail.value, view.selection.value];
  selectPixel(model, input);
  view.trail.value = way;
}

/**
 * Back up to where one came from.
 *
 * @param {Model} model
 * @param {number} [step] Number in the trail; without it the last.
 * @returns {boolean} False where there is nothing to go back to.
 */
export function climb(model, step = view.trail.value.length - 1) {
  const goal = view.trail.value[step];
  if (!goal) return false;
  const way = view.trail.value.slice(0, step);
  selectPixel(model, goal);
  view.trail.value = way;
  return true;
}

function announceSelection() {
  const { node, channel } = view.selection.value;
  view.announcement.value = `${node}, channel ${channel}`;
}
