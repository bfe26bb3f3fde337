import { shift } from "../../state/shift.js";
import { doubtOf } from "../../state/verdict.js";
import { view } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { setHidden, setText } from "../../widgets/dom.js";
import { textOf, writeParts } from "./sentence.js";
import { lateText, leadOf } from "./words.js";

/** Milliseconds of rest after which the sentence is read out to people who listen. */
const QUIET = 600;

/** What is being seen, in a sentence, from the measured numbers. */
export class ShiftLead extends BaseElement {
  #timer = 0;
  /** The tallest sentence so far, in CSS pixels. */
  #tallest = 0;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(shift.result, shift.late, shift.trouble, this.subject.opinion, this.subject.shown, this.subject.status, this.subject.problem);
    const line = this.piece("lead");
    const resized = new ResizeObserver(() => this.#keepRoom(line));
    resized.observe(line);
    addEventListener("resize", () => this.#forget(line), { signal });
    signal.addEventListener("abort", () => (clearTimeout(this.#timer), resized.disconnect()));
  }

  /**
   * A longer sentence pushes down what is below it once, not back and forth while the photo is dragged.
   *
   * @param {HTMLElement} line
   */
  #keepRoom(line) {
    if (line.offsetHeight <= this.#tallest) return;
    this.#tallest = line.offsetHeight;
    line.style.minHeight = `${this.#tallest}px`;
  }

  /** @param {HTMLElement} line */
  #forget(line) {
    this.#tallest = 0;
    line.style.minHeight = "";
  }

  /** @override */
  paint() {
    const trouble = this.piece("trouble");
    setHidden(trouble, !shift.trouble.value);
    setText(trouble, shift.trouble.value);
    const parts = this.#parts();
    if (!writeParts(this.piece("lead"), parts)) return;
    const text = textOf(parts);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (view.announcement.value = text), QUIET);
  }

  #parts() {
    const result = shift.result.value;
    if (result && shift.late.value) return lateText(shift.place.value);
    const sound = this.subject.image.value?.kind === "sound" && !shift.size.value;
    if (result) return leadOf(result, doubtOf(this.subject), sound);
    if (this.subject.status.value === "empty" && this.subject.model.value) return ["Choose a photo to start."];
    return ["Waiting for the first maps…"];
  }
}

customElements.define("shift-lead", ShiftLead);
