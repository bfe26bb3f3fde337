import { view } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { setText } from "../../widgets/dom.js";

/** On narrow pages the inspector is a sheet that its bar opens; on wide ones the bar is not there. */
export class BottomSheet extends BaseElement {
  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(view.selection);
    const toggle = this.piece("toggle");
    toggle.addEventListener(
      "click",
      () => toggle.setAttribute("aria-expanded", String(toggle.getAttribute("aria-expanded") !== "true")),
      { signal },
    );
  }

  /** @override */
  paint() {
    const { node, channel } = view.selection.value;
    setText(this.piece("label"), node ? `${node}, channel ${channel}` : "Inspector");
  }
}

customElements.define("bottom-sheet", BottomSheet);
