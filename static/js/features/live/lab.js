/** A camera in the Shift lab: the newest frame is the photo that is moved. Frozen it is a photo as any other. */

import { keepFrame } from "../../state/kept-frame.js";
import { Pace } from "../../state/live-pace.js";
import { afterPaint } from "../../state/live.js";
import { emptyView, put } from "../../state/loading.js";
import { passingImage } from "../../state/passing.js";
import { canvasSize, shift } from "../../state/shift.js";
import { signal } from "../../state/store.js";
import { onKeys } from "../../widgets/keys.js";
import { devicesHere, refused } from "../../widgets/media.js";
import { Camera } from "./camera.js";
import { grabber, pngOf } from "./capture.js";
import { liveDock } from "./dock.js";

/** @import { PassingFrame } from "../../state/shift-types.js" */
/** @import { Subject } from "../../state/subject.js" */
/** @import { Source } from "./panel.js" */

/** Rows of the camera, for one of the canvas. */
const SHARPER = 3;

export class LabWatching {
  live = {
    phase: signal(/** @type {"off" | "opening" | "live" | "frozen"} */ ("off")),
    title: signal("Camera"),
    pace: signal({ rate: 0, behind: 0, left: 0, all: 0 }),
    trouble: shift.trouble,
  };
  mirrored = signal(true);
  hears = signal(false);
  sources = signal(/** @type {readonly Source[]} */ ([]));
  device = signal("");
  /** Frames so far; and those asked about that are not on the screen yet, by name. */
  #count = 0;
  /** @type {Map<string, PassingFrame>} */
  #asked = new Map();
  #pace = new Pace();
  #turn = 0;
  /** The frame on the page. @type {PassingFrame | null} */
  #shown = null;

  /** @param {Subject} subject */
  constructor(subject) {
    this.subject = subject;
    this.camera = new Camera((time) => this.#passed(time), () => void this.#refused("The camera is gone. Plug it in, or try again with another."));
    this.#grab = grabber(this.camera.video, () => this.mirrored.value);
    liveDock(this, /** @type {HTMLElement} */ (document.querySelector("image-dock")));
    const { phase } = this.live;
    phase.subscribe((now) => document.body.classList.toggle("live", now !== "off"));
    shift.result.subscribe((result) => result && this.#answered(result.asked.image));
    subject.image.subscribe((image) => {
      if (phase.value !== "off" && image && !image.frame) this.#end();
    });
    // another network looks at the next frame
    subject.model.subscribe(() => phase.value === "live" && this.#look());
    onKeys({ " ": ["Live: freeze, or go on", () => (phase.value === "off" ? false : void this.toggle())] }, undefined, "before");
    document.addEventListener("visibilitychange", () => {
      if (phase.value !== "live") return;
      if (document.hidden) this.camera.close();
      else void this.open(this.device.value);
    });
  }

  #grab;

  /** @param {string} device  Empty: whichever the browser likes best. */
  async open(device) {
    const { live, camera } = this;
    const turn = (this.#turn += 1);
    this.subject.problem.value = null;
    if (live.phase.value === "off") live.phase.value = "opening";
    try {
      if (!(await camera.open(device, SHARPER * canvasSize().height))) return;
      this.device.value = camera.device;
      this.sources.value = await devicesHere("camera");
      if (turn !== this.#turn) return;
      this.#begin();
    } catch (error) {
      if (turn === this.#turn) await this.#refused(refused(error, "camera").message);
    }
  }

  #begin() {
    this.#pace = new Pace();
    this.#asked.clear();
    this.live.phase.value = "live";
    this.#look();
  }

  /** From now on frames are what is moved. */
  #look() {
    const { subject } = this;
    const model = subject.model.value;
    if (!model || model.input.takes === "sound") return this.#end();
    shift.frame.value = null;
    const image = passingImage(model, "Camera");
    const { width, height } = image;
    return put(subject, { ...emptyView(model, image, { left: 0, top: 0, width, height }), complete: true });
  }

  /** @param {number} time */
  #passed(time) {
    const { video } = this.camera;
    if (this.live.phase.value !== "live" || !video.videoWidth) return;
    this.#pace.came(time);
    const size = canvasSize();
    const frame = { name: `frame-${(this.#count += 1)}`, ...size, ...this.#grab(size), time };
    for (const [name, each] of this.#asked) if (each.time < time - 5000) this.#asked.delete(name);
    this.#asked.set(frame.name, frame);
    shift.frame.value = frame;
  }

  /** @param {string} name */
  #answered(name) {
    const frame = this.#asked.get(name);
    if (!frame) return;
    this.#shown = frame;
    this.#asked.delete(name);
    afterPaint((now) => (this.live.pace.value = this.#pace.painted(frame.time, now)));
  }

  async toggle() {
    const { phase } = this.live;
    if (phase.value === "frozen") return this.#begin();
    if (phase.value !== "live" || !this.#shown) return undefined;
    phase.value = "frozen";
    return this.#keep(this.#shown);
  }

  /** It becomes a photo. @param {PassingFrame} frame */
  #keep(frame) {
    return keepFrame(this.subject, () => pngOf(frame), { title: "Camera frame", draft: false });
  }

  mirror() {
    this.mirrored.value = !this.mirrored.value;
  }

  /** Watch no more; the frame on the page is kept. */
  async stop() {
    const frame = this.live.phase.value === "live" ? this.#shown : null;
    this.#end();
    if (frame) await this.#keep(frame);
  }

  #end() {
    this.#turn += 1;
    this.camera.close();
    this.live.phase.value = "off";
    shift.frame.value = null;
    this.#shown = null;
  }

  /** @param {string} message */
  async #refused(message) {
    await this.stop();
    const [title = "", ...detail] = message.split(/(?<=\.) /);
    this.subject.problem.value = { title, detail: [...detail, "The last picture stays."].join(" "), about: "", retry: () => void this.open("") };
  }
}
