import { view } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { setText } from "../../widgets/dom.js";

/** A line that is there at all, before the first byte has come. */
const LEAST = 0.03;

/** The thin progress line under the header, and the sentence for people who listen. */
export class StatusLine extends BaseElement {
  /** @override */
  connected() {
    this.watch(this.subject.progress, this.subject.status, view.announcement);
  }

  /** @override */
  paint() {
    const { progress, status } = this.subject;
    const { announcement } = view;
    const line = this.piece("progress");
    line.hidden = status.value !== "loading";
    const { received = 0, total = 0 } = progress.value ?? {};
    line.style.setProperty("--done", String(total ? Math.max(LEAST, received / total) : LEAST));
    setText(this.piece("live"), announcement.value);
  }
}

customElements.define("status-line", StatusLine);
