import { late } from "../../api/client.js";
import { view } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { setText } from "../../widgets/dom.js";
import { styles } from "../../widgets/styles.js";

/** A line that is there at all, before the first byte has come. */
const LEAST = 0.03;

/** The thin progress line under the header, the sentence for people who listen, and one where the server is away. */
export class StatusLine extends BaseElement {
  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(this.subject.progress, this.subject.status, view.announcement);
    void this.#watchServer(signal);
  }

  /** Fetched while the server is there. @param {AbortSignal} signal */
  async #watchServer(signal) {
    void styles("later");
    const { away, surviveServer } = await late(() => import("./later.js"));
    surviveServer();
    const tell = (/** @type {boolean} */ gone) => {
      this.piece("away").hidden = !gone;
      document.body.classList.toggle("away", gone);
    };
    away.subscribe(tell, { signal });
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
