import { signal } from "../../state/store.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, setAttribute, setHidden } from "../../widgets/dom.js";

/** @type {readonly (readonly [view: string, text: string])[]} */
const VIEWS = [
  ["answer", "Why this answer?"],
  ["channel", "What does a channel detect?"],
];

/** Which half of the page is on screen. */
export const half = signal("answer");

/** @param {string} view */
const partOf = (view) => document.querySelector(`[data-half="${view}"]`);

/** The two halves of the page; one that is not in the page has no tab. */
export class ExplainViews extends BaseElement {
  /** @override @param {AbortSignal} ended */
  connected(ended) {
    const there = VIEWS.filter(([view]) => partOf(view));
    setHidden(this, there.length < 2);
    const buttons = there.map(([view, text]) => h("button", { type: "button", "data-view": view }, text));
    for (const button of buttons) button.addEventListener("click", () => (half.value = button.dataset.view ?? "answer"), { signal: ended });
    this.replaceChildren(h("div", { class: "seg views", role: "group", "aria-label": "Part of the page" }, ...buttons));
    this.watch(half);
  }

  /** @override */
  paint() {
    for (const [view] of VIEWS) {
      const part = partOf(view);
      if (part) setHidden(part, half.value !== view);
      const button = this.querySelector(`[data-view="${view}"]`);
      if (button) setAttribute(button, "aria-pressed", String(half.value === view));
    }
  }
}

customElements.define("explain-views", ExplainViews);
