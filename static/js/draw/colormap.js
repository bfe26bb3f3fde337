/**
 * Values to colours. Both halves of the diverging map are linear in lightness (OKLCH), so equal magnitudes look
 * equally strong whatever their sign; the sequential map is the positive half, so ReLU visibly removes the blue.
 */

import { oklchOf, rgbOf } from "./oklch.js";

/** @typedef {"diverging" | "sequential" | "grey"} MapKind */
/** @typedef {"light" | "dark"} Theme */
/** @typedef {{low: number, high: number}} Scale The values at the ends of the map. */
/** @typedef {readonly [number, number, number]} Rgb Each 0 to 255. */

/**
 * @typedef {object} Normalisation How pixels became values: `(pixel / divisor − mean) / std`.
 * @property {readonly number[]} mean One number a channel.
 * @property {readonly number[]} std
 * @property {number} [divisor]
 * @property {string} [order] RGB or BGR.
 */

/**
 * @typedef {object} Colormap
 * @property {MapKind} kind
 * @property {Uint32Array} table Packed RGBA from `low` to `high`, an odd number of entries.
 */

/** Colours at −1, −0.75 … 1. */
const ANCHORS = {
  light: ["18307A", "2162B7", "3E9ADF", "8BCFF3", "FCFAF7", "EFBB67", "DB7301", "AB3707", "681119"],
  dark: ["D6F2FE", "69B8EE", "347BC1", "1F4274", "171413", "692F17", "B9590F", "EF9935", "FFEBBD"],
};
const HALF = 255;
const ENTRIES = 2 * HALF + 1;
/** Of a gradient: between two of them it is straight, which no eye tells from the map. */
const STOPS = 33;

/** @type {Map<string, Colormap>} */
const built = new Map();

/**
 * @param {MapKind} kind
 * @param {Theme} theme
 * @returns {Colormap}
 */
export function colormap(kind, theme) {
  const key = `${kind} ${theme}`;
  const known = built.get(key);
  if (known) return known;
  const made = { kind, table: Uint32Array.from({ length: ENTRIES }, (_, index) => packed(entry(kind, theme, index))) };
  built.set(key, made);
  return made;
}

/**
 * @param {MapKind} kind
 * @param {Theme} theme
 * @param {number} index
 * @returns {Rgb}
 */
function entry(kind, theme, index) {
  const share = index / (ENTRIES - 1);
  if (kind === "grey") return [Math.round(255 * share), Math.round(255 * share), Math.round(255 * share)];
  return between(ANCHORS[theme], kind === "diverging" ? share : 0.5 + share / 2);
}

/**
 * @param {readonly string[]} anchors
 * @param {number} share From 0 at the most negative to 1 at the most positive.
 * @returns {Rgb}
 */
function between(anchors, share) {
  const position = share * (anchors.length - 1);
  const first = Math.min(Math.floor(position), anchors.length - 2);
  const part = position - first;
  const middle = (anchors.length - 1) / 2;
  const a = oklchOf(anchors[first] ?? "000000");
  const b = oklchOf(anchors[first + 1] ?? "000000");
  // The neutral zero has no hue of its own: it takes that of the coloured end.
  if (first === middle) a.hue = b.hue;
  if (first + 1 === middle) b.hue = a.hue;
  const mix = (/** @type {number} */ from, /** @type {number} */ to) => from + (to - from) * part;
  return rgbOf({ lightness: mix(a.lightness, b.lightness), chroma: mix(a.chroma, b.chroma), hue: mix(a.hue, b.hue) });
}

/** @param {Rgb} colour */
function packed([red, green, blue]) {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/**
 * What `tableIndex` needs of a scale, worked out once for all values.
 *
 * @param {Scale} scale
 * @param {Colormap} map
 */
function rangeOf({ low, high }, { kind }) {
  // An all-zero layer has no extent: its zeros stay the colour of zero.
  return { low, span: high - low || 1, first: high === low && kind === "diverging" ? 0.5 : 0 };
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} span
 * @param {number} first  The share at `low`.
 */
const tableIndex = (value, low, span, first) => Math.round(Math.min(1, Math.max(0, first + (value - low) / span)) * (ENTRIES - 1));

/**
 * The colour of one value.
 *
 * @param {number} value
 * @param {Scale} scale
 * @param {Colormap} map
 * @returns {Rgb}
 */
export function colour(value, scale, map) {
  const { low, span, first } = rangeOf(scale, map);
  return rgbIn(map.table[tableIndex(value, low, span, first)] ?? 0);
}

/**
 * @param {number} entryOf  Of a table.
 * @returns {Rgb}
 */
const rgbIn = (entryOf) => [entryOf & 255, (entryOf >> 8) & 255, (entryOf >> 16) & 255];

/** @param {Rgb} rgb */
export function cssColour([red, green, blue]) {
  return `rgb(${red} ${green} ${blue})`;
}

/**
 * A few values as a CSS background, one gradient a row: not worth a canvas of their own. Missing ones are transparent.
 *
 * @param {ArrayLike<number>} values
 * @param {number} width
 * @param {Scale} scale
 * @param {Colormap} map
 * @returns {string}
 */
export function cssCells(values, width, scale, map) {
  const rows = [];
  for (let first = 0; first < values.length; first += width) {
    const stops = Array.from({ length: width }, (_, at) => {
      const value = values[first + at] ?? NaN;
      const tone = Number.isNaN(value) ? "transparent" : cssColour(colour(value, scale, map));
      return `${tone} 0 ${((100 * (at + 1)) / width).toFixed(2)}%`;
    });
    rows.push(`linear-gradient(90deg,${stops.join()})`);
  }
  return rows.join();
}

/**
 * A plane of values as an image of the same size: one pixel a value. Missing values (NaN) stay transparent.
 *
 * @param {Float32Array} values
 * @param {number} width
 * @param {number} height
 * @param {Scale} scale
 * @param {Colormap} map
 * @param {ImageData | null} [before]  One that may be painted over, if it has the size.
 * @returns {ImageData}
 */
export function paint(values, width, height, scale, map, before = null) {
  const image = before?.width === width && before.height === height ? before : new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const { low, span, first } = rangeOf(scale, map);
  const { table } = map;
  for (let index = 0; index < pixels.length; index += 1) {
    const value = values[index] ?? NaN;
    pixels[index] = Number.isNaN(value) ? 0 : (table[tableIndex(value, low, span, first)] ?? 0);
  }
  return image;
}

/**
 * Three planes of red, green and blue (or one of grey) as a picture, undoing the model's normalisation.
 *
 * @param {Float32Array} values `(C, H, W)`.
 * @param {number} width
 * @param {number} height
 * @param {Normalisation} numbers
 * @returns {ImageData}
 */
export function paintPhoto(values, width, height, { mean, std, divisor = 255, order = "RGB" }) {
  const image = new ImageData(width, height);
  const plane = width * height;
  const channels = values.length / plane;
  for (let index = 0; index < plane; index += 1) {
    for (let part = 0; part < 3; part += 1) {
      const channel = Math.min(order === "BGR" ? 2 - part : part, channels - 1);
      const value = (values[channel * plane + index] ?? 0) * (std[channel] ?? 1) + (mean[channel] ?? 0);
      image.data[4 * index + part] = Math.round(divisor * value);
    }
    image.data[4 * index + 3] = 255;
  }
  return image;
}

/**
 * A strip of the whole map, for a legend.
 *
 * @param {Colormap} map
 * @param {number} [width]
 * @returns {ImageData}
 */
export function legendImage(map, width = 128) {
  const image = new ImageData(width, 1);
  const pixels = new Uint32Array(image.data.buffer);
  for (let index = 0; index < width; index += 1) {
    pixels[index] = map.table[Math.round((index / (width - 1)) * (ENTRIES - 1))] ?? 0;
  }
  return image;
}

/**
 * The same as a CSS background, for a legend that is not worth a canvas of its own.
 *
 * @param {Colormap} map
 * @returns {string}
 */
export function legendGradient({ table }) {
  const stops = Array.from({ length: STOPS }, (_, stop) => table[Math.round((stop / (STOPS - 1)) * (ENTRIES - 1))] ?? 0);
  return `linear-gradient(90deg,${stops.map((entryOf) => cssColour(rgbIn(entryOf))).join()})`;
}

/**
 * Black or white, whichever reads better on this colour (WCAG contrast).
 *
 * @param {Rgb} rgb
 */
export function inkOn(rgb) {
  const [red = 0, green = 0, blue = 0] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? "#fff" : "#000";
}
