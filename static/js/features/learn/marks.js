/**
 * What a lesson marks on the page: a ring round the place to look at, and a veil over what gives the answer away. Pages
 * publish places by name, `data-lesson="difference"`; columns and rows that come and go are found again.
 */

import { h, place } from "../../widgets/dom.js";

/** CSS pixels between a place and its ring. */
const ROOM = 3;
/** Milliseconds after which it is looked where a place is, though nothing told that it has moved. */
const LOOK = 250;

/** @param {string} name @returns {HTMLElement[]} */
export function placesNamed(name) {
  const found = document.querySelectorAll(`[data-lesson~="${CSS.escape(name)}"]`);
  return [...found].filter((each) => each instanceof HTMLElement);
}

export class Marks {
  #ring = h("div", { class: "lesson-ring", "aria-hidden": "true", hidden: true }, h("span", { class: "lesson-pin" }, "1"));
  #target = "";
  /** Whether the place has been brought into view; after that the page is scrolled by nobody but its user. */
  #brought = false;
  /** @type {readonly string[]} */
  #veils = [];
  #word = "";
  #frame = 0;
  /** @type {AbortController | null} */
  #followed = null;
  /** What a page paints anew is veiled before it is seen. */
  #changes = new MutationObserver(() => {
    this.#veil();
    this.#soon();
  });

  /**
   * @param {string} target
   * @param {readonly string[]} veils
   * @param {string} word  What stands on a veil.
   */
  show(target, veils, word) {
    if (word !== this.#word) this.#unveil();
    this.#brought &&= target === this.#target;
    [this.#target, this.#veils, this.#word] = [target, veils, word];
    if (!this.#ring.isConnected) document.body.append(this.#ring);
    this.#veil();
    this.#follow();
  }

  #follow() {
    this.#soon();
    if (this.#followed) return;
    this.#followed = new AbortController();
    const { signal } = this.#followed;
    this.#changes.observe(document.body, { childList: true, subtree: true, attributeFilter: ["data-lesson"] });
    for (const name of ["scroll", "resize"]) addEventListener(name, this.#soon, { capture: true, passive: true, signal });
    const timer = setInterval(this.#soon, LOOK);
    signal.addEventListener("abort", () => clearInterval(timer));
  }

  #soon = () => {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#veil();
      this.#surround(placesNamed(this.#target)[0]);
    });
  };

  end() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#followed?.abort();
    this.#followed = null;
    this.#changes.disconnect();
    this.#ring.remove();
    this.#unveil();
  }

  #unveil() {
    this.#veils = [];
    this.#veil();
  }

  #veil() {
    const veiled = new Set(this.#veils.flatMap(placesNamed));
    for (const each of document.querySelectorAll("[data-veiled]")) {
      if (!veiled.has(/** @type {HTMLElement} */ (each))) each.removeAttribute("data-veiled");
    }
    for (const each of veiled) if (!each.hasAttribute("data-veiled")) each.setAttribute("data-veiled", wordFor(each, this.#word));
  }

  /** @param {HTMLElement | undefined} target */
  #surround(target) {
    const box = target?.getBoundingClientRect();
    const seen = box && box.width > 0 && box.height > 0;
    if (this.#ring.hidden === Boolean(seen)) this.#ring.hidden = !seen;
    if (!target || !seen) return;
    if (!this.#brought) bringIntoView(target);
    this.#brought = true;
    const { left, top, width, height } = box;
    place(this.#ring, { left: left - ROOM, top: top - ROOM, width: width + 2 * ROOM, height: height + 2 * ROOM });
  }
}

/** @param {HTMLElement} element @param {string} word */
const wordFor = ({ offsetWidth, offsetHeight }, word) => (offsetWidth < 170 || offsetHeight < 40 ? "?" : word);

/** Open what the place to look at lies in. @param {string} name */
export function reveal(name) {
  const [target] = placesNamed(name);
  target?.closest("details")?.toggleAttribute("open", true);
  target?.dispatchEvent(new CustomEvent("reveal", { bubbles: true }));
}

/** @param {HTMLElement} target */
function bringIntoView(target) {
  const quiet = matchMedia("(prefers-reduced-motion: reduce)").matches;
  target.scrollIntoView({ block: "nearest", inline: "nearest", behavior: quiet ? "instant" : "smooth" });
}
