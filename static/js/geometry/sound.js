/**
 * Where a spectrogram's rows and columns lie in pitch and in time. Columns begin every 10 ms and are 25 ms long; rows are
 * bands of pitch, the highest first, their centres evenly spaced in mel (`mel(f) = 2595 log10(1 + f / 700)`).
 *
 * @import { Box } from "./windows.js"
 */

export const RATE = 16000;
export const HOP = 160;
const WINDOW = 400;
export const BANDS = 64;

const HIGHEST = 2595 * Math.log10(1 + RATE / 2 / 700);

/** The pitch in Hz of one of the 66 points that the bands lie between. @param {number} point */
const hertz = (point) => 700 * (10 ** ((HIGHEST * point) / (BANDS + 1) / 2595) - 1);

/**
 * What pitches some rows hear, from where the lowest band begins to where the highest ends.
 *
 * @param {Pick<Box, "top" | "bottom">} rows  Half-open.
 * @returns {{low: number, high: number}}  In Hz.
 */
export const pitches = ({ top, bottom }) => ({ low: hertz(BANDS - bottom), high: hertz(BANDS - top + 1) });

/**
 * The samples that some columns are made of.
 *
 * @param {Pick<Box, "left" | "right">} columns  Half-open.
 * @returns {{from: number, to: number}}  Half-open.
 */
export const samplesIn = ({ left, right }) => ({ from: left * HOP, to: (right - 1) * HOP + WINDOW });

/** @param {number} samples */
export const milliseconds = (samples) => (1000 * samples) / RATE;

/**
 * A box of the network's input as one of the whole sound's spectrogram, without what lies outside.
 *
 * @param {Box} box
 * @param {{height: number, width: number}} input
 * @param {{left: number, top: number, width: number, height: number}} crop
 * @returns {Box}
 */
export function boxInSound(box, input, crop) {
  const [across, down] = [crop.width / input.width, crop.height / input.height];
  return {
    top: crop.top + Math.floor(Math.max(0, box.top) * down),
    left: crop.left + Math.floor(Math.max(0, box.left) * across),
    bottom: crop.top + Math.ceil(Math.min(input.height, box.bottom) * down),
    right: crop.left + Math.ceil(Math.min(input.width, box.right) * across),
  };
}

/**
 * The samples of a WAV file of 16 bits and one channel, as the server sends them.
 *
 * @param {ArrayBuffer} file
 * @returns {Int16Array<ArrayBuffer>}
 */
export function wavSamples(file) {
  const view = new DataView(file);
  for (let at = 12; at + 8 <= file.byteLength; at += 8 + view.getUint32(at + 4, true)) {
    if (view.getUint32(at) === 0x64617461) return new Int16Array(file.slice(at + 8, at + 8 + view.getUint32(at + 4, true)));
  }
  throw new Error("sound: wanted a WAV file with samples in it");
}

/**
 * The outline of a sound: of as many equal parts its lowest and highest value, as the path of an SVG of height 2.
 *
 * @param {Int16Array} samples
 * @param {number} parts
 * @returns {string}
 */
export function wavePath(samples, parts) {
  const path = [];
  for (let part = 0; part < parts; part += 1) {
    const some = samples.subarray(Math.floor((part * samples.length) / parts), Math.ceil(((part + 1) * samples.length) / parts));
    const [low, high] = some.reduce(([least, most], each) => [Math.min(least, each), Math.max(most, each)], [32767, -32768]);
    path.push(`M${part + 0.5} ${(1 - high / 32768).toFixed(3)}V${(1 - low / 32768 + 0.02).toFixed(3)}`);
  }
  return path.join("");
}
