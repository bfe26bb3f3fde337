import { grouped } from "../../geometry/scale.js";
import { keptShown, layerShown, run, runFilm, runTold, runView, seekKept, turnKept } from "../../state/training-run.js";
import { view as page } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, onWidth } from "../../widgets/dom.js";
import { button, icon, renew } from "./parts.js";
import { onDrag, partsOfReel, stepAtPlace } from "./reel.js";

/** @import { TrainingRun } from "../../api/training-runs.js" */

/** The steps that are kept, as a thing to hold: the buttons, and the film of one filter forming. */
export class TrainedSteps extends BaseElement {
  #width = 0;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(run, runTold, runView, runFilm, page.theme);
    const reel = this.piece("film");
    onWidth(reel, signal, (width) => {
      this.#width = width;
      this.requestPaint();
    });
    onDrag(reel, signal, (left) => this.#to(left));
  }

  /** @override */
  paint() {
    const { value } = run;
    if (!value) return;
    const at = keptShown();
    this.#transport(value, at);
    renew(
      this.piece("sentence"),
      h("span", { class: "step-number" }, `Step ${grouped(at)} of ${grouped(value.total)}`),
      h("b", {}, `How ${layerShown()}, filter ${runView.value.filter} formed. `),
      h("span", { class: "long-only" }, `${value.kept.length} steps were kept: drag to look at any of them.`),
    );
    const reel = this.piece("film");
    if (this.#width) renew(reel, ...partsOfReel({ film: runFilm.value, reached: value.step, total: value.total, at, width: this.#width, marks: [] }));
    for (const [name, text] of Object.entries({ min: 0, max: value.kept.at(-1) ?? 0, now: at })) reel.setAttribute(`aria-value${name}`, String(text));
  }

  /** @param {number} left CSS pixels from the left edge of the reel. */
  #to(left) {
    const { value } = run;
    if (value) seekKept(stepAtPlace(left, this.#width, value.total));
  }

  /** @param {TrainingRun} now @param {number} at */
  #transport(now, at) {
    const last = now.kept.at(-1) ?? 0;
    const each = (/** @type {string} */ name, /** @type {string} */ keys, /** @type {string} */ path, /** @type {() => void} */ action, /** @type {boolean} */ off) =>
      button(icon(path), { class: "btn", title: `${name} (${keys})`, "aria-label": name, disabled: off, "data-focus": keys }, action);
    renew(
      this.piece("transport"),
      h(
        "div",
        { class: "transport-buttons" },
        each("First kept step", "Home", "M2 1h2v12H2zM14 1v12L5 7z", () => seekKept(0), at === (now.kept[0] ?? 0)),
        each("Kept step before", "←", "M12 1v12L3 7z", () => turnKept(-1), at === (now.kept[0] ?? 0)),
        each("Next kept step", "→", "M4 1v12l9-6z", () => turnKept(1), at === last),
        each("Last kept step", "End", "M12 1h2v12h-2zM2 1v12l9-6z", () => seekKept(last), at === last),
      ),
      h("p", { class: "transport-keys" }, h("kbd", {}, "←"), h("kbd", {}, "→"), " kept step ", h("kbd", {}, "↑"), h("kbd", {}, "↓"), " filter ", h("kbd", {}, "L"), " layer"),
    );
  }
}

customElements.define("trained-steps", TrainedSteps);
