/** @import { ReadonlySignal } from "../state/store.js" */

/**
 * What every element of the page shares: light DOM, listeners that end with the connection, and at most one
 * paint a frame however many things have changed.
 */
export class BaseElement extends HTMLElement {
  /** @type {AbortController | null} */
  #connection = null;
  #frame = 0;

  connectedCallback() {
    if (this.#connection) return;
    this.#connection = new AbortController();
    this.connected(this.#connection.signal);
    this.requestPaint();
  }

  disconnectedCallback() {
    this.#connection?.abort();
    this.#connection = null;
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  /**
   * Hook: the element is in the page. Give `signal` to every listener and request; it aborts when the
   * element leaves.
   *
   * @param {AbortSignal} signal
   */
  connected(signal) {
    void signal;
  }

  /**
   * Paint again whenever one of these changes, for as long as the element is connected.
   *
   * @param {...ReadonlySignal<any>} signals
   */
  watch(...signals) {
    const connection = this.#connection;
    if (!connection) throw new Error(`${this.localName}: watch() belongs in connected()`);
    for (const each of signals) each.subscribe(() => this.requestPaint(), { signal: connection.signal });
  }

  /** Ask for one paint before the next frame. */
  requestPaint() {
    if (this.#frame || !this.#connection) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.paint();
    });
  }

  /** Hook: bring the DOM up to date with the state. */
  paint() {}

  /**
   * The part of this element that the template marks with `data-part="name"`.
   *
   * @template {HTMLElement} [T=HTMLElement]
   * @param {string} name
   * @param {new () => T} [type]  Its class, where more than HTMLElement is needed of it.
   * @returns {T}
   */
  piece(name, type) {
    const found = this.querySelector(`[data-part="${name}"]`);
    if (found instanceof (type ?? HTMLElement)) return /** @type {T} */ (found);
    throw new Error(`${this.localName}: no part ${name} of that kind in the template`);
  }
}
