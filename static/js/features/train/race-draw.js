import { largestOf } from "../../geometry/extremes.js";
import { percent } from "../../geometry/scale.js";
import { look, race, view } from "../../state/race.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h } from "../../widgets/dom.js";
import { showPicture } from "./test-picture.js";
import { ownWords } from "./own-words.js";

/** Pixels of the sheet for each pixel that a net sees. */
const FINE = 8;
/** Width of the pen, in pixels that a net sees: that of the drawn tasks. */
const PEN = 2.4;
/** How far an arrow key moves the pen. */
const STEP = 1;

/** A sheet to draw a test picture on; the nets look while it is drawn. */
export class RaceDraw extends BaseElement {
  /** @type {[number, number][][]} In pixels that a net sees. */
  #strokes = [];
  /** @type {[number, number] | null} Where the keys have the pen. */
  #cursor = null;
  #down = false;
  #sending = false;
  #changed = false;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(race, look, view);
    const paper = this.piece("paper", HTMLCanvasElement);
    paper.addEventListener("pointerdown", (event) => this.#begin(event), { signal });
    paper.addEventListener("pointermove", (event) => this.#move(event), { signal });
    for (const end of ["pointerup", "pointercancel", "blur"]) paper.addEventListener(end, () => (this.#down = false), { signal });
    paper.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.piece("close").addEventListener("click", () => this.#dialog.close(), { signal });
    this.piece("done").addEventListener("click", () => this.#dialog.close(), { signal });
    this.piece("undo").addEventListener("click", () => (this.#strokes.pop(), this.#draw()), { signal });
    this.piece("clear").addEventListener("click", () => ((this.#strokes = []), this.#draw()), { signal });
  }

  get #dialog() {
    return this.piece("dialog", HTMLDialogElement);
  }

  open() {
    const [, height = 28, width = 28] = race.value?.picture ?? [];
    const paper = this.piece("paper", HTMLCanvasElement);
    [paper.width, paper.height] = [FINE * width, FINE * height];
    this.#cursor = null;
    this.#draw();
    this.#dialog.showModal();
    paper.focus();
  }

  /** @param {PointerEvent} event @returns {[number, number]} */
  #at(event) {
    const paper = this.piece("paper", HTMLCanvasElement);
    const box = paper.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * (paper.width / FINE), ((event.clientY - box.top) / box.height) * (paper.height / FINE)];
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    this.piece("paper").setPointerCapture(event.pointerId);
    this.#down = true;
    this.#cursor = null;
    this.#strokes.push([this.#at(event)]);
    this.#draw();
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (!this.#down || this.#cursor) return;
    this.#strokes.at(-1)?.push(this.#at(event));
    this.#draw();
  }

  /** Arrows move the pen, Space sets it down or lifts it. @param {KeyboardEvent} event */
  #key(event) {
    /** @type {Record<string, [number, number]>} */
    const moves = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP], " ": [0, 0] };
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const paper = this.piece("paper", HTMLCanvasElement);
    const [width, height] = [paper.width / FINE, paper.height / FINE];
    const [x, y] = this.#cursor ?? [width / 2, height / 2];
    this.#cursor = [Math.max(0, Math.min(width, x + move[0])), Math.max(0, Math.min(height, y + move[1]))];
    if (event.key === " ") {
      this.#down = !this.#down;
      if (this.#down) this.#strokes.push([this.#cursor]);
    } else if (this.#down) this.#strokes.at(-1)?.push(this.#cursor);
    this.#draw();
  }

  #draw() {
    const paper = this.piece("paper", HTMLCanvasElement);
    const context = paper.getContext("2d");
    if (!context) return;
    paint(context, this.#strokes);
    for (const part of ["undo", "clear"]) this.piece(part, HTMLButtonElement).disabled = !this.#strokes.length;
    if (this.#strokes.length) void this.#send();
    if (!this.#cursor) return;
    context.strokeStyle = "#d55e00";
    context.lineWidth = 2;
    context.beginPath();
    context.arc(this.#cursor[0] * FINE, this.#cursor[1] * FINE, (PEN * FINE) / 2 + 2, 0, 2 * Math.PI);
    context.stroke();
  }

  /** One picture is on its way at a time; of those drawn meanwhile the newest follows. */
  async #send() {
    this.#changed = true;
    if (this.#sending) return;
    this.#sending = true;
    while (this.#changed) {
      this.#changed = false;
      const blob = await new Promise((/** @type {(blob: Blob | null) => void} */ resolve) => this.#reduced().toBlob(resolve));
      if (blob) await showPicture(blob);
    }
    this.#sending = false;
  }

  /** The sheet without the pen, in the size that a net sees. */
  #reduced() {
    const { width, height } = this.piece("paper", HTMLCanvasElement);
    const [whole, small] = [h("canvas", { width, height }), h("canvas", { width: width / FINE, height: height / FINE })];
    const [from, to] = [whole.getContext("2d"), small.getContext("2d")];
    if (from) paint(from, this.#strokes);
    if (to) to.imageSmoothingQuality = "high";
    to?.drawImage(whole, 0, 0, small.width, small.height);
    return small;
  }

  /** @override */
  paint() {
    const panel = look.value?.panel;
    const names = race.value?.classes ?? [];
    if (!this.#dialog.open || !panel || panel.label !== null) return;
    const said = panel.answer.indexOf(largestOf(panel.answer));
    const { lead, rest } = ownWords(panel.answer, names[said] ?? "");
    this.piece("answer").textContent = `It says ${lead}, ${percent(panel.answer[said] ?? 0)}: ${rest}`;
  }
}

/**
 * White on black, as in the drawn tasks.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {readonly (readonly [number, number][])[]} strokes
 */
function paint(context, strokes) {
  context.fillStyle = "#000";
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.strokeStyle = "#fff";
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = PEN * FINE;
  for (const stroke of strokes) {
    context.beginPath();
    // From the first point to itself: a touch is a dot.
    for (const [x, y] of stroke.slice(0, 1)) context.moveTo(x * FINE, y * FINE);
    for (const [x, y] of stroke) context.lineTo(x * FINE, y * FINE);
    context.stroke();
  }
}

customElements.define("race-draw", RaceDraw);

/** Open the page's sheet. */
export function openSheet() {
  const sheet = document.querySelector("race-draw");
  if (sheet instanceof RaceDraw) sheet.open();
}
