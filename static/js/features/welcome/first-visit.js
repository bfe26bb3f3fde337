import { view } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { setHidden } from "../../widgets/dom.js";

const KEY = "convscope.visited";
/** Who has looked at so many layers alone needs no invitation. */
const LAYERS = 3;

/**
 * What this is, what to do, and an invitation to the first lesson: there at the first paint, as a script in the head says,
 * and gone for good with either of its answers.
 */
export class FirstVisit extends BaseElement {
  /** @override @param {AbortSignal} signal */
  connected(signal) {
    if (!document.documentElement.dataset.visit) return;
    const skip = this.piece("skip");
    skip.addEventListener("click", () => document.querySelector("step-bar")?.dispatchEvent(new CustomEvent("skip-film")), { signal });
    view.playback.subscribe(({ alone }) => setHidden(skip, !alone), { signal });
    this.addEventListener("click", ({ target }) => target instanceof Element && target.closest("a, [data-part=leave]") && end(), { signal });
    let looked = 0;
    let last = "";
    view.selection.subscribe(({ node }) => {
      // What the page opens with was not chosen, nor what a film comes by.
      if (node !== last && this.subject.shown.value && !view.playback.value.playing) looked += 1;
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
