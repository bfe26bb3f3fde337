import { listTrainingRuns } from "../../api/training-runs.js";
import { grouped } from "../../geometry/scale.js";
import { run } from "../../state/training-run.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h } from "../../widgets/dom.js";
import { renew } from "./parts.js";
import { runLinks } from "./run-links.js";

/** @import { TrainingRun, TrainingRunName } from "../../api/training-runs.js" */

/** What a run learns and by which recipe; and the other runs there are. */
export class TrainedRecipe extends BaseElement {
  #built = "";
  /** @type {TrainingRunName[]} */
  #others = [];

  /** @override */
  connected() {
    this.watch(run);
    void listTrainingRuns().then((found) => {
      this.#others = found;
      this.#built = "";
      this.requestPaint();
    });
  }

  /** @override */
  paint() {
    const { value } = run;
    if (!value || this.#built === value.id) return;
    this.#built = value.id;
    this.piece("name").textContent = value.id;
    this.piece("command").textContent = value.command || "by a program of its own";
    renew(this.piece("data"), h("span", {}, `${grouped(value.images)} images to learn from, ${grouped(value.measured)} held back, ${value.classes.length} classes: ${value.classes.join(", ")}.`));
    renew(this.piece("recipe"), ...recipeOf(value));
    const others = this.#others.filter(({ id }) => id !== value.id);
    this.piece("others-part").hidden = !others.length;
    renew(this.piece("others"), ...runLinks(others));
  }
}

/** @param {TrainingRun} now */
function recipeOf(now) {
  return Object.entries(now.recipe).flatMap(([name, value]) => {
    const text = Array.isArray(value) ? value.join(" to ") : String(value);
    return [h("dt", {}, name.replace("augmentation.", "").replaceAll("_", " ")), h("dd", {}, text)];
  });
}

customElements.define("trained-recipe", TrainedRecipe);
