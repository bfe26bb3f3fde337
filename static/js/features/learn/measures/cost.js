/**
 * Sizes and costs, as the description of the model on the page tells them.
 *
 * @import { NodeDetail } from "../../../api/client.js"
 * @import { Measure, Subject } from "./subject.js"
 */

import { extent } from "../../../geometry/graph.js";
import { nodeOf, placesOf } from "./subject.js";

/** @param {readonly number[]} numbers */
const product = (numbers) => numbers.reduce((all, each) => all * each, 1);

/** @param {NodeDetail} node  Shape of its kernels, (O, I, kH, kW). */
function kernelsOf(node) {
  const shape = node.parameters[`${node.name}.weight`];
  if (!shape || shape.length !== 4) throw new Error(`${node.name} has no filters`);
  return /** @type {[number, number, number, number]} */ (shape);
}

/** @param {NodeDetail} node */
const biasesOf = (node) => product(node.parameters[`${node.name}.bias`] ?? [0]);

/** @param {(node: NodeDetail, told: readonly string[], subject: Subject) => number} count @returns {Measure} */
const ofNode = (count) => (subject, told) => ({ number: count(nodeOf(subject, told[0]), told.slice(1), subject) });

/** @param {NodeDetail} node */
function alternatives(node) {
  if (!node.alternatives) throw new Error(`${node.name} shares no weights`);
  return node.alternatives;
}

/**
 * The layer that feeds a pool, as large as its map would stay without the pool.
 *
 * @param {Subject} subject
 * @param {NodeDetail} node
 * @param {string | undefined} pool
 */
function unpooledMacs(subject, node, pool) {
  const before = extent(nodeOf(subject, nodeOf(subject, pool).inputs[0]));
  const [, , high, wide] = kernelsOf(node);
  return (node.macs / placesOf(node)) * (before.height - high + 1) * (before.width - wide + 1);
}

/** @param {Subject} subject @param {string | undefined} id */
function summary({ models }, id) {
  const found = models.find((each) => each.id === id);
  if (!found) throw new Error(`there is no network ${id} here`);
  return found;
}

/** @type {Readonly<Record<string, Measure>>} */
export const MEASURES = {
  values: ofNode((node) => product(node.output_shape)),
  channels: ofNode((node) => extent(node).channels),
  height: ofNode((node) => extent(node).height),
  width: ofNode((node) => extent(node).width),
  places: ofNode(placesOf),
  kernel: ofNode((node) => kernelsOf(node)[3]),
  filters: ofNode((node) => kernelsOf(node)[0]),
  read_channels: ofNode((node) => kernelsOf(node)[1]),
  parameters: ofNode((node) => node.parameter_count),
  weights: ofNode((node) => product(kernelsOf(node))),
  weights_of_one: ofNode((node) => product(kernelsOf(node).slice(1)) + (biasesOf(node) ? 1 : 0)),
  weights_as: ofNode((node, [side]) => product([...kernelsOf(node).slice(0, 2), Number(side), Number(side)])),
  weights_grouped: ofNode((node, [groups], subject) => {
    const [out, , high, wide] = kernelsOf(node);
    return (out * extent(nodeOf(subject, node.inputs[0])).channels * high * wide) / Number(groups);
  }),
  // The size of the photo is an argument that nothing in the sum asks for.
  parameters_at: ofNode((node) => product(kernelsOf(node)) + biasesOf(node)),
  unshared: ofNode((node) => alternatives(node).locally_connected),
  unshared_ratio: ofNode((node) => alternatives(node).locally_connected / node.parameter_count),
  dense: ofNode((node) => alternatives(node).dense),
  macs: ofNode((node) => node.macs),
  unpooled_macs: ofNode((node, [pool], subject) => unpooledMacs(subject, node, pool)),
  unpooled_ratio: ofNode((node, [pool], subject) => unpooledMacs(subject, node, pool) / node.macs),
  field: ofNode((node) => node.receptive_field.size[1]),
  step: ofNode((node) => node.receptive_field.stride[1]),
  gradient_terms: ofNode((node, [photos]) => placesOf(node) * Number(photos)),
  model_macs: (subject, [id]) => ({ number: summary(subject, id).macs }),
  model_accuracy: (subject, [id]) => {
    const { accuracy } = summary(subject, id);
    if (!accuracy) throw new Error(`nobody has measured how often ${id} is right`);
    return { number: 100 * accuracy.top1, percent: true };
  },
};
