/** Where sound is made, beside the page: what a microphone gives, at 16 kHz in one channel, 50 ms at a time. */

import { Resampler } from "../../geometry/resample.js";
import { RATE } from "../../geometry/sound.js";

/** Samples: 50 ms, and a whole number of the spectrogram's columns. */
const BLOCK = 800;

class Tap extends AudioWorkletProcessor {
  #even = new Resampler(sampleRate, RATE);
  #block = new Int16Array(BLOCK);
  #filled = 0;

  /** @override @param {Float32Array[][]} inputs */
  process([channels = []]) {
    const [first] = channels;
    if (!first) return true;
    const mono = first.map((_, at) => channels.reduce((sum, channel) => sum + (channel[at] ?? 0), 0) / channels.length);
    for (const value of this.#even.push(mono)) this.#take(value);
    return true;
  }

  /** @param {number} value */
  #take(value) {
    this.#block[this.#filled] = Math.max(-32768, Math.min(32767, Math.round(value * 32768)));
    this.#filled += 1;
    if (this.#filled < BLOCK) return;
    this.port.postMessage({ samples: this.#block, time: currentTime });
    [this.#block, this.#filled] = [new Int16Array(BLOCK), 0];
  }
}

registerProcessor("tap", Tap);
