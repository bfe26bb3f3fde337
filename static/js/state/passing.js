/**
 * What a network makes of a frame that passes, as any result is kept: of every layer the maps that were in view when the
 * frame was sent.
 *
 * @import { FrameMessage, PassingLayer } from "../api/live-messages.js"
 * @import { ModelDetail } from "../api/client.js"
 * @import { Subject } from "./subject.js"
 * @import { Activation, ImageOnScreen, TraceView } from "./types.js"
 */

import { paintPhoto } from "../draw/colormap.js";
import { BANDS, COLUMNS } from "../geometry/sound.js";
import { defaultCrop } from "./crop.js";
import { elements } from "./trace-stream.js";
import { wishesOf } from "./wishes.js";

/**
 * The frame as an image on the page: its size is that of the network's input, or of a second's spectrogram.
 *
 * @param {ModelDetail} model
 * @param {string} title
 * @returns {ImageOnScreen}
 */
export function passingImage({ input: { width, height, takes } }, title) {
  const image = /** @type {const} */ ({ id: "", width, height, title, draft: true, frame: "passing" });
  return takes === "sound" ? { ...image, width: COLUMNS, height: BANDS, kind: "sound" } : image;
}

/** @param {Uint8ClampedArray} rgba */
export function rgbOf(rgba) {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from] ?? 0;
    rgb[to + 1] = rgba[from + 1] ?? 0;
    rgb[to + 2] = rgba[from + 2] ?? 0;
  }
  return rgb;
}

/**
 * What the network has seen of a frame, as the pixels of a picture.
 *
 * @param {ModelDetail} model
 * @param {TraceView} view
 */
export function seenPixels({ input, nodes }, view) {
  const values = view.activations.get(nodes[0]?.name ?? "")?.data ?? NOTHING;
  return rgbOf(paintPhoto(values, input.width, input.height, input).data);
}

/**
 * The result that a passing frame gives.
 *
 * @param {ModelDetail} model
 * @param {ImageOnScreen} image
 * @param {FrameMessage} answer
 * @param {TraceView | null} before  The last result of a picture that stays.
 * @returns {TraceView}
 */
export function passingView(model, image, answer, before) {
  const found = new Map(answer.layers.map((layer) => [layer.node, layer]));
  const alike = before?.model.nodes === model.nodes ? before.activations : null;
  const activations = model.nodes.map((node) => {
    const layer = found.get(node.name);
    const { name, kind, output_shape: shape } = node;
    const empty = { node: name, kind, shape, min: NaN, max: NaN, mean: NaN, std: NaN, zero_fraction: NaN, channels: null, values: NOTHING };
    return /** @type {const} */ ([name, activationOf(layer ?? empty, alike?.get(name) ?? null)]);
  });
  const { seq, top, doubt, milliseconds } = answer;
  return {
    ...{ key: `passing/${model.id}/${seq}`, model, image, crop: defaultCrop(model.input, image), whole: false },
    ...{ activations: new Map(activations), top: top.length ? top : null, doubt, milliseconds, complete: true },
  };
}

const NOTHING = new Float32Array(0);

/**
 * @param {PassingLayer} layer
 * @param {Activation | null} alike
 * @returns {Activation}
 */
function activationOf({ node, kind, shape, channels, values, min, max, mean, std, zero_fraction: zeroFraction }, alike) {
  const numbers = { min, max, mean, std, zeroFraction, alike };
  if (comesWhole(shape, kind)) return { node, kind, shape, data: values, ...numbers };
  const size = elements(shape.slice(1));
  const planes = new Map((channels ?? []).map((channel, at) => [channel, values.subarray(at * size, (at + 1) * size)]));
  return { node, kind, shape, data: NOTHING, planes, ...numbers };
}

/**
 * Whether a layer comes in one piece: one of single values, and the photo.
 *
 * @param {readonly number[]} shape
 * @param {string} kind
 */
const comesWhole = (shape, kind) => kind === "input" || elements(shape.slice(1)) === 1;

/**
 * What all parts of the page have in view, by layer: channels as ranges, null where a layer comes whole. The photo always.
 *
 * @param {Subject} subject
 * @param {ModelDetail} model
 * @returns {Record<string, string | null>}
 */
export function mapsInView(subject, model) {
  /** @type {Map<string, Set<number>>} */
  const wanted = new Map();
  for (const wishes of wishesOf(subject).values()) {
    for (const [node, channels] of wishes) wanted.set(node, new Set([...(wanted.get(node) ?? []), ...channels]));
  }
  /** @type {Record<string, string | null>} */
  const maps = {};
  for (const { name, kind, output_shape: shape } of model.nodes) {
    const channels = wanted.get(name);
    if (comesWhole(shape, kind) && (channels || kind === "input")) maps[name] = null;
    else if (channels?.size) maps[name] = rangesOf([...channels].sort((a, b) => a - b));
  }
  return maps;
}

/**
 * Numbers as `0-9,12`.
 *
 * @param {readonly number[]} numbers  Going upwards.
 */
export function rangesOf(numbers) {
  /** @type {[number, number][]} */
  const ranges = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(",");
}
