/**
 * A camera, a video or a microphone that the network watches or hears: a frame is a picture, or the last second. The newest frame is sent and nothing else: while its answer is awaited
 * others pass, and are counted as left out. The last five seconds are kept here, as the network got them.
 *
 * @import { ClassProbability, ModelDetail } from "../api/client.js"
 * @import { PassingFrame } from "../api/live.js"
 * @import { FailureMessage, FrameMessage } from "../api/live-messages.js"
 * @import { LiveStatus } from "../api/messages.js"
 * @import { Subject } from "./subject.js"
 * @import { ImageOnScreen, TraceView } from "./types.js"
 */

import { LiveSocket, encodeFrame } from "../api/live.js";
import { Pace } from "./live-pace.js";
import { put } from "./loading.js";
import { mapsInView, passingImage, passingView, seenPixels } from "./passing.js";
import { signal } from "./store.js";

/** Milliseconds of the past that are kept. */
export const PAST = 5000;
/** Milliseconds until a server that was busy, or refused a frame, gets the next one. */
const BUSY = 500;
/** Of a network with a larger input a frame is longer than what a server takes. */
const MOST_PIXELS = 512 * 512;

/**
 * @typedef {object} Frame  One that the network has seen.
 * @property {number} time  When it was taken, by the clock of the page.
 * @property {number} [media]  Of a video: where in it the frame begins, seconds.
 * @property {number} width
 * @property {number} height
 * @property {Uint8Array} pixels  RGB, row by row: exactly what was sent; of a sound what the network saw, once it has.
 * @property {Int16Array} [samples]  Of a sound: exactly what was sent.
 * @property {readonly ClassProbability[] | null} top
 */

/** @typedef {(size: { width: number, height: number }) => Pick<Frame, "pixels" | "samples">} Grab  What there is now: a picture, cut and scaled, or a sound. */

export class Live {
  phase = signal(/** @type {"off" | "opening" | "live" | "frozen"} */ ("off"));
  /** What is watched; "" while nothing is. */
  title = signal("");
  /** Those of the last five seconds, the oldest first. */
  frames = signal(/** @type {readonly Frame[]} */ ([]));
  /** The one on the page; null before the first. */
  at = signal(/** @type {Frame | null} */ (null));
  pace = signal({ rate: 0, behind: 0, left: 0, all: 0 });
  /** Why nothing comes; empty while it does. */
  trouble = signal("");

  /** @type {Grab | null} */
  #grab = null;
  /** @type {ModelDetail["input"]["takes"]} */
  #gives = "picture";
  /** @type {LiveSocket<PassingFrame, FrameMessage | FailureMessage> | null} */
  #socket = null;
  /** @type {{ seq: number, model: ModelDetail, frame: Frame } | null} */
  #underWay = null;
  /** The newest frame that was not sent yet. @type {Pick<Frame, "time" | "media"> | null} */
  #newest = null;
  /** A frame of the past to be looked at as soon as the line is free. @type {Frame | null} */
  #again = null;
  /** The one that becomes a photo now: what the network makes of it is asked anew. @type {Frame | null} */
  #kept = null;
  /** @type {ImageOnScreen | null} */
  #image = null;
  /** The network that the image is for. @type {ModelDetail | null} */
  #seenBy = null;
  /** The last result of a picture that stays. @type {TraceView | null} */
  #before = null;
  #pace = new Pace();
  #timer = 0;

  /** @param {Subject} subject */
  constructor(subject) {
    this.subject = subject;
  }

  /**
   * Begin to watch.
   *
   * @param {string} title
   * @param {Grab} grab
   * @param {ModelDetail["input"]["takes"]} gives
   */
  watch(title, grab, gives) {
    if (gives !== this.#gives) this.#forget();
    [this.#grab, this.#gives] = [grab, gives];
    this.title.value = title;
    this.#socket ??= new LiveSocket({
      topic: gives === "sound" ? "/microphone" : "/camera",
      encode: encodeFrame,
      onMessage: (message) => this.#answered(message),
      onState: (state, reason) => this.#connection(state, reason),
    });
    this.#pace = new Pace();
    this.#image = null;
    this.phase.value = "live";
  }

  /**
   * A frame has come.
   *
   * @param {number} time  When it was taken.
   * @param {number} [media]  Where in a video, seconds.
   */
  passed(time, media) {
    if (this.phase.value !== "live") return;
    this.#pace.came(time);
    this.#newest = { time, ...(media !== undefined && { media }) };
    this.#send();
  }

  /** The frame on the page stays there. */
  freeze() {
    if (this.phase.value !== "live") return false;
    this.phase.value = "frozen";
    this.#newest = null;
    return true;
  }

  goOn() {
    this.#kept = null;
    if (this.phase.value === "frozen") this.phase.value = "live";
    this.#again = null;
    this.#pace = new Pace();
  }

  /** Look at a frame again, such as one of the past. @param {Frame} frame */
  look(frame) {
    this.#kept = null;
    this.at.value = frame;
    this.#again = frame;
    this.#send();
  }

  /**
   * Take the picture that there is now, and look at it: the newest of the past.
   *
   * @param {number} media  Where in a video, seconds.
   * @returns {Frame | null}
   */
  take(media) {
    const { width, height } = this.subject.model.value?.input ?? { width: 0, height: 0 };
    if (!this.#grab || !width) return null;
    const frame = { time: performance.now(), media, width, height, ...this.#grab({ width, height }), top: null };
    this.#remember(frame);
    this.look(frame);
    return frame;
  }

  /** It becomes a photo. @param {Frame} frame */
  keep(frame) {
    this.#kept = frame;
  }

  /** @param {Frame} frame */
  #remember(frame) {
    this.frames.value = [...this.frames.value.filter(({ time }) => time > frame.time - PAST), frame];
  }

  /** Watch no more. What is on the page stays there. */
  stop() {
    this.phase.value = "off";
    this.#forget();
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#socket?.close();
    this.#grab = this.#socket = this.#underWay = this.#newest = this.#again = this.#image = null;
    [this.frames.value, this.at.value, this.trouble.value, this.title.value] = [[], null, "", ""];
  }

  #send() {
    const model = this.subject.model.value;
    const { width = 0, height = 0 } = model?.input ?? {};
    if (!model || !this.#socket || this.#underWay || this.#timer) return;
    if (model.input.takes !== this.#gives) {
      const [does, what] = model.input.takes === "sound" ? ["hears sounds", "pictures show"] : ["looks at pictures", "sounds tell"];
      this.trouble.value = `${model.title} ${does}: ${what} it nothing that it knows.`;
      return;
    }
    if (width * height > MOST_PIXELS) {
      this.trouble.value = `${model.title} takes ${width}\u00d7${height} pixels; up to 512\u00d7512 are watched live.`;
      return;
    }
    const frame = this.#next(width, height);
    if (!frame) return;
    const payload = frame.samples ? new Uint8Array(frame.samples.buffer) : frame.pixels;
    const seq = this.#socket.send({ model: model.id, maps: mapsInView(this.subject, model), payload });
    this.#underWay = { seq, model, frame };
  }

  /**
   * What is sent next.
   *
   * @param {number} width
   * @param {number} height
   * @returns {Frame | null}
   */
  #next(width, height) {
    const again = this.#again;
    this.#again = null;
    if (again?.width === width && again.height === height) return again;
    const newest = this.#newest;
    if (!newest || !this.#grab) return null;
    this.#newest = null;
    return { ...newest, width, height, ...this.#grab({ width, height }), top: null };
  }

  /** @param {FrameMessage | FailureMessage} message */
  #answered(message) {
    const asked = this.#underWay;
    if (message.seq !== asked?.seq) return;
    this.#underWay = null;
    // The next one is taken before this one is painted: then both computers have something to do.
    requestAnimationFrame(() => this.#send());
    if (message.type === "frame") this.#show(message, asked);
    else this.#refused(message.error);
  }

  /**
   * @param {FrameMessage} message
   * @param {{ model: ModelDetail, frame: Frame }} asked
   */
  #show(message, { model, frame }) {
    const { subject, phase } = this;
    this.trouble.value = "";
    const past = this.frames.value.includes(frame);
    // Meanwhile another network was chosen, or the one before was kept on the page.
    if (phase.value === "off" || model !== subject.model.value || (phase.value === "frozen" && frame !== this.at.value)) return undefined;
    frame.top = message.top.length ? message.top : null;
    if (this.#seenBy !== model) [this.#seenBy, this.#image] = [model, null];
    const result = passingView(model, (this.#image ??= passingImage(model, this.title.value)), message, this.#lasting());
    if (frame.samples) [frame.pixels, result.samples] = [seenPixels(model, result), frame.samples];
    if (frame !== this.#kept) this.#put(result);
    this.at.value = frame;
    // What is drawn of the past has its answer now.
    if (past) return void (this.frames.value = [...this.frames.value]);
    this.#remember(frame);
    return afterPaint((now) => (this.pace.value = this.#pace.painted(frame.time, now)));
  }

  /** @param {TraceView} view */
  #put(view) {
    const { shown, status } = this.subject;
    if (status.value === "ready" && shown.value?.image === view.image && shown.value.model === view.model) shown.value = view;
    else put(this.subject, view);
  }

  #lasting() {
    const shown = this.subject.shown.value;
    if (shown && shown.image.frame !== "passing") this.#before = shown;
    return this.#before;
  }

  /** @param {{ status: number, title: string, detail: string }} error */
  #refused({ status, title, detail }) {
    if (status !== 503) this.trouble.value = `${title.replace(/\.$/, "")}. ${detail}`;
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.#send();
    }, BUSY);
  }

  /**
   * @param {LiveStatus} state
   * @param {string} reason
   */
  #connection(state, reason) {
    if (state === "refused" || state === "waiting" || state === "full") this.trouble.value = reason;
    if (state === "refused" || state === "idle" || state === "waiting") this.#underWay = null;
  }
}

/** @param {(now: number) => void} told  Once what has just changed is on the screen. */
export function afterPaint(told) {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      told(performance.now());
      port1.close();
    };
    port2.postMessage(null);
  });
}
