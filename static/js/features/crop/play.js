/** Part of a sound to the loudspeaker, and of that only some pitches. */

import { RATE } from "../../geometry/sound.js";

/** @typedef {{from: number, to: number, low?: number, high?: number}} Part  In samples, half-open, and in Hz. */

/** A part that begins or ends at full strength would click: so long it swells and dies away, in seconds. */
const SWELL = 0.004;
/** Steepness of a fourth-order Butterworth filter, as two of the second order. */
const STEEPNESS = [0.54, 1.31];

/** @type {AudioContext | null} */
let context = null;

/**
 * @param {Int16Array} samples
 * @param {Part} part
 * @returns {{seconds: number, ended: Promise<void>, stop: () => void}}
 */
export function play(samples, { from, to, low = 0, high = RATE / 2 }) {
  context ??= new AudioContext();
  void context.resume();
  const buffer = context.createBuffer(1, to - from, RATE);
  buffer.copyToChannel(Float32Array.from(samples.subarray(from, to), (each) => each / 32768), 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  const seconds = buffer.duration;
  const gain = new GainNode(context, { gain: 0 });
  const now = context.currentTime;
  for (const [value, at] of /** @type {const} */ ([[0, 0], [1, SWELL], [1, seconds - SWELL], [0, seconds]])) {
    gain.gain.linearRampToValueAtTime(value, now + at);
  }
  const filters = [...filtersOf(context, "highpass", low > 20 ? low : 0), ...filtersOf(context, "lowpass", high < 7900 ? high : 0)];
  /** @type {AudioNode[]} */
  const chain = [source, ...filters, gain, context.destination];
  chain.reduce((before, next) => before.connect(next));
  const ended = /** @type {Promise<void>} */ (new Promise((resolve) => source.addEventListener("ended", () => resolve())));
  source.start(now);
  return { seconds, ended, stop: () => source.stop() };
}

/**
 * @param {AudioContext} audio
 * @param {"highpass" | "lowpass"} type
 * @param {number} frequency  0: none.
 */
function filtersOf(audio, type, frequency) {
  if (!frequency) return [];
  // Q of these two kinds is in decibels
  return STEEPNESS.map((q) => new BiquadFilterNode(audio, { type, frequency, Q: 20 * Math.log10(q) }));
}
