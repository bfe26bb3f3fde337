/** Which columns of the strip are in view, and what of a large result is fetched for them. */

import { columnAt } from "../../geometry/layout.js";
import { view } from "../../state/view.js";

/** @import { LayerSource } from "../../state/sources.js" */
/** @import { StripColumn } from "./column.js" */

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
 * @param {LayerSource} source
 * @param {readonly StripColumn[]} columns
 * @param {View} stage
 */
export function wantInView(source, columns, stage) {
  if (!source.partial) return;
  const near = columns.filter((column) => isInView(column, stage, stage.width / 2));
  source.want("strip", new Map(near.map((column) => [column.node.name, column.wantedChannels()])));
}

/**
 * Whether something in view still has to come.
 *
 * @param {readonly StripColumn[]} columns
 * @param {View} view
 */
export const lacksSomething = (columns, view) => columns.some((column) => column.lacking && isInView(column, view));

/**
 * Say what is in view, for whoever draws the whole network small.
 *
 * @param {{starts: readonly number[], width: number}} strip Where each layer begins, and the width of all of them.
 * @param {number} left How far it is scrolled.
 * @param {number} width Of the stage.
 */
export function tellView({ starts, width: all }, left, width) {
  const last = view.inView.value;
  const now = { from: columnAt(starts, left), to: columnAt(starts, left + width) };
  if (all <= width + 1) view.inView.value = null;
  else if (now.from !== last?.from || now.to !== last.to) view.inView.value = now;
}

/**
 * @param {readonly number[]} starts Where each layer begins.
 * @param {Element} stage
 * @param {Event} event Its detail is the layer that comes to the left edge, with the part of it that is passed.
 */
export function showColumn(starts, stage, event) {
  const column = Math.max(0, /** @type {CustomEvent<number>} */ (event).detail);
  const whole = Math.floor(column);
  const x = starts[whole] ?? 0;
  stage.scrollLeft = x + ((starts[whole + 1] ?? x) - x) * (column - whole);
}
