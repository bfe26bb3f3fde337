/** What a layer reads of its inputs, as the server tells it of every one: nothing here knows a kind of layer. */

/** @typedef {import("../api/types.js").ReadsSchema} Reads */
/** @typedef {{from: number, to: number}} ChannelRange Half-open. */

/** Every place along an axis. @param {number} length */
const every = (length) => Array.from({ length }, (_, at) => at);

/**
 * The channels of an input that a range of a layer's channels reads; null: none of them.
 *
 * @param {Reads} reads
 * @param {ChannelRange} range
 * @param {number} channels  Of the input.
 * @returns {ChannelRange | null}
 */
export function channelsAcross({ channels: way, group, offset }, { from, to }, channels) {
  if (way === "all") return { from: 0, to: channels };
  const [outputs, inputs] = group ?? [1, 1];
  const first = Math.max(Math.floor((from - offset) / outputs) * inputs, 0);
  const last = Math.min(Math.ceil((to - offset) / outputs) * inputs, channels);
  return first < last ? { from: first, to: last } : null;
}

/**
 * The places of an input that place `at` of a layer reads along an axis.
 *
 * @param {Reads} reads
 * @param {number} at
 * @param {0 | 1} axis  Vertical, horizontal.
 * @param {number} length  Of the input along it.
 * @returns {number[]}
 */
export function readsAlong({ places, window, rows, columns }, at, axis, length) {
  if (places === "own") return [at];
  if (places === "listed") return (axis ? columns : rows)?.[at] ?? [];
  if (!window) return every(length);
  const start = at * window.stride[axis] - window.padding[axis];
  const read = every(window.size[axis]).map((tap) => start + tap * window.dilation[axis]);
  return read.filter((place) => place >= 0 && place < length);
}

/**
 * The other way: the places of a layer that read any of these places of an input, along an axis.
 *
 * @param {Reads} reads
 * @param {readonly number[]} places
 * @param {0 | 1} axis
 * @param {number} length  Of the layer along it.
 * @returns {number[]}
 */
export function readersAlong({ places: way, window, rows, columns }, places, axis, length) {
  // each channel of a flattened layer is reached at the places of the map it was
  if (way === "own" || way === "flat") return [...places];
  if (way === "all") return every(length);
  if (!window) {
    const wanted = new Set(places);
    return every(length).filter((at) => (axis ? columns : rows)?.[at]?.some((place) => wanted.has(place)));
  }
  const [size, step, before, spread] = [window.size[axis], window.stride[axis], window.padding[axis], window.dilation[axis]];
  const offsets = places.flatMap((place) => every(size).map((tap) => place + before - tap * spread));
  // without a step every place reads the same
  if (!step) return offsets.includes(0) ? every(length) : [];
  const found = offsets.map((offset) => offset / step).filter((at) => Number.isInteger(at) && at >= 0 && at < length);
  return [...new Set(found)].sort((a, b) => a - b);
}
