/** The photo of the playground, as the network gets it, in the values a filter may be laid on. */

import { getNpy, urls } from "../../api/client.js";

/** @import { CropBox, ModelDetail, NpyArray } from "../../api/client.js" */
/** @import { Picture } from "../../geometry/convolution.js" */
/** @import { PlaneName } from "../../state/playground.js" */

/** Grey as in ITU-R BT.601, rounded to whole numbers. */
const LUMA = /** @type {const} */ ([0.299, 0.587, 0.114]);
export const LUMA_TEXT = "grey = 0.299 R + 0.587 G + 0.114 B, rounded";

const COLOURS = /** @type {const} */ (["red", "green", "blue"]);

/**
 * @typedef {object} Photo
 * @property {string} key
 * @property {number} width
 * @property {number} height
 * @property {Float32Array[]} network What the network gets, a plane a channel.
 * @property {Float32Array[]} whole The pixels, whole numbers from 0 to 255, a plane a channel.
 * @property {Float32Array} grey
 */

/**
 * @param {ModelDetail} model
 * @param {{id: string}} image
 * @param {CropBox} crop
 */
export const photoKey = (model, image, crop) => urls.trace(model.id, image.id, crop, `nodes/${inputName(model)}`);

/** @param {ModelDetail} model */
const inputName = ({ nodes }) => encodeURIComponent(nodes.find(({ kind }) => kind === "input")?.name ?? "input");

/**
 * @param {string} address
 * @param {ModelDetail["input"]} input How the network's values were made of the pixels.
 * @param {AbortSignal} signal
 * @returns {Promise<Photo>}
 */
export async function fetchPhoto(address, input, signal) {
  return photoFrom(address, await getNpy(address, signal), input);
}

/**
 * @param {string} key
 * @param {NpyArray} array `(C, H, W)`.
 * @param {ModelDetail["input"]} input
 * @returns {Photo}
 */
export function photoFrom(key, { shape, data }, { mean, std, divisor, order }) {
  const [channels = 1, height = 1, width = 1] = shape;
  const size = height * width;
  const network = Array.from({ length: channels }, (_, at) => Float32Array.from(data.subarray(at * size, (at + 1) * size)));
  const whole = network.map((plane, at) => plane.map((value) => Math.round(divisor * (value * (std[at] ?? 1) + (mean[at] ?? 0)))));
  const [red = new Float32Array(size), green = red, blue = red] = order === "BGR" ? whole.toReversed() : whole;
  const weigh = (/** @type {number} */ at) =>
    Math.round(LUMA[0] * (red[at] ?? 0) + LUMA[1] * (green[at] ?? 0) + LUMA[2] * (blue[at] ?? 0));
  return { key, width, height, network, whole, grey: channels === 3 ? red.map((_, at) => weigh(at)) : red };
}

/**
 * The planes there are to choose from.
 *
 * @param {Photo | null} photo
 * @param {boolean} trained
 * @returns {readonly PlaneName[]}
 */
export function planesOf(photo, trained) {
  if (photo && photo.network.length !== 3) return ["grey"];
  return trained ? ["rgb", ...COLOURS] : ["grey", ...COLOURS];
}

/**
 * What the filter is laid on: whole numbers, but for a trained filter what it was trained with.
 *
 * @param {Photo} photo
 * @param {PlaneName} plane
 * @param {boolean} trained
 * @returns {Picture}
 */
export function pictureOf({ width, height, network, whole, grey }, plane, trained) {
  const all = trained ? network : whole;
  if (plane === "rgb") return { planes: all, width, height };
  const colour = COLOURS.findIndex((each) => each === plane);
  if (colour < 0) return { planes: [trained ? (network[0] ?? grey) : grey], width, height };
  return { planes: [all[colour] ?? grey], width, height };
}

/**
 * The same planes as whole numbers, for the eye.
 *
 * @param {Photo} photo
 * @param {PlaneName} plane
 */
export const visibleOf = (photo, plane) => pictureOf(photo, plane, false);
