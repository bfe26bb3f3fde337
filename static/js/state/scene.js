/** What the strip, the inspector and the film draw: which numbers of a layer, in which colours. */

import { colour, colormap, cssColour, inkOn } from "../draw/colormap.js";
import { isHere, mapKindOf, meanSquare, plane, planeSize, scaleFor, strongest, summary } from "../draw/tensor.js";
import { ROWS } from "../geometry/layout.js";
import { selectChannel, stepChannel, view } from "./view.js";

/** @import { ChannelStatistics, ModelDetail, NodeDetail } from "../api/client.js" */
/** @import { Colormap, Scale } from "../draw/colormap.js" */
/** @import { Summary } from "../draw/tensor.js" */
/** @import { LayerSource } from "./sources.js" */
/** @import { Activation } from "./types.js" */

/** @typedef {{scale: Scale, map: Colormap}} Palette */

const COLOURS = ["red", "green", "blue"];

const dark = matchMedia("(prefers-color-scheme: dark)");

/** @returns {"light" | "dark"} */
export function currentTheme() {
  const chosen = view.theme.value;
  if (chosen !== "auto") return chosen;
  return dark.matches ? "dark" : "light";
}

/**
 * Call `listener` when the system's theme changes.
 *
 * @param {() => void} listener
 * @param {AbortSignal} signal
 */
export function onSystemTheme(listener, signal) {
  dark.addEventListener("change", listener, { signal });
}

/**
 * Signals that everything painted from layers depends on.
 *
 * @param {LayerSource} source
 */
export const paintSignals = (source) => [...source.signals, view.scaling, view.theme];

/**
 * @param {ModelDetail | null} model
 * @param {string} name
 * @returns {NodeDetail | undefined}
 */
export function nodeNamed(model, name) {
  return model?.nodes.find((node) => node.name === name);
}

/**
 * @param {{model: {value: ModelDetail | null}}} source
 * @returns {NodeDetail | undefined}
 */
export const selectedNode = ({ model }) => nodeNamed(model.value, view.selection.value.node);

/**
 * What a channel is called: a colour plane, a class, or its number.
 *
 * @param {ModelDetail} model
 * @param {NodeDetail} node
 * @param {number} channel
 */
export function channelName(model, node, channel) {
  const [channels] = node.output_shape;
  if (node.kind === "input" && channels === 3) return COLOURS[model.input.order === "BGR" ? 2 - channel : channel] ?? "";
  return isNamed(model, node) ? className(model.classes[channel] ?? "") : String(channel);
}

/**
 * Whether the values of a layer are those of the classes.
 *
 * @param {ModelDetail} model
 * @param {NodeDetail} node
 */
export const isNamed = ({ classes }, { kind, output_shape: [channels = 0, ...plane] }) => plane.length === 0 && channels === classes.length && kind !== "flatten";

/** @param {string} label As the data set writes it. */
export const className = (label) => label.replaceAll("_", " ");

/** @type {WeakMap<Activation, Map<number, Summary>>} */
const summaries = new WeakMap();

const UNKNOWN = { min: NaN, max: NaN, mean: NaN, std: NaN, zeros: NaN, count: 0 };

/**
 * Range, mean and zeros of one channel: as the server told them, or worked out once; NaN while nothing is known.
 *
 * @param {Activation} activation
 * @param {number} channel
 * @returns {Summary}
 */
export function channelSummary(activation, channel) {
  const known = summaries.get(activation) ?? new Map();
  summaries.set(activation, known);
  const cached = known.get(channel);
  if (cached) return cached;
  const told = activation.channels;
  if (!told && !isHere(activation, channel)) return UNKNOWN;
  const made = told ? toldSummary(told, channel, planeSize(activation)) : summary(plane(activation, channel));
  known.set(channel, made);
  return made;
}

/**
 * @param {ChannelStatistics} told
 * @param {number} channel
 * @param {number} count Values of a channel.
 * @returns {Summary}
 */
function toldSummary({ min, max, mean, variance, zero_fraction: zeros }, channel, count) {
  const of = (/** @type {readonly number[]} */ all) => all[channel] ?? NaN;
  return {
    ...{ min: of(min), max: of(max), mean: of(mean), std: Math.sqrt(of(variance)) },
    ...{ zeros: Math.round(of(zeros) * count), count },
  };
}

/**
 * All channels in numbers; null while those of some are not known.
 *
 * @param {Activation} activation
 */
function allSummaries(activation) {
  if (activation.planes ? !activation.channels : !activation.data.length) return null;
  return Array.from({ length: activation.shape[0] ?? 0 }, (_, channel) => channelSummary(activation, channel));
}

/**
 * Mean squares of all channels; null while those of some are not known. Every layer's are asked for whenever something has
 * changed, so they are not had from all that `channelSummary` works out.
 *
 * @param {Activation} activation
 * @returns {number[] | null}
 */
function energiesOf({ shape, data, planes, channels: told, change }) {
  if (told) return told.mean.map((mean, channel) => mean * mean + (told.variance[channel] ?? 0));
  if (planes || !data.length) return null;
  return Array.from({ length: shape[0] ?? 0 }, (_, channel) => {
    const differs = change?.channels.get(channel);
    return differs ? differs.distance / differs.compared || 0 : meanSquare(plane({ shape, data }, channel));
  });
}

/** @type {WeakMap<Activation, Map<string, number[]>>} */
const leaders = new WeakMap();

/**
 * The strongest channels of a layer, those in `always` among them; the first ones while that is not known.
 *
 * @param {Activation} activation
 * @param {number} count
 * @param {readonly number[]} always
 * @returns {number[]}
 */
export function strongestChannels(activation, count, always = []) {
  if (activation.alike) return strongestChannels(activation.alike, count, always);
  const key = [count, ...always].join();
  const known = leaders.get(activation) ?? new Map();
  leaders.set(activation, known);
  const cached = known.get(key);
  if (cached) return cached;
  const [channels = 0] = activation.shape;
  const energies = channels > count ? energiesOf(activation) : null;
  if (!energies) return Array.from({ length: Math.min(count, channels) }, (_, channel) => channel);
  const made = strongest(energies, count, always);
  known.set(key, made);
  return made;
}

/** @type {Record<string, (channel: Summary) => number>} */
const RANKS = {
  mean: ({ mean }) => mean,
  max: ({ max }) => max,
  variance: ({ std }) => std,
  zeros: ({ zeros }) => zeros,
};

/** @type {WeakMap<Activation, Map<string, number[]>>} */
const orders = new WeakMap();

/**
 * The channels of a layer, largest first, as the page is asked to sort them; null for their own order.
 *
 * @param {Activation} activation
 * @returns {number[] | null}
 */
export function channelOrder(activation) {
  if (activation.alike) return channelOrder(activation.alike);
  const rank = RANKS[view.order.value];
  if (!rank) return null;
  const known = orders.get(activation) ?? new Map();
  orders.set(activation, known);
  const cached = known.get(view.order.value);
  if (cached) return cached;
  const channels = allSummaries(activation);
  if (!channels) return null;
  const keys = channels.map(rank);
  const made = keys.map((_, channel) => channel).sort((a, b) => (keys[b] ?? 0) - (keys[a] ?? 0) || a - b);
  known.set(view.order.value, made);
  return made;
}

/** @type {WeakMap<Activation, number[]>} */
const likeliest = new WeakMap();

/**
 * The classes, the likeliest first, as every list of them has them; of two that are compared by those of B.
 *
 * @param {Activation} activation
 */
export function classOrder(activation) {
  if (activation.alike) return classOrder(activation.alike);
  const { data } = activation.lanes?.b ?? activation;
  if (!data.length) return null;
  const known = likeliest.get(activation);
  if (known) return known;
  const made = Array.from(data, (_, channel) => channel).sort((a, b) => (data[b] ?? 0) - (data[a] ?? 0) || a - b);
  likeliest.set(activation, made);
  return made;
}

/**
 * The next or previous map or class, in the order in which the sheet shows them.
 *
 * @param {LayerSource} source
 * @param {1 | -1} by
 */
export function stepShown(source, by) {
  const { node: name, channel } = view.selection.value;
  const [model, node, layer] = [source.model.value, selectedNode(source), source.layer(name)];
  const named = model && node && layer && isNamed(model, node);
  const order = named ? classOrder(layer.activation) : layer && layer.activation.shape.length > 1 ? channelOrder(layer.activation) : null;
  if (!order || (!named && order.length <= ROWS)) return stepChannel(model, by);
  selectChannel(model, order[(order.indexOf(channel) + by + order.length) % order.length] ?? channel);
}

/**
 * Colours of one channel: on the scale of its layer, or on its own. Where two are compared both share one scale, and so
 * does what differs, which may be strengthened.
 *
 * @param {Activation} activation
 * @param {number} channel
 * @returns {Palette}
 */
export function paletteOf(activation, channel) {
  const { a, b, gain } = activation.lanes ?? { a: activation, b: activation, gain: 1 };
  const least = Math.min(a.min, b.min);
  const kind = mapKindOf({ kind: activation.kind, min: least });
  const own = view.scaling.value === "map" && kind !== "grey" && activation.shape.length > 1;
  const [first, second] = own ? [channelSummary(a, channel), channelSummary(b, channel)] : [a, b];
  const scale = scaleFor(Math.min(first.min, second.min), Math.max(first.max, second.max), kind);
  const strength = activation.change ? gain : 1;
  return { scale: { low: scale.low / strength, high: scale.high / strength }, map: colormap(kind, currentTheme()) };
}

/**
 * The colour of one value, for CSS.
 *
 * @param {Activation} activation
 * @param {number} channel
 * @param {number} value
 */
export function valueColours(activation, channel, value) {
  const { scale, map } = paletteOf(activation, channel);
  const rgb = colour(value, scale, map);
  return { background: cssColour(rgb), ink: inkOn(rgb) };
}
