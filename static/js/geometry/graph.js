/** Questions about a network's nodes that need no numbers from a picture. */

import { channelsAcross } from "./reads.js";

/** @import { ChannelRange, Reads } from "./reads.js" */

/**
 * @typedef {object} GraphNode What the server says of a node, as far as geometry needs it.
 * @property {string} name
 * @property {string} kind
 * @property {Record<string, any>} config
 * @property {string[]} inputs
 * @property {Reads[]} reads What it reads of each of them.
 * @property {number[]} output_shape `[C, H, W]` or `[F]`, without the batch axis.
 * @property {{size: number[], stride: number[], offset: number[]}} receptive_field
 */

/** @typedef {{channels: number, height: number, width: number}} Extent */
/** @typedef {"maps" | "units" | "barcode"} Form How a layer's output is drawn. */

/** A longer vector is drawn as a barcode, unless each of its values has a name. */
export const MOST_UNITS = 32;

/**
 * Any output as channels of maps; a vector has one value a channel.
 *
 * @param {{output_shape: readonly number[]}} node
 * @returns {Extent}
 */
export function extent(node) {
  const [channels = 1, height = 1, width = 1] = node.output_shape;
  return { channels, height, width };
}

/**
 * @param {GraphNode} node
 * @param {number} classes How many classes the model tells apart: their scores keep their names.
 * @returns {Form}
 */
export function formOf(node, classes) {
  const { channels, height, width } = extent(node);
  if (height * width > 1) return "maps";
  if (channels <= MOST_UNITS) return "units";
  return channels === classes && mixesChannels(node) ? "units" : "barcode";
}

/**
 * The part of a barcode that came from one map: a flattened layer keeps its maps one after the other.
 *
 * @param {GraphNode} node
 * @param {GraphNode | undefined} source
 * @param {number} most
 * @returns {{from: number, to: number}[]} Half-open ranges of values.
 */
export function segments(node, source, most) {
  const { channels: length } = extent(node);
  const maps = source && node.reads[0]?.places === "flat" ? extent(source).channels : 1;
  const count = maps <= most && length % maps === 0 ? maps : 1;
  const size = length / count;
  return Array.from({ length: count }, (_, index) => ({ from: index * size, to: (index + 1) * size }));
}

/**
 * Does every output channel read more than its own input channel?
 *
 * @param {Pick<GraphNode, "reads">} node
 */
export const mixesChannels = ({ reads }) => reads.some(({ channels }) => channels === "all");

/**
 * Does every channel go on as one channel?
 *
 * @param {Pick<GraphNode, "reads">} node
 */
export const keepsChannels = ({ reads }) => reads.every(({ channels }) => channels === "own" || channels === "offset");

/**
 * The channels of each input that one range of channels reads.
 *
 * @param {GraphNode} node
 * @param {ChannelRange} range
 * @param {Map<string, GraphNode>} nodes
 * @returns {(ChannelRange | null)[]} One entry an input; null where nothing of it is read.
 */
export function channelsRead(node, range, nodes) {
  return node.reads.map((reads, index) => {
    const source = nodes.get(node.inputs[index] ?? "");
    return source ? channelsAcross(reads, range, extent(source).channels) : null;
  });
}

/** The last answer for each network: everything that is drawn at one moment asks for the same. */
const lastAncestry = /** @type {WeakMap<readonly GraphNode[], {key: string, reach: Map<string, ChannelRange>}>} */ (
  new WeakMap()
);

/**
 * The channels of every earlier node that one channel of `name` depends on, `name` itself included.
 *
 * @param {readonly GraphNode[]} nodes In topological order.
 * @param {string} name
 * @param {number} channel
 * @returns {ReadonlyMap<string, ChannelRange>}
 */
export function channelAncestry(nodes, name, channel) {
  const key = `${name}/${channel}`;
  const last = lastAncestry.get(nodes);
  if (last?.key === key) return last.reach;
  const byName = new Map(nodes.map((node) => [node.name, node]));
  /** @type {Map<string, ChannelRange>} */
  const reach = new Map([[name, { from: channel, to: channel + 1 }]]);
  for (const node of [...nodes].reverse()) {
    const range = reach.get(node.name);
    if (!range) continue;
    channelsRead(node, range, byName).forEach((read, index) => {
      const source = node.inputs[index];
      if (!read || source === undefined) return;
      const old = reach.get(source);
      reach.set(source, old ? { from: Math.min(old.from, read.from), to: Math.max(old.to, read.to) } : read);
    });
  }
  lastAncestry.set(nodes, { key, reach });
  return reach;
}

/**
 * Later nodes through which a channel passes alone, with its number there.
 *
 * @param {readonly GraphNode[]} nodes In topological order.
 * @param {string} name
 * @param {number} channel
 * @returns {Map<string, number>}
 */
export function channelDescent(nodes, name, channel) {
  /** @type {Map<string, number>} */
  const numbers = new Map([[name, channel]]);
  for (const node of nodes) {
    if (node.name === name || !keepsChannels(node)) continue;
    node.inputs.forEach((source, index) => {
      const number = numbers.get(source);
      if (number !== undefined) numbers.set(node.name, number + (node.reads[index]?.offset ?? 0));
    });
  }
  numbers.delete(name);
  return numbers;
}

/** The last answer for each network: every column asks for the same one. @type {WeakMap<readonly GraphNode[], {key: string, numbers: Map<string, number>}>} */
const lastFollowed = new WeakMap();

/**
 * Where a channel can be followed on its own, before and after its layer: node and channel number there.
 *
 * @param {readonly GraphNode[]} nodes In topological order.
 * @param {{node: string, channel: number}} selection
 * @returns {Map<string, number>}
 */
export function followedChannels(nodes, { node, channel }) {
  const key = `${node}/${channel}`;
  const last = lastFollowed.get(nodes);
  if (last?.key === key) return last.numbers;
  const numbers = channelDescent(nodes, node, channel);
  const before = [...channelAncestry(nodes, node, channel), ...directReads(nodes, node, channel)];
  for (const [name, { from, to }] of before) if (to - from === 1) numbers.set(name, from);
  lastFollowed.set(nodes, { key, numbers });
  return numbers;
}

/**
 * What a channel reads in each input of its own layer: less than its whole ancestry where branches meet again.
 *
 * @param {readonly GraphNode[]} all
 * @param {string} name
 * @param {number} channel
 * @returns {[string, ChannelRange][]}
 */
function directReads(all, name, channel) {
  const nodes = new Map(all.map((node) => [node.name, node]));
  const node = nodes.get(name);
  if (!node) return [];
  const ranges = channelsRead(node, { from: channel, to: channel + 1 }, nodes);
  return node.inputs.flatMap((source, index) => (ranges[index] ? [[source, ranges[index]]] : []));
}
