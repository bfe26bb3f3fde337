/** A microphone that is listened to: it runs only while it is. */

import { RATE } from "../../geometry/sound.js";
import { openStream, stopStream } from "../../widgets/media.js";

/** @import { Grab } from "../../state/live.js" */

/** The browser gets it from where it lies: it belongs to no page, and runs beside them all. */
const TAP = "/static/js/features/live/tap.js";
/** Blocks by which two clocks are held against each other: 5 s. */
const CLOCK = 100;
/** As it is: what makes calls sound better takes away what is looked at. */
const PLAIN = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

export class Microphone {
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {AudioContext | null} */
  #audio = null;
  /** Counts openings: what an older one brings is not wanted any more. */
  #turn = 0;
  #last = new Int16Array(RATE);
  /** How much later than it was recorded a block came, each by its own clock. @type {number[]} */
  #late = [];
  #onSecond;
  #onLost;

  /**
   * @param {(time: number) => void} onSecond  There is a new last second; when its end was recorded.
   * @param {() => void} onLost  It was unplugged, or taken away.
   */
  constructor(onSecond, onLost) {
    this.#onSecond = onSecond;
    this.#onLost = onLost;
  }

  /** The one that runs. */
  get device() {
    return this.#stream?.getAudioTracks()[0]?.getSettings().deviceId ?? "";
  }

  /** The last second. @type {Grab} */
  grab = () => ({ pixels: new Uint8Array(0), samples: this.#last.slice() });

  /**
   * @param {string} device  Empty: whichever the browser likes best.
   * @returns {Promise<boolean>}  False where it is not wanted any more. Rejected with MediaRefused.
   */
  async open(device) {
    this.close();
    const turn = this.#turn;
    const stream = await openStream({ audio: { ...PLAIN, ...(device && { deviceId: { exact: device } }) } });
    if (turn !== this.#turn) {
      stopStream(stream);
      return false;
    }
    this.#stream = stream;
    for (const track of stream.getTracks()) track.addEventListener("ended", () => turn === this.#turn && this.#onLost());
    await this.#tap(stream, turn);
    return turn === this.#turn;
  }

  /** @param {MediaStream} stream @param {number} turn */
  async #tap(stream, turn) {
    const audio = (this.#audio = new AudioContext());
    await audio.audioWorklet.addModule(TAP);
    if (turn !== this.#turn) return;
    const tap = new AudioWorkletNode(audio, "tap");
    tap.port.onmessage = ({ data }) => turn === this.#turn && this.#came(data);
    audio.createMediaStreamSource(stream).connect(tap).connect(audio.destination);
    await audio.resume();
  }

  /** @param {{ samples: Int16Array, time: number }} block */
  #came({ samples, time }) {
    this.#last.copyWithin(0, samples.length);
    this.#last.set(samples, RATE - samples.length);
    // the block that came soonest tells by how much the clocks differ
    this.#late = [...this.#late.slice(1 - CLOCK), performance.now() - 1000 * time];
    this.#onSecond(1000 * time + this.#late.reduce((least, each) => Math.min(least, each)));
  }

  /** Let go of it. */
  close() {
    this.#turn += 1;
    stopStream(this.#stream);
    void this.#audio?.close();
    this.#stream = this.#audio = null;
    this.#last.fill(0);
    this.#late = [];
  }
}
