/**
 * What is measured, and the shape of a measure.
 *
 * @import { CropBox, ModelDetail, ModelSummary, NodeDetail } from "../../../api/client.js"
 */

import { extent } from "../../../geometry/graph.js";

/**
 * @typedef {object} Subject  What the page shows.
 * @property {ModelDetail} model
 * @property {readonly ModelSummary[]} models
 * @property {string} image
 * @property {CropBox} crop
 * @property {{node: string, channel: number, y: number, x: number}} pixel  The selected value.
 */

/** @typedef {{number: number, text?: string, percent?: boolean, decimals?: number}} Measured */

/** @typedef {(subject: Subject, told: readonly string[], signal: AbortSignal) => Measured | Promise<Measured>} Measure */

/**
 * @param {Subject} subject
 * @param {string | undefined} name
 * @returns {NodeDetail}
 */
export function nodeOf({ model }, name) {
  const node = model.nodes.find((each) => each.name === name);
  if (!node) throw new Error(`${model.title} has no layer ${name}`);
  return node;
}

/** @param {NodeDetail} node  Places of one of its maps. */
export const placesOf = (node) => extent(node).height * extent(node).width;
