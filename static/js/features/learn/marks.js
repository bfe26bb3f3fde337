/**
 * What a lesson marks on the page: a ring round the place to look at, and a veil over what gives the answer away. Pages
 * publish places by name, `data-lesson="difference"`; columns and rows that come and go are found again every frame.
 */

import { h, place } from "../../widgets/dom.js";

/** CSS pixels between a place and its ring. */
const ROOM = 3;

/** @param {string} name @returns {HTMLElement[]} */
export function placesNamed(name) {
  const found = document.querySelectorAll(`[data-lesson~="${CSS.escape(name)}"]`);
  return [...found].filter((each) => each instanceof HTMLElement);
}

export class Marks {
  #ring = h("div", { class: "lesson-ring", "aria-hidden": "true", hidden: true }, h("span", { class: "lesson-pin" }, "1"));
  #target = "";
  /** @type {readonly string[]} */
  #veils = [];
  #word = "";
  #frame = 0;

  /**
   * @param {string} target
   * @param {readonly string[]} veils
   * @param {string} word  What stands on a veil.
   */
  show(target, veils, word) {
    this.#target = target;
    this.#veils = veils;
    this.#word = word;
    if (!this.#ring.isConnected) document.body.append(this.#ring);
    if (!this.#frame) this.#follow();
  }

  end() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#ring.remove();
    this.#veils = [];
    this.#veil();
  }

  #follow = () => {
    this.#veil();
    this.#surround(placesNamed(this.#target)[0]);
    this.#frame = requestAnimationFrame(this.#follow);
  };

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
    if (!seen) return;
    const { left, top, width, height } = box;
    place(this.#ring, { left: left - ROOM, top: top - ROOM, width: width + 2 * ROOM, height: height + 2 * ROOM });
  }
}

/** @param {HTMLElement} element @param {string} word */
const wordFor = ({ offsetWidth, offsetHeight }, word) => (offsetWidth < 170 || offsetHeight < 40 ? "?" : word);

/** Bring the place to look at into view. @param {string} name */
export function reveal(name) {
  const quiet = matchMedia("(prefers-reduced-motion: reduce)").matches;
  placesNamed(name)[0]?.scrollIntoView({ block: "nearest", inline: "nearest", behavior: quiet ? "instant" : "smooth" });
}
