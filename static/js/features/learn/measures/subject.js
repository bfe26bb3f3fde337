/**
 * What is measured, and the shape of a measure.
 *
 * @import { CropBox, ModelDetail, ModelSummary, NodeDetail } from "../../../api/client.js"
 * @import { Race } from "../../../api/training.js"
 */

import { extent } from "../../../geometry/graph.js";

/**
 * @typedef {object} RaceSeen  A race, and where one looks.
 * @property {Race} run
 * @property {{step: number, net: string, layer: string, filter: number, channel: number, row: number, column: number, unit: number, pixel: number}} at
 */

/**
 * @typedef {object} Subject  What the page shows.
 * @property {ModelDetail} model
 * @property {readonly ModelSummary[]} models
 * @property {string} image
 * @property {CropBox} crop
 * @property {{node: string, channel: number, y: number, x: number}} pixel  The selected value.
 * @property {RaceSeen} [race]  In the Training lab, which has no photo.
 */

/** A page without network and photo. @type {Subject} */
export const NOTHING = {
  model: /** @type {any} */ ({ id: "", title: "this page", nodes: [] }),
  models: [],
  image: "",
  crop: { left: 0, top: 0, width: 1, height: 1 },
  pixel: { node: "", channel: 0, y: 0, x: 0 },
};

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
