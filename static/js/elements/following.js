import { channelAncestry, channelDescent, channelsRead } from "../geometry/graph.js";

/** @import { ModelDetail } from "../api/client.js" */
/** @import { ChannelRange } from "../geometry/graph.js" */

/** The last answer: every column asks for the same one. */
let last = { key: "", numbers: /** @type {Map<string, number>} */ (new Map()) };

/**
 * Where a channel can be followed on its own, before and after its layer: node and channel number there.
 *
 * @param {ModelDetail} model
 * @param {{node: string, channel: number}} selection
 * @returns {Map<string, number>}
 */
export function followedChannels(model, { node, channel }) {
  const key = `${model.id}/${node}/${channel}`;
  if (last.key === key) return last.numbers;
  const numbers = channelDescent(model.nodes, node, channel);
  const before = [...channelAncestry(model.nodes, node, channel), ...directReads(model, node, channel)];
  for (const [name, { from, to }] of before) if (to - from === 1) numbers.set(name, from);
  last = { key, numbers };
  return numbers;
}

/**
 * What a channel reads in each input of its own layer: less than its whole ancestry where branches meet again.
 *
 * @param {ModelDetail} model
 * @param {string} name
 * @param {number} channel
 * @returns {[string, ChannelRange][]}
 */
function directReads(model, name, channel) {
  const nodes = new Map(model.nodes.map((node) => [node.name, node]));
  const node = nodes.get(name);
  if (!node) return [];
  const ranges = channelsRead(node, { from: channel, to: channel + 1 }, nodes);
  return node.inputs.flatMap((source, index) => (ranges[index] ? [[source, ranges[index]]] : []));
}
