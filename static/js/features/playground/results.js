/** What the playground has worked out: the map before and after the photo has moved, and how they compare. */

import { summary } from "../../draw/tensor.js";
import { convolve, shifted } from "../../geometry/convolution.js";
import { cellValue } from "../../geometry/filters.js";
import { badCell, illegal } from "../../geometry/legal-settings.js";
import { movedPlace, readsTheSame, sameBits, sameValues, strongest } from "../../geometry/same-answer.js";
import { isTrained, sideOf } from "../../state/playground.js";
import { pictureOf } from "./photo.js";

/** @import { Kernel, Picture, Plane, Settings } from "../../geometry/convolution.js" */
/** @import { Complaint } from "../../geometry/legal-settings.js" */
/** @import { Place, Shift } from "../../geometry/same-answer.js" */
/** @import { Playground } from "../../state/playground.js" */
/** @import { Photo } from "./photo.js" */

/**
 * @typedef {object} Before The map of the photo where it was.
 * @property {Photo} photo
 * @property {Playground} state
 * @property {Settings} settings
 * @property {Kernel} kernel
 * @property {Picture} picture
 * @property {Plane} map
 * @property {{min: number, max: number}} range
 * @property {Place} strongest
 */
/**
 * @typedef {object} After The map of the moved photo.
 * @property {Shift} shift
 * @property {Picture} picture
 * @property {Plane} map
 * @property {Place | "between" | "outside"} goal Where the strongest place has gone.
 * @property {boolean} same The value there has the same bits.
 * @property {boolean} clear Its window reads the same pixels of the photo as before.
 * @property {{compared: number, same: number}} values
 */
/** @typedef {{before: Before, after: After}} Results */

/** @param {Playground} state @returns {Settings} */
export const settingsFrom = ({ size, stride, padding, dilation, mode }) => ({ size, stride, padding, dilation, mode });

/**
 * @param {Playground} state Its cells must be numbers.
 * @returns {Kernel}
 */
export function kernelFrom(state) {
  const values = state.cells.map(cellValue);
  const size = sideOf(state) ** 2;
  const slices = Array.from({ length: values.length / size }, (_, at) => Float32Array.from(values.slice(at * size, (at + 1) * size)));
  return { slices, bias: cellValue(state.bias) };
}

/**
 * Why there can be no map; null where there can.
 *
 * @param {Playground} state
 * @param {Photo} photo
 * @returns {Complaint | null}
 */
export function complaintOf(state, photo) {
  const wrong = illegal(settingsFrom(state), photo) ?? badCell(state.cells, state.cells.map(cellValue), sideOf(state));
  if (wrong || !Number.isNaN(cellValue(state.bias))) return wrong;
  return { setting: "bias", text: "The bias is a number that is added to every sum, such as 0 or 0.5." };
}

/**
 * The shift, at most as far as the photo is large.
 *
 * @param {Shift} place  Of the photo of the whole page, which may lie on a larger canvas.
 * @param {{width: number, height: number}} photo
 * @returns {Shift}
 */
export function shiftOf({ dx, dy }, { width, height }) {
  const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.max(-most, Math.min(most, value));
  return { dx: within(dx, width - 1), dy: within(dy, height - 1) };
}

/**
 * @param {Photo} photo
 * @param {Playground} state
 * @returns {Before}
 */
function before(photo, state) {
  const [settings, kernel] = [settingsFrom(state), kernelFrom(state)];
  const picture = pictureOf(photo, state.plane, isTrained(state));
  const map = convolve(picture, kernel, settings);
  const { min, max } = summary(map.values);
  return { photo, state, settings, kernel, picture, map, range: { min, max }, strongest: strongest(map, settings, photo) };
}

/**
 * @param {Before} of
 * @param {Shift} shift
 * @returns {After}
 */
function after({ picture, kernel, settings, map, strongest: from }, shift) {
  const moved = shifted(picture, shift, settings.mode);
  const now = convolve(moved, kernel, settings);
  const goal = movedPlace(from, shift, settings.stride, map);
  const met = typeof goal !== "string";
  return {
    ...{ shift, picture: moved, map: now, goal },
    same: met && sameBits(valueIn(map, from), valueIn(now, goal)),
    clear: met && readsTheSame(from, shift, settings, picture, map),
    values: sameValues(map, now, shift, settings, picture),
  };
}

/**
 * @param {Plane} map
 * @param {Place} place
 */
export const valueIn = ({ values, width }, { y, x }) => values[y * width + x] ?? NaN;

/** What a map depends on; the rest of the state only moves or points. */
const DEEP = /** @type {const} */ (["kernel", "cells", "bias", "plane", "size", "stride", "padding", "dilation", "mode"]);

/** Works out only what has changed. */
export class Workbench {
  /** @type {Results | null} */
  #last = null;

  /** The last results. */
  get last() {
    return this.#last;
  }

  /**
   * @param {Photo} photo
   * @param {Playground} state Legal, with all its cells.
   * @param {Shift} place
   * @returns {Results}
   */
  work(photo, state, place) {
    const last = this.#last;
    const kept = last && last.before.photo === photo && DEEP.every((key) => last.before.state[key] === state[key]);
    const first = kept ? last.before : before(photo, state);
    const shift = shiftOf(place, photo);
    const still = kept && last.after.shift.dx === shift.dx && last.after.shift.dy === shift.dy;
    this.#last = { before: first, after: still ? last.after : after(first, shift) };
    return this.#last;
  }
}
