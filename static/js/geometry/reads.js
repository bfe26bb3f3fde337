/** What layers read that neither slide a window over their input nor stay in place: they cut, pad, stretch, gather. */

/** @import { GraphNode } from "./graph.js" */

/** @typedef {Pick<GraphNode, "kind" | "config">} Layer */
/** @typedef {(layer: Layer, at: number, axis: 0 | 1, length: number) => number[]} Reads Places of the source, in order. */

/** Every place along an axis. @param {number} length */
const every = (length) => Array.from({ length }, (_, at) => at);

/** Along the spatial axes a sample is seen as it is: channels, rows, columns. @param {Layer} layer */
const isMap = ({ config: { split } }) => split?.length === 3;

/** An output place reads the places whose kernels reach it. @type {Reads} */
function transposed({ config }, at, axis, length) {
  const [size = 1, stride = 1, spread = 1, before = 0] = [config.kernel_size, config.stride, config.dilation, config.padding].map((each) => each?.[axis]);
  const read = Array.from({ length: size }, (_, tap) => (at + before - tap * spread) / stride);
  return read.filter((place) => Number.isInteger(place) && place >= 0 && place < length).sort((a, b) => a - b);
}

/** @type {Record<string, (place: number, length: number) => number>} */
const PADS = {
  constant: (place) => place,
  edge: (place, length) => Math.min(Math.max(place, 0), length - 1),
  wrap: (place, length) => ((place % length) + length) % length,
  reflect: (place, length) => {
    const period = Math.max(2 * (length - 1), 1);
    const there = ((place % period) + period) % period;
    return Math.min(there, period - there);
  },
};

/** Where an output place lies on the input, as ONNX has it. @type {(layer: Layer, at: number, axis: 0 | 1, length: number) => number} */
function onInput({ config }, at, axis, length) {
  const size = config.size[axis];
  const scale = config.scale?.[axis] || size / length;
  const { coordinates = "half_pixel" } = config;
  if (coordinates === "asymmetric") return at / scale;
  if (coordinates === "align_corners") return (at * (length - 1)) / Math.max(size - 1, 1);
  if (coordinates === "pytorch_half_pixel" && size === 1) return 0;
  const shift = coordinates === "half_pixel_symmetric" ? (length / 2) * (1 - size / (scale * length)) : 0;
  return (at + 0.5) / scale - 0.5 + shift;
}

/** @type {Record<string, (place: number) => number>} */
const ROUNDINGS = {
  round_prefer_floor: (place) => Math.ceil(place - 0.5),
  round_prefer_ceil: (place) => Math.floor(place + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** @type {Reads} */
function resized(layer, at, axis, length) {
  const there = onInput(layer, at, axis, length);
  const { mode = "nearest", rounding = "round_prefer_floor" } = layer.config;
  const read = mode === "nearest" ? [ROUNDINGS[rounding]?.(there) ?? there] : [Math.floor(there), Math.ceil(there)];
  return [...new Set(read.map((place) => Math.min(Math.max(place, 0), length - 1)))];
}

/** All along an axis that is reduced, or normalised over. @param {Layer} layer @param {0 | 1} axis */
const isTaken = ({ kind, config }, axis) => kind === "instance_norm2d" || [...(config.axes ?? []), config.axis].some((each) => each === axis + 2 || each === axis - 2);

/** @type {Reads} */
const taken = (layer, at, axis, length) => (isTaken(layer, axis) ? every(length) : [at]);

/** @type {Record<string, Reads>} */
const READS = {
  conv_transpose2d: transposed,
  resize2d: resized,
  slice: ({ config }, at, axis) => [config.start[axis + 1] + at * config.step[axis + 1]],
  pad: ({ config }, at, axis, length) =>
    [PADS[config.mode ?? "constant"]?.(at - config.before[axis + 1], length) ?? at].filter((place) => place >= 0 && place < length),
  repeat: (_, at, __, length) => [at % length],
  gather: ({ config }, at, axis) => [config.axis === axis + 1 ? config.indices[at] : at],
  rearrange: ({ config: { split, order, shape } }, at, axis, length) => {
    const [last, side] = [order.length - 1, axis - 2];
    const stays = order[last] === last && order[last - 1] === last - 1 && split.at(side) === length && shape.at(side) === length;
    return stays ? [at] : every(length);
  },
  ...Object.fromEntries(["instance_norm2d", "reduce_mean", "reduce_sum", "reduce_max", "softmax", "log_softmax"].map((kind) => [kind, taken])),
};

/**
 * The places of its source that place `at` of a layer reads along an axis; null for kinds that slide a window or stay in
 * place. What is seen in another form than channels, rows and columns may come from everywhere.
 *
 * @param {Layer} layer
 * @param {number} at
 * @param {0 | 1} axis  Vertical, horizontal.
 * @param {number} length  Of the source along it.
 * @returns {number[] | null}
 */
export function readsAlong(layer, at, axis, length) {
  const reads = READS[layer.kind];
  if (!reads) return null;
  if ("split" in layer.config && layer.kind !== "rearrange" && !isMap(layer)) return every(length);
  return reads(layer, at, axis, length);
}
