/** The last five seconds in the place of the film: frames, the likeliest classes over time, and where on them the page is. */

import { percent } from "../../geometry/scale.js";
import { PAST } from "../../state/live.js";
import { effect } from "../../state/store.js";
import { h, onWidth, s, setAttribute, setHidden, setMarkup, setText } from "../../widgets/dom.js";
import { pixelRatio } from "../../widgets/zoom.js";
import { imageOf } from "./capture.js";
import { saveMenu } from "./save.js";

/** @import { Frame } from "../../state/live.js" */
/** @import { BaseElement } from "../../widgets/base-element.js" */
/** @import { Watching } from "./panel.js" */

/** Milliseconds between two paintings while frames pass: each takes time from the maps. */
const EVERY = 400;
const CHART = 28;
const CLASSES = 3;

export class LiveBar {
  #sentence = h("p", { class: "live-sentence" });
  #chart = s("svg", { class: "live-chart", "aria-hidden": "true", preserveAspectRatio: "none" });
  #pictures = h("canvas", { class: "live-pictures", "aria-hidden": "true" });
  #head = h("i", { class: "film-head" });
  #reel = h("div", { class: "live-reel", role: "slider", tabindex: 0, "aria-label": "Frame of the last five seconds", "aria-valuemin": 0 }, this.#chart, this.#pictures, this.#head);
  #legend = h("p", { class: "live-legend" });
  #width = 0;
  #painted = 0;
  #waiting = 0;
  #telling = 0;

  /** @param {Watching} watching */
  constructor(watching) {
    this.watching = watching;
    const side = h("div", { class: "film-side" }, this.#sentence, this.#reel, this.#legend);
    const bar = h("div", { class: "live-bar", hidden: true }, this.#controls(), side);
    const film = /** @type {BaseElement | null} */ (document.querySelector("step-bar"));
    film?.after(bar);
    const { live } = watching;
    live.phase.subscribe((phase) => {
      setHidden(bar, phase === "off");
      if (film) setHidden(film, phase !== "off");
      film?.requestPaint();
    });
    onWidth(this.#reel, new AbortController().signal, (width) => {
      this.#width = width;
      this.#soon();
    });
    effect([live.frames, live.at, live.phase], () => {
      this.#soon();
      this.#tell();
    });
    this.#listen();
  }

  #controls() {
    const { watching } = this;
    const { live, held } = watching;
    const [back, freeze, forth] = [button("\u2039", ", one frame back", () => void watching.step(-1)), button("Freeze", "Space", () => void watching.toggle()), button("\u203a", ". one frame forth", () => void watching.step(1))];
    freeze.classList.add("primary", "play");
    back.setAttribute("aria-label", "One frame back");
    forth.setAttribute("aria-label", "One frame forth");
    const hold = button("Hold", "Keep this as A; what comes next is B (H)", () => void watching.hold());
    live.phase.subscribe((phase) => setText(freeze, phase === "frozen" ? "Go on" : "Freeze"));
    held.subscribe((now) => {
      setText(hold, now ? "Let go" : "Hold");
      setAttribute(hold, "aria-pressed", String(now));
    });
    return h("div", { class: "transport" }, h("div", { class: "transport-buttons" }, back, freeze, forth), h("div", { class: "transport-buttons" }, hold, saveMenu(watching)));
  }

  #listen() {
    const reel = this.#reel;
    let dragged = false;
    const seek = (/** @type {PointerEvent} */ event) => {
      const box = reel.getBoundingClientRect();
      this.#seek((event.clientX - box.left) / box.width);
    };
    reel.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      dragged = true;
      reel.setPointerCapture(event.pointerId);
      seek(event);
    });
    reel.addEventListener("pointermove", (event) => dragged && seek(event));
    for (const end of ["pointerup", "pointercancel"]) reel.addEventListener(end, () => (dragged = false));
    reel.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      void this.watching.step(by > 0 ? 1 : -1);
    });
  }

  /** To the frame nearest to a place. @param {number} share  Of the width. */
  #seek(share) {
    const frames = this.watching.live.frames.value;
    const end = frames.at(-1)?.time ?? 0;
    const time = end - PAST * (1 - share);
    const nearest = frames.reduce((best, frame, at) => (Math.abs(frame.time - time) < Math.abs((frames[best]?.time ?? Infinity) - time) ? at : best), 0);
    this.watching.look(nearest);
  }

  /** Painted at once where somebody looks at a frame, else now and then. */
  #soon() {
    if (this.#waiting) return;
    const wait = this.watching.live.phase.value === "frozen" ? 0 : Math.max(0, EVERY - (performance.now() - this.#painted));
    this.#waiting = setTimeout(() => {
      this.#waiting = 0;
      this.#painted = performance.now();
      this.#paint();
    }, wait);
  }

  /** What is said is of the frame whose maps and bars are painted with it. */
  #tell() {
    this.#telling ||= requestAnimationFrame(() => {
      this.#telling = 0;
      if (this.watching.live.phase.value !== "off") this.#say(this.watching.live.frames.value.at(-1)?.time ?? 0);
    });
  }

  #paint() {
    const { frames, at, phase } = this.watching.live;
    const all = frames.value;
    if (phase.value === "off" || !this.#width) return;
    const end = all.at(-1)?.time ?? 0;
    const x = (/** @type {Frame} */ { time }) => this.#width * (1 - (end - time) / PAST);
    this.#paintChart(all, x);
    this.#paintPictures(all, x);
    const now = at.value ?? all.at(-1);
    this.#head.style.transform = `translateX(${(now ? x(now) : this.#width) - 3}px)`;
    setAttribute(this.#reel, "aria-valuemax", String(Math.max(0, all.length - 1)));
    setAttribute(this.#reel, "aria-valuenow", String(now ? Math.max(0, all.indexOf(now)) : 0));
    setAttribute(this.#reel, "aria-valuetext", this.#sentence.textContent);
  }

  /** @param {number} end */
  #say(end) {
    const { at, phase } = this.watching.live;
    const frame = at.value;
    const [best] = frame?.top ?? [];
    const ago = frame && phase.value === "frozen" ? (end - frame.time) / 1000 : 0;
    const media = frame?.media === undefined ? "" : `, ${frame.media.toFixed(3)} s into the video`;
    const when = (ago >= 0.005 ? `${ago.toFixed(2)} s earlier` : phase.value === "frozen" ? "Frozen" : "Now") + media;
    const told = best ? [`${when}: `, h("strong", {}, best.label.replaceAll("_", " ")), ` ${percent(best.probability)}`] : [h("strong", {}, when)];
    const hint = phase.value === "opening" ? "Waiting for the first one\u2026" : "Drag over the last five seconds; , and . go frame by frame";
    this.#sentence.replaceChildren(...told, " ", h("small", {}, hint));
  }

  /**
   * @param {readonly Frame[]} all
   * @param {(frame: Frame) => number} x
   */
  #paintChart(all, x) {
    const labels = likeliest(all);
    const y = (/** @type {number} */ share) => 1 + (CHART - 2) * (1 - share);
    setAttribute(this.#chart, "viewBox", `0 0 ${this.#width} ${CHART}`);
    setMarkup(
      this.#chart,
      labels.map((label, at) => {
        const points = all.filter(({ top }) => top).map((frame) => `${x(frame).toFixed(1)} ${y(shareOf(frame, label)).toFixed(1)}`);
        return `<path class="line of-${at}" d="${points.length ? `M${points.join("L")}` : ""}"/>`;
      }).join(""),
    );
    const key = labels.join();
    if (this.#legend.dataset.of === key) return;
    this.#legend.dataset.of = key;
    this.#legend.replaceChildren(...labels.map((label, at) => h("span", { class: `of-${at}` }, label.replaceAll("_", " "))), h("span", { class: "ends" }, "\u22125 s", h("span", {}, "newest")));
  }

  /**
   * As many as stand beside each other.
   *
   * @param {readonly Frame[]} all
   * @param {(frame: Frame) => number} x
   */
  #paintPictures(all, x) {
    const ratio = pixelRatio();
    const height = this.#pictures.clientHeight;
    const canvas = this.#pictures;
    const context = canvas.getContext("2d");
    if (!context || !height) return;
    const size = { width: Math.round(this.#width * ratio), height: Math.round(height * ratio) };
    if (canvas.width !== size.width || canvas.height !== size.height) Object.assign(canvas, size);
    context.imageSmoothingEnabled = false;
    context.clearRect(0, 0, canvas.width, canvas.height);
    let free = canvas.width;
    for (const frame of [...all].reverse()) {
      const width = (size.height * frame.width) / frame.height;
      const left = x(frame) * ratio - width;
      if (left + width > free + 1 || left + width <= 0) continue;
      small.width = frame.width;
      small.height = frame.height;
      small.getContext("2d")?.putImageData(imageOf(frame), 0, 0);
      context.drawImage(small, left, 0, width, size.height);
      free = left - ratio;
    }
  }
}

const small = new OffscreenCanvas(1, 1);

/**
 * The classes that were likeliest, taken all frames together.
 *
 * @param {readonly Frame[]} frames
 */
function likeliest(frames) {
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const { top } of frames) for (const { label, probability } of top ?? []) sums.set(label, (sums.get(label) ?? 0) + probability);
  return [...sums].sort((a, b) => b[1] - a[1]).slice(0, CLASSES).map(([label]) => label);
}

/** @param {Frame} frame @param {string} label */
const shareOf = ({ top }, label) => top?.find((each) => each.label === label)?.probability ?? 0;

/**
 * @param {string} text
 * @param {string} title
 * @param {() => void} act
 */
function button(text, title, act) {
  const made = h("button", { type: "button", class: "btn", title }, text);
  made.addEventListener("click", act);
  return made;
}
