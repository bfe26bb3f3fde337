import { openImage } from "../../state/taking.js";
import { readsDigits } from "../../state/switching.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h } from "../../widgets/dom.js";
import { rove } from "../../widgets/keys.js";
import { DigitPreview } from "./digit-preview.js";
import { Drafts } from "./drafts.js";

/** @typedef {{ colour: string, size: number, points: [number, number][] }} Stroke */

/** Colours that things in photographs have. */
const COLOURS = [
  ["black", "#17181a"],
  ["white", "#ffffff"],
  ["grey", "#8b8c87"],
  ["brown", "#6b3f1d"],
  ["red", "#c8281e"],
  ["orange", "#ef8a17"],
  ["yellow", "#f4d03f"],
  ["green", "#2f7d32"],
  ["blue", "#2266b3"],
  ["sky", "#8fc9ee"],
];
const PAPER = "#ffffff";
/** Digits are white on black, drawn with a pen as thick as those of the data. */
const SLATE = { ground: "#000000", ink: "#ffffff", size: 56 };
const BRUSH = 18;
/** How far an arrow key moves the brush, in paper pixels; with Shift ten times that. */
const KEY_STEP = 4;
/** Screens that have room for the pad beside the network. */
const BESIDE = "(width >= 1000px)";

/** A sheet of paper for whoever has no photo at hand, in a dialog. */
export class DrawPad extends BaseElement {
  /** A sheet for things and one for digits, so that neither spoils the other. @type {Record<string, Stroke[]>} */
  #sheets = { thing: [], digit: [] };
  /** Whether the network reads digits. */
  #digit = false;
  /** @type {DigitPreview | null} */
  #preview = null;
  /** @type {Drafts | null} */
  #drafts = null;
  /** @type {Stroke | null} */
  #stroke = null;
  #colour = "#17181a";
  /** Place of the brush when it is moved by keys; null while a pointer draws. */
  #cursor = /** @type {[number, number] | null} */ (null);

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    const options = { signal };
    this.#fillColours();
    this.watch(this.subject.shown);
    const paper = this.#paper;
    paper.addEventListener("pointerdown", (event) => this.#down(event), options);
    paper.addEventListener("pointermove", (event) => this.#move(event), options);
    for (const end of ["pointerup", "pointercancel"]) paper.addEventListener(end, () => this.#lift(), options);
    paper.addEventListener("keydown", (event) => this.#paperKey(event), options);
    paper.addEventListener("keyup", (event) => event.key === " " && this.#lift(), options);
    paper.addEventListener("blur", () => this.#leavePaper(), options);
    this.#dialog.addEventListener("keydown", (event) => this.#key(event), options);
    this.piece("size").addEventListener("input", () => this.requestPaint(), options);
    this.piece("close").addEventListener("click", () => this.#dialog.close(), options);
    this.piece("undo").addEventListener("click", () => this.#undo(), options);
    this.piece("clear").addEventListener("click", () => this.#clear(), options);
    this.piece("use").addEventListener("click", () => void this.#use(), options);
  }

  get #dialog() {
    return this.piece("dialog", HTMLDialogElement);
  }

  get #paper() {
    return this.piece("paper", HTMLCanvasElement);
  }

  get #strokes() {
    return this.#sheets[this.#digit ? "digit" : "thing"] ?? [];
  }

  get #size() {
    return this.piece("size", HTMLInputElement).valueAsNumber;
  }

  open() {
    const input = this.subject.model.value?.input;
    this.#turn(readsDigits(this.subject.model.value));
    // Paper of the network's own proportions, so that nothing drawn is cropped away.
    if (input && !this.#strokes.length) this.#paper.height = Math.round((this.#paper.width * input.height) / input.width);
    // Beside the network, which goes on being looked at; where there is no room beside it, before it.
    if (matchMedia(BESIDE).matches) this.#dialog.show();
    else this.#dialog.showModal();
    this.#paper.focus();
    this.requestPaint();
  }

  /**
   * To the sheet for digits, or to the one for things.
   *
   * @param {boolean} digit
   */
  #turn(digit) {
    const size = this.piece("size", HTMLInputElement);
    if (digit !== this.#digit) size.valueAsNumber = digit ? SLATE.size : BRUSH;
    this.#digit = digit;
    this.piece("digit").hidden = !digit;
    this.piece("colours").hidden = digit;
    this.piece("title").textContent = digit ? "Draw a digit" : "Draw something";
    this.piece("use").textContent = digit ? "Done" : "Use drawing";
  }

  #fillColours() {
    const group = this.piece("colours");
    const swatches = COLOURS.map(([name = "", colour = ""]) => {
      const attributes = { type: "button", role: "radio", "aria-label": name, title: name, "data-colour": colour };
      const swatch = h("button", attributes);
      swatch.style.setProperty("--swatch", colour);
      const choose = () => {
        this.#colour = colour;
        this.requestPaint();
      };
      swatch.addEventListener("click", choose);
      swatch.addEventListener("focus", choose);
      return swatch;
    });
    group.replaceChildren(...swatches);
    group.onkeydown = (event) => rove(event, swatches, swatches.length);
  }

  /**
   * @param {PointerEvent} event
   * @returns {[number, number]}  Paper pixels.
   */
  #at(event) {
    const box = this.#paper.getBoundingClientRect();
    const zoom = this.#paper.width / box.width;
    return [(event.clientX - box.left) * zoom, (event.clientY - box.top) * zoom];
  }

  /** @param {[number, number]} point */
  #touch(point) {
    this.#stroke = { colour: this.#digit ? SLATE.ink : this.#colour, size: this.#size, points: [point] };
    this.#strokes.push(this.#stroke);
    this.#changed();
  }

  #lift() {
    this.#stroke = null;
  }

  #leavePaper() {
    this.#lift();
    this.#cursor = null;
    this.requestPaint();
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button !== 0 || this.#stroke) return;
    this.#paper.setPointerCapture(event.pointerId);
    this.#cursor = null;
    this.#touch(this.#at(event));
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (!this.#stroke || this.#cursor) return;
    for (const each of event.getCoalescedEvents?.() ?? [event]) this.#stroke.points.push(this.#at(each));
    this.#changed();
  }

  /** @param {KeyboardEvent} event */
  #paperKey(event) {
    const { width, height } = this.#paper;
    const step = KEY_STEP * (event.shiftKey ? 10 : 1);
    const [x, y] = this.#cursor ?? [width / 2, height / 2];
    /** @type {Record<string, [number, number]>} */
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step], " ": [0, 0] };
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#cursor = [Math.min(width, Math.max(0, x + move[0])), Math.min(height, Math.max(0, y + move[1]))];
    if (event.key === " ") {
      if (!event.repeat) this.#touch(this.#cursor);
    } else this.#stroke?.points.push(this.#cursor);
    this.#changed();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === "Escape") this.#dialog.close();
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.#undo();
  }

  /** Paint again, and have the network look at it while it is drawn; the brush of the keyboard is no part of it. */
  #changed() {
    if (!this.#digit) this.paint();
    this.requestPaint();
    if (!this.#strokes.length || (this.#cursor && !this.#digit)) return;
    if (this.#digit) {
      this.#seen().paint(this.#strokes);
      this.#seen().send();
    } else (this.#drafts ??= new Drafts(this.subject, this.#paper)).send();
  }

  #seen() {
    this.#preview ??= new DigitPreview(this.subject, this.piece("seen", HTMLCanvasElement), this.piece("answer"));
    return this.#preview;
  }

  #undo() {
    this.#lift();
    this.#strokes.pop();
    this.#changed();
  }

  #clear() {
    this.#lift();
    this.#strokes.length = 0;
    this.#changed();
  }

  async #use() {
    this.#cursor = null;
    this.paint();
    if (this.#digit) return this.#dialog.close();
    const blob = await new Promise((/** @type {(blob: Blob | null) => void} */ resolve) => this.#paper.toBlob(resolve, "image/png"));
    this.#dialog.close();
    if (blob) void openImage(this.subject, blob, "Drawing");
  }

  /** @override */
  paint() {
    const blank = this.#strokes.length === 0;
    for (const name of ["undo", "clear"]) this.piece(name, HTMLButtonElement).disabled = blank;
    this.piece("use", HTMLButtonElement).disabled = blank && !this.#digit;
    this.piece("size-text").textContent = String(this.#size);
    for (const swatch of this.piece("colours").children) {
      const chosen = /** @type {HTMLElement} */ (swatch).dataset.colour === this.#colour;
      swatch.setAttribute("aria-checked", String(chosen));
      /** @type {HTMLElement} */ (swatch).tabIndex = chosen ? 0 : -1;
    }
    if (this.#digit) this.#seen().paint(this.#strokes);
    this.#paintPaper();
  }

  #paintPaper() {
    const context = this.#paper.getContext("2d");
    if (!context) return;
    context.fillStyle = this.#digit ? SLATE.ground : PAPER;
    context.fillRect(0, 0, this.#paper.width, this.#paper.height);
    context.lineCap = context.lineJoin = "round";
    for (const { colour, size, points } of this.#strokes) {
      const [[x, y] = [0, 0], ...rest] = points;
      context.strokeStyle = colour;
      context.lineWidth = size;
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(x, y);
      for (const [nextX, nextY] of rest) context.lineTo(nextX, nextY);
      context.stroke();
    }
    if (this.#cursor) this.#paintCursor(context, this.#cursor);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {[number, number]} place
   */
  #paintCursor(context, [x, y]) {
    for (const [colour, width] of /** @type {const} */ ([["#ffffff", 4], ["#17181a", 2]])) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.beginPath();
      context.arc(x, y, this.#size / 2 + 2, 0, 2 * Math.PI);
      context.stroke();
    }
  }
}

customElements.define("draw-pad", DrawPad);

/** Open the page's drawing pad. */
export function openDrawPad() {
  const pad = document.querySelector("draw-pad");
  if (pad instanceof DrawPad) pad.open();
}
