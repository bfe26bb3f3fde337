import { climb, view } from "../../state/view.js";
import { h, setHidden } from "../../widgets/dom.js";

/** @import { LayerSource } from "../../state/sources.js" */
/** @import { Pixel } from "../../state/types.js" */

/** The way down to the current value, each step a way back up. */
export class InspectorTrail {
  #steps = h("ol");

  /**
   * @param {LayerSource} source
   * @param {AbortSignal} signal
   */
  constructor({ model }, signal) {
    this.element = h("nav", { class: "inspector-trail", "aria-label": "Way to this value" }, this.#steps);
    this.element.addEventListener(
      "click",
      (event) => {
        const step = event.target instanceof Element ? event.target.closest("[data-step]") : null;
        if (step instanceof HTMLElement) climb(model.value, Number(step.dataset.step));
      },
      { signal },
    );
    view.trail.subscribe((trail) => this.#paint(trail), { signal });
  }

  /** @param {readonly Pixel[]} trail */
  #paint(trail) {
    setHidden(this.element, !trail.length);
    this.#steps.replaceChildren(
      ...trail.map(({ node, channel, y, x }, index) => {
        const title = `${node}, channel ${channel}, row ${y}, column ${x}`;
        const button = h(
          "button",
          { type: "button", class: "fact-link", "data-step": index, title },
          `${node}, ${channel}`,
        );
        return h("li", {}, button);
      }),
    );
    this.#steps.scrollLeft = this.#steps.scrollWidth;
  }
}
