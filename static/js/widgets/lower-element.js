import { BaseElement } from "./base-element.js";

/** Milliseconds without a change after which what is out of view is painted, too. */
const REST = 200;

/**
 * An element further down the page: out of view it is not painted while things still change, so that it costs what is
 * in view no time; nor does it need anything before it has come near the window once.
 */
export class LowerElement extends BaseElement {
  #inView = false;
  #seen = false;
  #timer = 0;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    const observer = new IntersectionObserver((entries) => this.#moved(entries.at(-1)?.isIntersecting ?? false, signal), { rootMargin: "100px" });
    observer.observe(this);
    signal.addEventListener("abort", () => (observer.disconnect(), clearTimeout(this.#timer)));
  }

  /**
   * Hook: the element has come near the window for the first time.
   *
   * @param {AbortSignal} signal
   */
  seen(signal) {
    void signal;
  }

  /** @override */
  requestPaint() {
    clearTimeout(this.#timer);
    if (this.#inView) super.requestPaint();
    else this.#timer = setTimeout(() => super.requestPaint(), REST);
  }

  /**
   * @param {boolean} inView
   * @param {AbortSignal} signal
   */
  #moved(inView, signal) {
    this.#inView = inView;
    if (!inView) return;
    this.requestPaint();
    if (this.#seen) return;
    this.#seen = true;
    this.seen(signal);
  }
}
