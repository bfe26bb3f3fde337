/**
 * What is on the screen: one object of signals, and the actions on what is selected. The actions that ask the
 * server for something are in `loading.js`.
 *
 * @import { ModelSummary, ModelDetail, Sample, CropBox } from "../api/client.js"
 * @import { ImageOnScreen, Playback, Problem, Progress, Status } from "./types.js"
 */

import { clampPixel, moveSelection } from "./selection.js";
import { signal } from "./store.js";

/** @typedef {import("./types.js").Activation} Activation */
/** @typedef {import("./types.js").Pixel} Pixel */
/** @typedef {import("./types.js").TraceView} TraceView */
/** @typedef {import("./types.js").Theme} Theme */

export const session = {
  models: signal(/** @type {ModelSummary[]} */ ([])),
  samples: signal(/** @type {Sample[]} */ ([])),
  model: signal(/** @type {ModelDetail | null} */ (null)),
  image: signal(/** @type {ImageOnScreen | null} */ (null)),
  crop: signal(/** @type {CropBox | null} */ (null)),

  status: signal(/** @type {Status} */ ("empty")),
  problem: signal(/** @type {Problem | null} */ (null)),
  /** Bytes of what is under way; null when nothing is. */
  progress: signal(/** @type {Progress | null} */ (null)),

  /** The last complete result; it stays until the next one is complete. */
  shown: signal(/** @type {TraceView | null} */ (null)),
  /** The result that is arriving. */
  pending: signal(/** @type {TraceView | null} */ (null)),
  /** Counts the layers put into `pending`, over all traces: it changes with every one that arrives. */
  arrived: signal(0),

  selection: signal(/** @type {Pixel} */ ({ node: "", channel: 0, y: 0, x: 0 })),
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
  theme: signal(/** @type {Theme} */ ("auto")),
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

/** @param {string} name */
export function selectNode(name) {
  const { model, selection, hover } = session;
  if (!model.value || name === selection.value.node) return;
  hover.value = null;
  session.trail.value = [];
  selection.value = moveSelection(model.value, selection.value, name);
  announceSelection();
}

/** @param {number} channel */
export function selectChannel(channel) {
  const { node, y, x } = session.selection.value;
  selectPixel(node, channel, y, x);
}

/**
 * @param {string} name
 * @param {number} channel
 * @param {number} y
 * @param {number} x
 */
export function selectPixel(name, channel, y, x) {
  const { model, selection, hover } = session;
  const node = model.value?.nodes.find((each) => each.name === name);
  if (!node) return;
  const next = clampPixel(node, { node: name, channel, y, x });
  const now = selection.value;
  if (next.node === now.node && next.channel === now.channel && next.y === now.y && next.x === now.x) return;
  hover.value = null;
  if (next.node !== now.node) session.trail.value = [];
  selection.value = next;
  announceSelection();
}

/**
 * Move the selection by layers.
 *
 * @param {number} step
 */
export function stepLayer(step) {
  const { node: selected } = session.selection.value;
  const nodes = (session.model.value?.nodes ?? []).filter(({ name }) => name === selected || !session.unseen.value.has(name));
  const at = nodes.findIndex((node) => node.name === selected);
  const target = nodes[Math.min(nodes.length - 1, Math.max(0, at + step))];
  if (target) selectNode(target.name);
}

/**
 * The next or previous channel of the selected layer, around the ends.
 *
 * @param {number} step
 */
export function stepChannel(step) {
  const { node, channel } = session.selection.value;
  const [channels = 1] = session.model.value?.nodes.find(({ name }) => name === node)?.output_shape ?? [];
  selectChannel((channel + step + channels) % channels);
}

/**
 * Go to a value that the current one was made from; the way back is kept.
 *
 * @param {Pixel} input
 */
export function descend({ node, channel, y, x }) {
  const way = [...session.trail.value, session.selection.value];
  selectPixel(node, channel, y, x);
  session.trail.value = way;
}

/**
 * Back up to where one came from.
 *
 * @param {number} [step] Number in the trail; without it the last.
 * @returns {boolean} False where there is nothing to go back to.
 */
export function climb(step = session.trail.value.length - 1) {
  const goal = session.trail.value[step];
  if (!goal) return false;
  const way = session.trail.value.slice(0, step);
  selectPixel(goal.node, goal.channel, goal.y, goal.x);
  session.trail.value = way;
  return true;
}

function announceSelection() {
  const { node, channel } = session.selection.value;
  session.announcement.value = `${node}, channel ${channel}`;
}

/** @param {Theme} theme */
export function setTheme(theme) {
  session.theme.value = theme;
}
