import { view } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";

const KEY = "convscope.visited";
/** Who has looked at so many layers alone needs no invitation. */
const LAYERS = 3;

/**
 * An invitation to the first lesson: it is there at the first paint, as a script in the head says, and goes for good with
 * either of its buttons.
 */
export class FirstVisit extends BaseElement {
  /** @override @param {AbortSignal} signal */
  connected(signal) {
    if (!document.documentElement.dataset.visit) return;
    this.addEventListener("click", ({ target }) => target instanceof Element && target.closest("a, button") && end(), { signal });
    let looked = 0;
    let last = "";
    view.selection.subscribe(({ node }) => {
      // What the page opens with was not chosen.
      if (node !== last && this.subject.shown.value) looked += 1;
      last = node;
      if (looked >= LAYERS) end();
    }, { signal });
  }
}

function end() {
  delete document.documentElement.dataset.visit;
  try {
    localStorage.setItem(KEY, "1");
  } catch {
    // Without storage it is away for as long as the page is here.
  }
}

customElements.define("first-visit", FirstVisit);
