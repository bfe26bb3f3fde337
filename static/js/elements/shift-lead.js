import { session } from "../state/session.js";
import { shift } from "../state/shift.js";
import { BaseElement } from "./base-element.js";
import { h, setText } from "./dom.js";
import { leadOf } from "./shift-words.js";

/** Milliseconds of rest after which the sentence is read out to people who listen. */
const QUIET = 600;

/** What is being seen, in a sentence, from the measured numbers. */
export class ShiftLead extends BaseElement {
  #timer = 0;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(shift.result, shift.trouble, session.status, session.problem);
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  /** @override */
  paint() {
    const trouble = this.piece("trouble");
    trouble.hidden = !shift.trouble.value;
    setText(trouble, shift.trouble.value);
    const line = this.piece("lead");
    const parts = this.#parts();
    const text = parts.map((part) => (typeof part === "string" ? part : part.strong)).join("");
    if (text === line.textContent) return;
    line.replaceChildren(...parts.map((part) => (typeof part === "string" ? part : h("b", { class: "num" }, part.strong))));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (session.announcement.value = text), QUIET);
  }

  #parts() {
    const result = shift.result.value;
    if (result) return leadOf(result);
    if (session.status.value === "empty" && session.model.value) return ["Choose a photo to start."];
    return ["Waiting for the first maps…"];
  }
}

customElements.define("shift-lead", ShiftLead);
