import { late } from "../../api/client.js";
import { doubtOf } from "../../state/verdict.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h } from "../../widgets/dom.js";

/** One sentence: what another network makes of the photo, or how unsure the answer is by itself. */
export class DoubtLine extends BaseElement {
  /** @type {typeof import("../../widgets/opinion.js") | null} */
  #words = null;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(this.subject.shown, this.subject.opinion);
    void this.#follow(signal);
  }

  /** @param {AbortSignal} signal */
  async #follow(signal) {
    const words = await late(() => import("../../widgets/opinion.js"));
    if (signal.aborted) return;
    words.followOpinion(this.subject, signal);
    this.#words = words;
    this.requestPaint();
  }

  /** @override */
  paint() {
    const shown = this.subject.shown.value;
    const doubt = doubtOf(this.subject);
    const parts = shown && doubt?.first && this.#words ? this.#parts(shown, doubt) : [];
    this.hidden = !parts.length;
    this.classList.toggle("unsure", doubt?.unsure ?? false);
    this.replaceChildren(...parts);
  }

  /**
   * @param {import("../../state/types.js").TraceView} shown
   * @param {import("../../api/client.js").Doubt} doubt
   * @returns {(Node | string)[]}
   */
  #parts({ model }, doubt) {
    const second = this.#words?.secondOpinion(this.subject);
    if (second) return second;
    if (doubt.unsure) return [h("b", {}, "Not sure"), `: perhaps nothing that ${model.title} knows.`];
    return this.#words?.knows(model) ?? [];
  }
}

customElements.define("doubt-line", DoubtLine);
