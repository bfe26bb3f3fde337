import { sourceOf } from "../state/sources.js";

/** @import { ReadonlySignal } from "../state/store.js" */
/** @import { LayerSource } from "../state/sources.js" */
/** @import { Subject } from "../state/subject.js" */

/** @typedef {{subject: Subject, source: LayerSource}} Given */

/** What the parts of a page are about. @type {WeakMap<Element, Given>} */
const given = new WeakMap();

/**
 * Hand a subject to a part of the page: the elements in it, now and later, are about this one, unless a part of theirs is
 * given another. Until then they wait.
 *
 * @param {Element} part
 * @param {Subject} subject
 * @param {LayerSource} [source]  The layers that are drawn, where they are not simply the subject's own.
 */
export function give(part, subject, source = sourceOf(subject)) {
  given.set(part, { subject, source });
  for (const each of [part, ...part.querySelectorAll("*")]) if (each instanceof BaseElement) each.connectedCallback();
}

/**
 * @param {Element | null} element
 * @returns {Given | undefined} What was given to it, or to the nearest part that it stands in.
 */
const givenAround = (element) => (element ? (given.get(element) ?? givenAround(element.parentElement)) : undefined);

/** Elements that are painted before the next frame. @type {Set<BaseElement>} */
const waiting = new Set();

/**
 * All in one go: what changes the state within a frame, such as a film, is seen by every element in that frame or by none.
 * One that fails leaves the others be.
 */
function paintAll() {
  for (const each of waiting) queueMicrotask(() => each.isConnected && each.paint());
  waiting.clear();
}

/**
 * What every element of the page shares: light DOM, the subject that it is about, listeners that end with the connection,
 * and at most one paint a frame however many things have changed.
 */
export class BaseElement extends HTMLElement {
  /** @type {AbortController | null} */
  #connection = null;
  /** @type {Given | null} */
  #given = null;

  get #about() {
    if (this.#given) return this.#given;
    throw new Error(`${this.localName}: no subject was given to the page around it`);
  }

  /** The subject that it is about. */
  get subject() {
    return this.#about.subject;
  }

  /** The layers that it draws. */
  get source() {
    return this.#about.source;
  }

  connectedCallback() {
    const about = givenAround(this);
    if (!about || (this.#connection && about === this.#given)) return;
    this.disconnectedCallback();
    this.#given = about;
    this.#connection = new AbortController();
    this.connected(this.#connection.signal);
    this.requestPaint();
  }

  disconnectedCallback() {
    this.#connection?.abort();
    this.#connection = null;
    waiting.delete(this);
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
    if (!this.#connection) return;
    if (!waiting.size) requestAnimationFrame(paintAll);
    waiting.add(this);
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
