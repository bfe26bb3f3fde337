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
  hover: signal(/** @type {Pixel | null} */ (null)),
  layout: signal(/** @type {"lens" | "even"} */ ("lens")),
  scaling: signal(/** @type {"layer" | "map"} */ ("layer")),
  theme: signal(/** @type {Theme} */ ("auto")),
  /** `position`: index into the model's nodes plus the painted share of that layer; nodes.length is all. */
  playback: signal(/** @type {Playback} */ ({ playing: false, position: 0, speed: 1 })),

  /** A sentence for people who listen to the page instead of looking at it. */
  announcement: signal(""),
};

/* Selection */

/** @param {string} name */
export function selectNode(name) {
  const { model, selection, hover } = session;
  if (!model.value || name === selection.value.node) return;
  hover.value = null;
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
  selection.value = next;
  announceSelection();
}

function announceSelection() {
  const { node, channel } = session.selection.value;
  session.announcement.value = `${node}, channel ${channel}`;
}

/** @param {Theme} theme */
export function setTheme(theme) {
  session.theme.value = theme;
}
