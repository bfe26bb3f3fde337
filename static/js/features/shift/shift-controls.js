import { CURVE, canvasSides, farthest, moveBy, moveTo, setSize, shift } from "../../state/shift.js";
import { BaseElement } from "../../widgets/base-element.js";
import { setAttribute, setHidden, setText } from "../../widgets/dom.js";

/** Milliseconds between the steps of a sweep, if the answers come that fast. */
const PACE = 120;
/** Milliseconds after which a place is shown even if no answer comes to it. */
const PATIENCE = 100;

/** Where the photo is in numbers: typed, stepped, by presets, or swept from one end to the other. */
export class ShiftControls extends BaseElement {
  #sweeping = 0;
  #late = 0;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(shift.result, shift.size, this.subject.model);
    this.#followPlace(signal);
    const options = { signal };
    for (const axis of /** @type {const} */ (["dx", "dy"])) {
      const field = this.piece(axis, HTMLInputElement);
      field.addEventListener("input", () => this.#typed(axis, field), options);
      field.addEventListener("blur", () => this.#left(axis, field), options);
      field.addEventListener("keydown", (event) => this.#stepped(event, axis), options);
    }
    this.addEventListener("click", (event) => this.#click(/** @type {Element} */ (event.target)), options);
    signal.addEventListener("abort", () => this.#stop());
  }

  /**
   * The numbers change together with the maps: a frame for them alone would hold those up while a photo is dragged.
   *
   * @param {AbortSignal} signal
   */
  #followPlace(signal) {
    shift.place.subscribe(() => void (this.#late ||= setTimeout(() => this.requestPaint(), PATIENCE)), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.#late));
  }

  /** @param {Element} target */
  #click(target) {
    const button = target.closest("button");
    if (!button) return;
    const { step, axis, place, side } = button.dataset;
    if (button.dataset.part === "sweep") return this.#sweeping ? this.#stop() : this.#sweep();
    this.#stop();
    if (step) moveBy(axis === "dx" ? Number(step) : 0, axis === "dy" ? Number(step) : 0);
    if (side !== undefined) setSize(side ? Number(side) : null);
    if (place) moveTo(Number(place), 0);
  }

  /**
   * @param {"dx" | "dy"} axis
   * @param {HTMLInputElement} field
   */
  #typed(axis, field) {
    this.#stop();
    const text = field.value.trim().replace("\u2212", "-");
    const problem = this.#problemOf(axis, text);
    this.#complain(axis, problem);
    if (problem) return;
    const { dx, dy } = shift.place.value;
    if (axis === "dx") moveTo(Number(text), dy);
    else moveTo(dx, Number(text));
  }

  /**
   * @param {"dx" | "dy"} axis
   * @param {string} text
   * @returns {string}  What is wrong, empty if nothing.
   */
  #problemOf(axis, text) {
    const most = farthest()[axis];
    const side = most + 1;
    if (text === "" || text === "-") return `${axis} needs a whole number of pixels, from \u2212${most} to ${most}.`;
    if (!Number.isFinite(Number(text))) return `“${text.slice(0, 12)}” is no number. ${axis} takes whole pixels, from \u2212${most} to ${most}.`;
    if (!Number.isInteger(Number(text))) return `${axis} takes whole pixels: nothing moves by part of one.`;
    if (Math.abs(Number(text)) > most) return `The picture is ${side} px ${axis === "dx" ? "wide" : "high"}: farther than ${most} px nothing of it is left.`;
    return "";
  }

  /**
   * @param {"dx" | "dy"} axis
   * @param {string} problem
   */
  #complain(axis, problem) {
    const line = this.piece("problem");
    line.hidden = !problem;
    setText(line, problem);
    setAttribute(this.piece(axis), "aria-invalid", problem ? "true" : null);
  }

  /** A field that is left shows where the photo really is. @param {"dx" | "dy"} axis @param {HTMLInputElement} field */
  #left(axis, field) {
    this.#complain(axis, "");
    field.value = shown(shift.place.value[axis]);
  }

  /**
   * @param {KeyboardEvent} event
   * @param {"dx" | "dy"} axis
   */
  #stepped(event, axis) {
    const step = { ArrowUp: 1, ArrowDown: -1, PageUp: 8, PageDown: -8 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.#complain(axis, "");
    moveBy(axis === "dx" ? step : 0, axis === "dy" ? step : 0);
    /** @type {HTMLInputElement} */ (event.target).value = shown(shift.place.value[axis]);
  }

  #sweep() {
    let dx = -CURVE;
    const step = () => {
      if (dx > CURVE) return this.#stop();
      // The next step waits for the picture of the last one.
      if (dx > -CURVE && shift.result.value?.dx !== shift.place.value.dx) return;
      moveTo(dx, shift.place.value.dy);
      dx += 1;
    };
    this.#sweeping = setInterval(step, PACE);
    step();
    this.requestPaint();
  }

  #stop() {
    clearInterval(this.#sweeping);
    this.#sweeping = 0;
    this.requestPaint();
  }

  /** @override */
  paint() {
    clearTimeout(this.#late);
    this.#late = 0;
    const { place, size } = shift;
    for (const axis of /** @type {const} */ (["dx", "dy"])) {
      const field = this.piece(axis, HTMLInputElement);
      if (document.activeElement !== field || Number(field.value.replace("\u2212", "-")) !== place.value[axis]) {
        if (!field.hasAttribute("aria-invalid")) field.value = shown(place.value[axis]);
      }
    }
    const sides = canvasSides();
    const canvas = this.querySelector(".shift-canvas-size");
    if (canvas instanceof HTMLElement) setHidden(canvas, sides.length < 2);
    for (const button of this.querySelectorAll("[data-place]")) {
      const { place: wanted, side } = /** @type {HTMLElement} */ (button).dataset;
      const here = Number(wanted) === place.value.dx && place.value.dy === 0 && (side === undefined || Number(side) === size.value);
      setAttribute(button, "aria-pressed", String(here));
    }
    for (const button of this.querySelectorAll(".seg [data-side]")) {
      const side = /** @type {HTMLElement} */ (button).dataset.side;
      setAttribute(button, "aria-pressed", String((side ? Number(side) : null) === size.value));
      if (!side) setText(button, `${sides[0]} px`);
    }
    const sweep = this.piece("sweep");
    setText(sweep, this.#sweeping ? "Stop" : "Sweep");
    setAttribute(sweep, "aria-pressed", String(!!this.#sweeping));
  }
}

/** @param {number} value */
const shown = (value) => String(value).replace("-", "\u2212");

customElements.define("shift-controls", ShiftControls);
