import { view } from "../../state/view.js";
import { h, place, setHidden } from "../../widgets/dom.js";
import { zoomNow } from "../../widgets/zoom.js";

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
    const seen = view.inView.value;
    this.#pitch = pitch;
    setHidden(this.element, !seen);
    if (seen) place(this.element, { left: seen.from * pitch - 2, width: (seen.to - seen.from) * pitch });
  }

  /** @param {PointerEvent} event */
  #grab(event) {
    event.stopPropagation();
    this.#drag = { x: event.clientX, from: view.inView.value?.from ?? 0 };
    this.#grip.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (!this.#drag) return;
    const detail = this.#drag.from + (event.clientX - this.#drag.x) / (this.#pitch * zoomNow());
    document.querySelector("network-strip")?.dispatchEvent(new CustomEvent("show-layer", { detail }));
  }
}
