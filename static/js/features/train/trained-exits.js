import { ApiProblem } from "../../api/client.js";
import { openTrainingRun, tableOfRun } from "../../api/training-runs.js";
import { keptShown, run, runProblem, runView } from "../../state/training-run.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h } from "../../widgets/dom.js";
import { PAGES } from "./checkpoint.js";
import { button, renew, unfolds } from "./parts.js";

/** Where the network of a run goes from here, at the step that is looked at. */
export class TrainedExits extends BaseElement {
  #busy = false;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(run, runView);
    for (const part of ["open", "export"]) unfolds(this.piece(part), this.piece(`${part}-list`), signal, () => this.paint());
  }

  /** @override */
  paint() {
    const { value } = run;
    for (const part of ["open", "export"]) this.piece(part, HTMLButtonElement).disabled = !value?.kept.length || this.#busy;
    if (!value) return;
    const step = keptShown();
    const places = PAGES.map(([title, path, words]) => {
      const place = button(title, { "data-focus": title }, () => void this.#go(path, value.id, step));
      place.append(h("small", {}, words));
      return place;
    });
    renew(this.piece("open-list"), h("p", { class: "menu-head" }, `${value.net} at step ${step}`), ...places);
    const table = (/** @type {"steps" | "scores" | "metrics"} */ name, /** @type {string} */ title, /** @type {string} */ words) =>
      h("a", { href: tableOfRun(value.id, name), download: true, "data-focus": title }, title, h("small", {}, words));
    renew(
      this.piece("export-list"),
      table("steps", "Curves", "CSV: net, step, loss, accuracy, rate, milliseconds"),
      table("scores", "Tests", "CSV: net, step, right, count"),
      table("metrics", "Passes", "CSV: a row a pass over the data"),
    );
  }

  /** @param {string} path @param {string} id @param {number} step */
  async #go(path, id, step) {
    this.#busy = true;
    this.paint();
    try {
      const { id: model } = await openTrainingRun(id, step);
      location.assign(`${path}?model=${model}`);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      runProblem.value = error;
    } finally {
      this.#busy = false;
      this.requestPaint();
    }
  }
}

customElements.define("trained-exits", TrainedExits);
