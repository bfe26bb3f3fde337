/** Which maps the arithmetic of one value shows: asked for where they are not here yet. */

import { isHere } from "../../draw/tensor.js";
import { channelsRead, keepsChannels } from "../../geometry/graph.js";
import { view } from "../../state/view.js";

/** @import { ModelDetail, NodeDetail } from "../../api/client.js" */
/** @import { ChannelRange } from "../../geometry/reads.js" */
/** @import { LayerSource } from "../../state/sources.js" */
/** @import { Pixel } from "../../state/types.js" */

/** Kinds whose terms the server tells, so that no map of an input is needed. */
const TOLD = new Set(["conv2d", "dense"]);
/** Kinds that divide by all channels of a place. */
const ALL_CHANNELS = new Set(["softmax"]);

/**
 * The channels of a layer and of its inputs that a table of so many rows shows, around one of them.
 *
 * @param {ModelDetail} model
 * @param {NodeDetail} node
 * @param {number} middle
 * @param {number} rows
 * @returns {Map<string, number[]>}
 */
export function channelsShown(model, node, middle, rows) {
  const [channels = 1] = node.output_shape;
  if (TOLD.has(node.kind)) return new Map([[node.name, [middle]], ...only(readersOf(model, node), middle)]);
  const most = ALL_CHANNELS.has(node.kind) ? channels : Math.min(rows, channels);
  const from = Math.max(0, Math.min(channels - most, middle - (most >> 1)));
  const range = { from, to: from + most };
  const nodes = new Map(model.nodes.map((each) => [each.name, each]));
  const read = channelsRead(node, range, nodes);
  return new Map([[node.name, numbers(range)], ...node.inputs.map((name, index) => both(name, numbers(read[index])))]);
}

/** @param {string} name @param {number[]} channels @returns {[string, number[]]} */
const both = (name, channels) => [name, channels];

/** @param {readonly NodeDetail[]} nodes @param {number} channel */
const only = (nodes, channel) => nodes.map(({ name }) => both(name, [channel]));

/** @param {ChannelRange | null | undefined} range */
const numbers = (range) => Array.from({ length: range ? range.to - range.from : 0 }, (_, at) => (range?.from ?? 0) + at);

/**
 * The activation that alone reads a sum: what becomes of the value is shown beside it.
 *
 * @param {ModelDetail} model
 * @param {NodeDetail} node
 */
function readersOf({ nodes }, { name }) {
  const readers = nodes.filter(({ inputs }) => inputs.includes(name));
  return readers.length === 1 ? readers.filter(keepsChannels) : [];
}

/**
 * Whether all that the table shows is here; of a large result it is asked for. Around the row that is pointed at, or,
 * until that is here, around the selected one.
 *
 * @param {LayerSource} source
 * @param {ModelDetail} model
 * @param {NodeDetail} node
 * @param {Pixel} pixel
 * @param {number} rows
 * @returns {{here: boolean, hover: Pixel | null}}
 */
export function askForShown(source, model, node, pixel, rows) {
  const { hover } = view;
  if (!source.partial) return { here: true, hover: hover.value };
  const around = hover.value && [node.name, ...node.inputs].includes(hover.value.node) ? hover.value.channel : null;
  const base = channelsShown(model, node, pixel.channel, rows);
  const pointed = around === null ? base : channelsShown(model, node, around, rows);
  const all = new Map([...base].map(([name, channels]) => both(name, [...channels, ...(pointed.get(name) ?? [])])));
  source.want("arithmetic", all);
  return { here: allHere(source, base), hover: allHere(source, pointed) ? hover.value : null };
}

/**
 * @param {LayerSource} source
 * @param {ReadonlyMap<string, readonly number[]>} wanted
 */
function allHere(source, wanted) {
  return [...wanted].every(([name, channels]) => {
    const activation = source.layer(name)?.activation;
    return activation && channels.every((channel) => isHere(activation, channel));
  });
}
