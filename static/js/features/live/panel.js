/** What watching adds to the page: its part of the dock, the last five seconds in the place of the film, and keys. */

import { hold, unpin } from "../../state/comparison.js";
import { keepFrame, sendFrame } from "../../state/kept-frame.js";
import { Live } from "../../state/live.js";
import { onScreen } from "../../state/loading.js";
import { signal } from "../../state/store.js";
import { view } from "../../state/view.js";
import { onKeys } from "../../widgets/keys.js";
import { devicesHere, refused } from "../../widgets/media.js";
import { LiveBar } from "./bar.js";
import { Camera } from "./camera.js";
import { fileOf, grabber } from "./capture.js";
import { liveDock } from "./dock.js";
import { Microphone } from "./microphone.js";
import { NoVideo, Video } from "./video.js";

/** @import { Comparison } from "../../state/comparison.js" */
/** @import { Frame } from "../../state/live.js" */
/** @import { Subject } from "../../state/subject.js" */

/** Milliseconds that a frame of the past is looked at before it is kept as a photo. */
const REST = 250;
/** A camera has so many times the rows of the network's input: scaled down they are smooth, and more would only cost time. */
const SHARPER = 3;

/** @typedef {{ id: string, name: string }} Source  A camera, or a microphone. */

export class Watching {
  mirrored = signal(true);
  /** What is watched is a sound. */
  hears = signal(false);
  /** Those there are of the kind that runs, and the one that does. */
  sources = signal(/** @type {readonly Source[]} */ ([]));
  device = signal("");
  held = signal(false);
  /** @type {Video | null} */
  #video = null;
  #timer = 0;
  /** Counts what was begun and let go of: an answer to an older one is not wanted any more. */
  #turn = 0;
  /** @type {Comparison | null} */
  #comparison = null;
  #compared;

  /**
   * @param {Subject} subject
   * @param {() => Promise<Comparison>} compared
   */
  constructor(subject, compared) {
    this.subject = subject;
    this.#compared = compared;
    this.live = new Live(subject);
    const [passed, lost] = [(/** @type {number} */ time) => this.live.passed(time), () => void this.#lost()];
    this.camera = new Camera(passed, lost);
    this.microphone = new Microphone(passed, lost);
    liveDock(this, /** @type {HTMLElement} */ (document.querySelector(".dock-input")));
    new LiveBar(this);
    this.#listen();
  }

  #listen() {
    const { live, subject } = this;
    subject.image.subscribe((image) => {
      if (live.phase.value !== "off" && image && !image.frame) this.#end();
    });
    live.phase.subscribe((phase) => {
      document.body.classList.toggle("live", phase !== "off");
      document.body.classList.toggle("frozen", phase === "frozen");
      // A film of layers that change all the time shows nothing.
      if (phase === "live") view.playback.value = { ...view.playback.value, playing: false, held: false, position: subject.model.value?.nodes.length ?? 0 };
    });
    subject.shown.subscribe((shown) => document.body.classList.toggle("passing", shown?.image.frame === "passing"));
    // A frame that passes can be no A before it is kept.
    const instead = (/** @type {Event} */ event) => {
      if (subject.image.value?.frame !== "passing" || !(event.target instanceof Element && event.target.closest("[data-open=compare]"))) return;
      event.stopImmediatePropagation();
      void this.hold();
    };
    addEventListener("click", instead, { capture: true });
    document.addEventListener("visibilitychange", () => void this.#seen(!document.hidden));
    const on = (/** @type {() => unknown} */ act) => () => (live.phase.value === "off" ? false : act());
    onKeys({ " ": ["Live: freeze, or go on", on(() => void this.toggle())], ",": ["Live: a frame back, forth", on(() => void this.step(-1))], ".": ["Live: a frame back, forth", on(() => void this.step(1))] }, undefined, "before");
    const held = () => (subject.image.value?.frame === "passing" ? void this.hold() : false);
    onKeys({ h: ["Live: hold the frame as A, or let go of it", on(() => void this.hold())], p: ["Pin this as A, or let go of it", held] }, undefined, "before");
  }

  /* What is watched */

  /** @param {File | null} file  A video; null: what the network takes, which goes on where it does. */
  watch(file) {
    const suits = this.hears.value === (this.subject.model.value?.input.takes === "sound");
    if (file) void this.play(file);
    else if (this.live.phase.value === "off" || !suits) void this.open("");
  }

  /** @param {string} device  Empty: whichever the browser likes best. */
  async open(device) {
    const input = this.subject.model.value?.input;
    const what = input?.takes === "sound" ? "microphone" : "camera";
    this.#begin(what === "microphone");
    const turn = this.#turn;
    try {
      if (!(await (this.hears.value ? this.microphone.open(device) : this.camera.open(device, SHARPER * (input?.height ?? 0))))) return;
      this.device.value = this[what].device;
      this.sources.value = await devicesHere(what);
      // stopped before it began
      if (turn !== this.#turn) return;
      if (this.hears.value) this.live.watch("Microphone", this.microphone.grab, "sound");
      else this.#look();
    } catch (error) {
      if (turn === this.#turn) await this.#refused(refused(error, what).message, () => void this.open(device));
    }
  }

  #look() {
    if (this.live.title.value !== "Camera") this.mirrored.value = true;
    this.live.watch("Camera", grabber(this.camera.video, () => this.mirrored.value), "picture");
  }

  /** @param {File} file  A video. */
  async play(file) {
    const { live } = this;
    this.#begin(false);
    const video = (this.#video = new Video(file, (time, media) => live.passed(time, media)));
    try {
      await video.open();
      if (this.#video !== video) return;
      this.mirrored.value = false;
      this.sources.value = [];
      live.watch(file.name, grabber(video.video, () => this.mirrored.value), "picture");
    } catch (error) {
      if (this.#video !== video) return;
      const message = error instanceof NoVideo ? error.message : `${file.name} does not play. Try again.`;
      await this.#refused(message, () => void this.play(file));
    }
  }

  /** What was watched before is no more. @param {boolean} hears */
  #begin(hears) {
    const { live, subject } = this;
    subject.problem.value = null;
    this.#letGo();
    this.hears.value = hears;
    if (live.phase.value === "off") live.phase.value = "opening";
  }

  #letGo() {
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.camera.close();
    this.microphone.close();
    this.#video?.close();
    this.#video = null;
  }

  /**
   * @param {string} message  What happened, and what to do about it.
   * @param {() => void} again
   */
  async #refused(message, again) {
    await this.stop();
    const [title = "", ...detail] = message.split(/(?<=\.) /);
    this.subject.problem.value = { title, detail: [...detail, "The last picture stays."].join(" "), about: "", retry: again };
  }

  #lost() {
    return this.#refused(`The ${this.hears.value ? "microphone" : "camera"} is gone. Plug it in, or try again with another.`, () => void this.open(""));
  }

  /** A page that nobody sees lets go of camera and microphone, and takes them up again. @param {boolean} seen */
  async #seen(seen) {
    const video = this.#video;
    if (this.live.phase.value !== "live") return;
    if (video) await (seen ? video.play() : video.pause());
    else if (seen) await this.open(this.device.value);
    else this.#letGo();
  }

  /* What is done with it */

  async toggle() {
    const { live } = this;
    const video = this.#video;
    if (live.phase.value === "frozen") return this.goOn();
    let frame = live.at.value;
    if (!frame || !live.freeze()) return undefined;
    if (video) {
      await video.pause();
      frame = live.take(video.time) ?? frame;
    }
    return this.#keep(frame, false);
  }

  goOn() {
    clearTimeout(this.#timer);
    this.live.goOn();
    void this.#video?.play();
  }

  /** Look at a frame of the past; once it rests it is kept. @param {number} index */
  look(index) {
    const { live } = this;
    const frame = live.frames.value[index];
    if (!frame || frame === live.at.value) return;
    if (live.freeze()) void this.#video?.pause();
    live.look(frame);
    this.#keepLater(frame);
  }

  /** @param {Frame} frame */
  #keepLater(frame) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#keep(frame, true), REST);
  }

  /** One frame: of the past, or, from the last one of a video, of that. @param {1 | -1} by */
  async step(by) {
    const { live } = this;
    const [frames, frame] = [live.frames.value, live.at.value];
    const now = frame ? frames.indexOf(frame) : -1;
    if (now < 0) return;
    if (this.#video && frame?.media !== undefined && frame === frames.at(-1)) await this.#stepVideo(this.#video, by, frame.media);
    else this.look(Math.min(frames.length - 1, Math.max(0, now + by)));
  }

  /**
   * @param {Video} video
   * @param {1 | -1} by
   * @param {number} from
   */
  async #stepVideo(video, by, from) {
    const { live } = this;
    live.freeze();
    clearTimeout(this.#timer);
    if (!(await video.step(by, from)) || live.phase.value !== "frozen") return;
    const frame = live.take(video.time);
    if (frame) this.#keepLater(frame);
  }

  /**
   * @param {Frame} frame
   * @param {boolean} draft
   */
  #keep(frame, draft) {
    this.live.keep(frame);
    return keepFrame(this.subject, () => fileOf(frame), { title: this.#called(frame), draft });
  }

  /** @param {Frame} frame */
  #called(frame) {
    return `${this.live.title.value} ${frame.samples ? "second" : "frame"}`;
  }

  /** The frame on the page becomes A, and what comes next is B; held already, it is let go. */
  async hold() {
    const { subject, live } = this;
    const frame = live.at.value;
    const model = subject.model.value;
    const comparison = (this.#comparison ??= await this.#follow());
    if (comparison.pinned.value) return unpin(comparison);
    if (!frame || !model) return undefined;
    const title = `${this.#called(frame)}, held`;
    return hold(comparison, model, onScreen({ ...(await sendFrame(await fileOf(frame), title)), title }));
  }

  async #follow() {
    const comparison = await this.#compared();
    comparison.pinned.subscribe((pinned) => (this.held.value = pinned));
    return comparison;
  }

  mirror() {
    this.mirrored.value = !this.mirrored.value;
  }

  /** Watch no more; the frame on the page is kept. */
  async stop() {
    const { live, subject } = this;
    const frame = live.at.value;
    const passing = subject.image.value?.frame === "passing";
    const keep = frame && passing ? () => this.#keep(frame, false) : null;
    this.#end();
    await keep?.();
  }

  #end() {
    this.#letGo();
    this.live.stop();
  }
}
