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
/** Of a second's spectrogram. */
export const COLUMNS = 1 + Math.floor((RATE - WINDOW) / HOP);

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
 * Samples as a WAV file, 16 kHz, 16 bits, one channel.
 *
 * @param {Int16Array} samples
 * @returns {ArrayBuffer}
 */
export function wavFile(samples) {
  const file = new ArrayBuffer(44 + 2 * samples.length);
  const view = new DataView(file);
  const name = (/** @type {number} */ at, /** @type {string} */ text) => [...text].forEach((letter, each) => view.setUint8(at + each, letter.charCodeAt(0)));
  for (const [at, text] of /** @type {const} */ ([[0, "RIFF"], [8, "WAVE"], [12, "fmt "], [36, "data"]])) name(at, text);
  // what follows; a form of 16 bytes, PCM, one channel; bytes a second, bytes and bits a sample
  for (const [at, long] of /** @type {const} */ ([[4, 36 + 2 * samples.length], [16, 16], [24, RATE], [28, 2 * RATE], [40, 2 * samples.length]])) view.setUint32(at, long, true);
  for (const [at, short] of /** @type {const} */ ([[20, 1], [22, 1], [32, 2], [34, 16]])) view.setUint16(at, short, true);
  samples.forEach((each, at) => view.setInt16(44 + 2 * at, each, true));
  return file;
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
