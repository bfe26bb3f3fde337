/** The settings of a convolution in words: the output-size formula filled in, and what is wrong with an illegal one. */

import { outputSize } from "./convolution.js";
import { MINUS } from "./scale.js";

/** @import { Settings } from "./convolution.js" */

/** Least and largest number of each setting. */
export const RANGES = /** @type {const} */ ({ size: [1, 7], stride: [1, 4], padding: [0, 4], dilation: [1, 4] });
/** @typedef {keyof typeof RANGES} SettingName */
/** @typedef {{setting: SettingName | "mode" | "cell" | "bias", text: string}} Complaint */

/** @type {Record<SettingName, string>} */
export const TITLES = { size: "Kernel size", stride: "Stride", padding: "Padding", dilation: "Dilation" };

/** What zero would mean, where zero is not allowed. */
const NOTHING = {
  size: "A kernel of 0 cells reads nothing",
  stride: "With a stride of 0 the window would never move on",
  padding: "",
  dilation: "With a dilation of 0 all cells of the kernel would read the same pixel",
};

/**
 * floor((64 + 2·1 − 1·(3 − 1) − 1) / 1) + 1 = 64
 *
 * @param {number} extent
 * @param {Settings} settings
 */
export function sizeFormula(extent, settings) {
  const { size, stride, padding, dilation } = settings;
  const inner = `${extent} + 2·${padding} ${MINUS} ${dilation}·(${size} ${MINUS} 1) ${MINUS} 1`;
  return `floor((${inner}) / ${stride}) + 1 = ${outputSize(extent, settings)}`;
}

/**
 * What is wrong with these settings for a picture of this size, and what to do about it; null where nothing is.
 *
 * @param {Settings} settings
 * @param {{width: number, height: number}} picture
 * @returns {Complaint | null}
 */
export function illegal(settings, picture) {
  for (const setting of /** @type {SettingName[]} */ (Object.keys(RANGES))) {
    const text = outOfRange(setting, settings[setting]);
    if (text) return { setting, text };
  }
  return badMirror(settings, picture) ?? tooLarge(settings, picture);
}

/**
 * @param {SettingName} setting
 * @param {number} value
 */
function outOfRange(setting, value) {
  const [least, most] = RANGES[setting];
  const rule = `a whole number from ${least} to ${most}`;
  if (value === 0 && least > 0) return `${NOTHING[setting]}: take ${rule}.`;
  if (!Number.isInteger(value)) return `${TITLES[setting]} must be ${rule}.`;
  if (value < least || value > most) return `${TITLES[setting]} is ${rule} here, got ${String(value).replace("-", MINUS)}.`;
  return "";
}

/**
 * @param {Settings} settings
 * @param {{width: number, height: number}} picture
 * @returns {Complaint | null}
 */
function badMirror({ padding, mode }, { width, height }) {
  const most = Math.min(width, height) - 1;
  if (mode !== "reflect" || padding <= most) return null;
  const text =
    `A mirror at the border has ${most} px behind it in a photo of ${width}×${height} px, ` +
    `got a padding of ${padding}: take less, or zeros or wrap.`;
  return { setting: "mode", text };
}

/**
 * @param {Settings} settings
 * @param {{width: number, height: number}} picture
 * @returns {Complaint | null}
 */
function tooLarge({ size, padding, dilation }, { width, height }) {
  const spans = dilation * (size - 1) + 1;
  const room = Math.min(width, height) + 2 * padding;
  if (spans <= room) return null;
  const apart = dilation > 1 ? ` (${size} cells, ${dilation} px apart)` : "";
  const text =
    `The kernel spans ${spans} px${apart} and does not fit the padded photo, ${width + 2 * padding}×${height + 2 * padding} px: ` +
    `take a smaller kernel${dilation > 1 ? ", less dilation" : ""} or more padding.`;
  return { setting: "size", text };
}

/**
 * @param {readonly string[]} cells As typed, slice by slice.
 * @param {readonly number[]} values NaN where a text is no number.
 * @param {number} size
 * @returns {Complaint | null}
 */
export function badCell(cells, values, size) {
  const at = values.findIndex((value) => Number.isNaN(value));
  if (at < 0) return null;
  const cell = at % (size * size);
  const said = cells[at]?.trim() ? `says “${cells[at]}”` : "is empty";
  const text =
    `Row ${Math.floor(cell / size) + 1}, column ${(cell % size) + 1} of the kernel ${said}: ` +
    `a cell is a number such as ${MINUS}1, 0.5 or 1/9.`;
  return { setting: "cell", text };
}
