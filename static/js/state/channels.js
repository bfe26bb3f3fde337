/**
 * What a channel detects: what is looked at, and what has come of it.
 *
 * @import { AtlasLayer, AtlasState, ChannelCard, ChannelRow, LayerWall } from "../api/types.js"
 * @import { Here, Made, Quiz } from "./channels-types.js"
 */

import { className } from "./scene.js";
import { signal } from "./store.js";

/** @typedef {"class" | "number" | "max" | "active" | "zero"} Sort */
/** @typedef {"" | "twin" | "rare" | "dead"} Only */

export const channels = {
  /** Whether this half of the page is on screen: nothing is fetched before. */
  active: signal(false),
  atlas: signal(/** @type {AtlasState | null} */ (null)),
  chosen: signal({ node: "", channel: 0 }),
  wall: signal(/** @type {LayerWall | null} */ (null)),
  card: signal(/** @type {ChannelCard | null} */ (null)),
  sort: signal(/** @type {Sort} */ ("class")),
  only: signal(/** @type {Only} */ ("")),
  find: signal(""),
  made: signal(/** @type {Made | null} */ (null)),
  quiz: signal(/** @type {Quiz | null} */ (null)),
  /** Answers on each layer. */
  score: signal(/** @type {Record<string, { right: number, asked: number }>} */ ({})),
  here: signal(/** @type {Here | null} */ (null)),
  trouble: signal(""),
  /** Photos on their way to the server; null where none are. */
  sending: signal(/** @type {{ sent: number, total: number, left: string[] } | null} */ (null)),
  /** Files of the atlas that were too large to be sent. */
  leftOut: signal(/** @type {string[]} */ ([])),
  /** Whether another atlas is offered although there is one. */
  offering: signal(false),
};

export const layersOfAtlas = () => channels.atlas.value?.layers ?? [];

/** @returns {AtlasLayer | undefined} The layer that is looked at. */
export const chosenLayer = () => layersOfAtlas().find(({ node }) => node === channels.chosen.value.node);

/** @param {number | null | undefined} label */
export const photoClass = (label) => className(channels.atlas.value?.atlas?.classes[label ?? -1] ?? "");

/**
 * @param {string} node
 * @param {number} channel
 */
export function pick(node, channel) {
  const { chosen } = channels;
  if (chosen.value.node === node && chosen.value.channel === channel) return;
  chosen.value = { node, channel };
}

/** @type {Record<Sort, (a: ChannelRow, b: ChannelRow) => number>} */
const ORDERS = {
  class: (a, b) => (b.separation ?? 0) - (a.separation ?? 0),
  number: (a, b) => a.channel - b.channel,
  max: (a, b) => b.max - a.max,
  active: (a, b) => b.on - a.on,
  zero: (a, b) => b.zeros - a.zeros,
};

/** @type {Record<Only, (row: ChannelRow) => boolean>} */
export const KINDS = {
  "": () => true,
  twin: ({ twin }) => twin !== null,
  rare: ({ rare }) => rare,
  dead: ({ dead }) => dead,
};

/** @returns {ChannelRow[]} The channels of the wall that are wanted, in their order. */
export function rowsShown() {
  const wanted = channels.find.value.trim().toLowerCase();
  const fits = (/** @type {ChannelRow} */ row) =>
    !wanted || String(row.channel) === wanted || row.classes.some((label) => photoClass(label).toLowerCase().includes(wanted));
  const rows = (channels.wall.value?.channels ?? []).filter((row) => fits(row) && KINDS[channels.only.value](row));
  return rows.sort(ORDERS[channels.sort.value]);
}

/**
 * The next or previous channel on the wall, around its ends.
 *
 * @param {number} by
 */
export function stepOnWall(by) {
  const rows = rowsShown();
  const { node, channel } = channels.chosen.value;
  const at = rows.findIndex((row) => row.channel === channel);
  const next = rows[(at + by + rows.length) % rows.length];
  if (next) pick(node, next.channel);
}
