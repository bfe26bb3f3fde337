/** Which columns of the strip are in view, and what of a large result is fetched for them. */

import { want } from "../state/wishes.js";
import { session } from "../state/session.js";

/** @import { StripColumn } from "./strip-column.js" */

/** @typedef {{left: number, width: number}} View How far the stage is scrolled, and its width. */

/**
 * Columns scrolled out of sight need no marks, and their canvases no compositing: scrolling paints again.
 *
 * @param {StripColumn} column
 * @param {View} view
 * @param {number} [margin]
 */
export function isInView({ layout }, { left, width }, margin = 60) {
  return layout !== null && layout.x + layout.width > left - margin && layout.x < left + width + margin;
}

/**
 * Of a large result the maps in view are fetched, and those that scrolling by half the stage brings.
 *
 * @param {readonly StripColumn[]} columns
 * @param {View} view
 */
export function wantInView(columns, view) {
  if (session.shown.value?.whole !== false) return;
  const near = columns.filter((column) => isInView(column, view, view.width / 2));
  want("strip", new Map(near.map((column) => [column.node.name, column.wantedChannels()])));
}

/**
 * Whether something in view still has to come.
 *
 * @param {readonly StripColumn[]} columns
 * @param {View} view
 */
export const lacksSomething = (columns, view) => columns.some((column) => column.lacking && isInView(column, view));
