import { columnAt } from "../geometry/layout.js";
import { session } from "../state/session.js";
import { h, place, setHidden } from "./dom.js";

/** The part of the strip that is in view, as a frame on the film: its handle is dragged to look elsewhere. */
export class FilmWindow {
  #grip = h("i", { class: "film-grip", title: "Drag to move along the strip" });
  /** @type {{x: number, from: number} | null} */
  #drag = null;
  #pitch = 1;
  element = h("div", { class: "film-window", "aria-hidden": "true" }, this.#grip);

  /** @param {AbortSignal} signal */
  constructor(signal) {
    this.#grip.addEventListener("pointerdown", (event) => this.#grab(event), { signal });
    this.#grip.addEventListener("pointermove", (event) => this.#move(event), { signal });
    this.#grip.addEventListener("lostpointercapture", () => (this.#drag = null), { signal });
  }

  /** @param {number} pitch Width of one frame, its gap included. */
  paint(pitch) {
    const view = session.inView.value;
    this.#pitch = pitch;
    setHidden(this.element, !view);
    if (view) place(this.element, { left: view.from * pitch - 2, width: (view.to - view.from) * pitch });
  }

  /** @param {PointerEvent} event */
  #grab(event) {
    event.stopPropagation();
    this.#drag = { x: event.clientX, from: session.inView.value?.from ?? 0 };
    this.#grip.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (!this.#drag) return;
    const detail = this.#drag.from + (event.clientX - this.#drag.x) / this.#pitch;
    document.querySelector("network-strip")?.dispatchEvent(new CustomEvent("show-layer", { detail }));
  }
}

/**
 * Say what is in view, for whoever draws the whole network small.
 *
 * @param {{starts: readonly number[], width: number}} strip Where each layer begins, and the width of all of them.
 * @param {number} left How far it is scrolled.
 * @param {number} width Of the stage.
 */
export function tellView({ starts, width: all }, left, width) {
  const last = session.inView.value;
  const view = { from: columnAt(starts, left), to: columnAt(starts, left + width) };
  if (all <= width + 1) session.inView.value = null;
  else if (view.from !== last?.from || view.to !== last.to) session.inView.value = view;
}

/**
 * @param {readonly number[]} starts Where each layer begins.
 * @param {Element} stage
 * @param {Event} event Its detail is the layer that comes to the left edge, with the part of it that is passed.
 */
export function showColumn(starts, stage, event) {
  const column = Math.max(0, /** @type {CustomEvent<number>} */ (event).detail);
  const whole = Math.floor(column);
  const x = starts[whole] ?? 0;
  stage.scrollLeft = x + ((starts[whole + 1] ?? x) - x) * (column - whole);
}
