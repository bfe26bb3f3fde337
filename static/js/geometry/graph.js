/** Questions about a network's nodes that need no numbers from a picture. */

/**
 * @typedef {object} GraphNode What the server says of a node, as far as geometry needs it.
 * @property {string} name
 * @property {string} kind
 * @property {Record<string, any>} config
 * @property {string[]} inputs
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
  return channels === classes && ["dense", "softmax"].includes(node.kind) ? "units" : "barcode";
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
  const maps = source && node.kind === "flatten" ? extent(source).channels : 1;
  const count = maps <= most && length % maps === 0 ? maps : 1;
  const size = length / count;
  return Array.from({ length: count }, (_, index) => ({ from: index * size, to: (index + 1) * size }));
}

/** Kinds whose channels are made of several, or of others than those of the same number. */
const MIXING = new Set(
  "dense softmax log_softmax conv_transpose2d rearrange gather slice pad repeat local_response_norm reduce_max reduce_mean reduce_sum".split(" "),
);

/**
 * Does every output channel read more than its own input channel?
 *
 * @param {GraphNode} node
 */
export function mixesChannels(node) {
  if (node.kind === "conv2d") return (node.config.groups ?? 1) === 1;
  return MIXING.has(node.kind);
}

/** @typedef {{from: number, to: number}} ChannelRange Half-open. */

/**
 * The channels of each input that one range of channels reads.
 *
 * @param {GraphNode} node
 * @param {ChannelRange} range
 * @param {Map<string, GraphNode>} nodes
 * @returns {(ChannelRange | null)[]} One entry an input; null where nothing of it is read.
 */
export function channelsRead(node, range, nodes) {
  const sources = node.inputs.map((name) => nodes.get(name));
  if (node.kind === "concat" && joinedAxis(node) === 0) return concatChannels(sources, range);
  return sources.map((source) => (source ? channelsOfOne(node, source, range) : null));
}

/**
 * Along which axis a concatenation puts its inputs one after the other: 0 channels, 1 rows, 2 columns.
 *
 * @param {GraphNode} node
 */
export function joinedAxis({ config, output_shape: shape }) {
  const rank = shape.length + 1;
  return (((config.axis ?? 1) + rank) % rank) - 1;
}

/**
 * How many rows and columns stand before those of an input in the output: none, but where maps are put side by side.
 *
 * @param {GraphNode} node
 * @param {number} index Of the input.
 * @param {Map<string, GraphNode>} nodes
 * @returns {[rows: number, columns: number]}
 */
export function placesBefore(node, index, nodes) {
  if (node.kind !== "concat") return [0, 0];
  const axis = joinedAxis(node);
  const before = node.inputs.slice(0, index).reduce((sum, name) => sum + (nodes.get(name)?.output_shape[axis] ?? 0), 0);
  return [axis === 1 ? before : 0, axis === 2 ? before : 0];
}

/**
 * @param {(GraphNode | undefined)[]} sources
 * @param {ChannelRange} range
 */
function concatChannels(sources, range) {
  let start = 0;
  return sources.map((source) => {
    const channels = source ? extent(source).channels : 0;
    const from = Math.max(range.from - start, 0);
    const to = Math.min(range.to - start, channels);
    start += channels;
    return from < to ? { from, to } : null;
  });
}

/**
 * @param {GraphNode} node
 * @param {GraphNode} source
 * @param {ChannelRange} range
 * @returns {ChannelRange}
 */
function channelsOfOne(node, source, range) {
  const { channels, height, width } = extent(source);
  if (mixesChannels(node)) return { from: 0, to: channels };
  if (node.kind === "flatten") {
    const size = height * width;
    return { from: Math.floor(range.from / size), to: Math.ceil(range.to / size) };
  }
  if (node.kind === "conv2d") return groupChannels(node, channels, range);
  if (channels === 1) return { from: 0, to: 1 };
  return range;
}

/**
 * @param {GraphNode} node
 * @param {number} channels
 * @param {ChannelRange} range
 */
function groupChannels(node, channels, range) {
  const groups = node.config.groups;
  const outputs = extent(node).channels / groups;
  const inputs = channels / groups;
  return {
    from: Math.floor(range.from / outputs) * inputs,
    to: Math.ceil(range.to / outputs) * inputs,
  };
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
  const byName = new Map(nodes.map((node) => [node.name, node]));
  /** @type {Map<string, number>} */
  const numbers = new Map([[name, channel]]);
  for (const node of nodes) {
    if (node.name === name || node.kind === "flatten" || mixesChannels(node)) continue;
    let start = 0;
    for (const source of node.inputs) {
      const number = numbers.get(source);
      if (number !== undefined) numbers.set(node.name, node.kind === "concat" && !joinedAxis(node) ? start + number : number);
      const origin = byName.get(source);
      start += origin ? extent(origin).channels : 0;
    }
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
