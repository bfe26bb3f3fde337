import { view } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { setText } from "../../widgets/dom.js";

/** On narrow pages the inspector is a sheet that its bar opens, and whoever reveals a part of it; on wide ones the bar is not there. */
export class BottomSheet extends BaseElement {
  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(view.selection);
    const toggle = this.piece("toggle");
    const open = (/** @type {boolean} */ wanted) => toggle.setAttribute("aria-expanded", String(wanted));
    toggle.addEventListener("click", () => open(toggle.getAttribute("aria-expanded") !== "true"), { signal });
    this.addEventListener("reveal", () => open(true), { signal });
  }

  /** @override */
  paint() {
    const { node, channel } = view.selection.value;
    setText(this.piece("label"), node ? `${node}, channel ${channel}` : "Inspector");
  }
}

customElements.define("bottom-sheet", BottomSheet);
