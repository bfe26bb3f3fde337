import { late } from "../../api/client.js";
import { grouped } from "../../geometry/scale.js";
import { catalogue } from "../../state/catalogue.js";
import { switchModel } from "../../state/switching.js";
import { BaseElement } from "../../widgets/base-element.js";
import { onKeys } from "../../widgets/keys.js";
import { styles } from "../../widgets/styles.js";

/** @import { ModelSummary } from "../../api/client.js" */
/** @import { ModelComparison } from "./comparison.js" */

/**
 * @param {ModelSummary} model
 * @returns {string}
 */
function facts({ parameter_count: parameters, accuracy, card, imported }) {
  const size = `${grouped(parameters)} parameters`;
  if (imported) return `${size} \u00b7 ${imported.verified ? `verified by ${imported.program || "another program"}` : imported.pending ? "not compared yet" : "not verified"}`;
  if (!card.epochs) return card.size_bytes ? size : `${size} \u00b7 untrained`;
  return accuracy ? `${size} \u00b7 ${(accuracy.top1 * 100).toFixed(1)}\u202f% of ${grouped(accuracy.n)}` : size;
}

/** The model on screen; its button opens a comparison of all of them. */
export class ModelPicker extends BaseElement {
  /** @type {ModelComparison | null} Fetched when it is first wanted. */
  #comparison = null;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(catalogue.models, this.subject.model);
    this.piece("button").addEventListener("click", () => void this.#open(signal), { signal });
    this.piece("close").addEventListener("click", () => this.#dialog.close(), { signal });
    this.piece("bring").addEventListener("click", () => void this.#bring(), { signal });
    this.#dialog.addEventListener("click", (event) => event.target === this.#dialog && this.#dialog.close(), { signal });
    onKeys({ m: ["Compare and choose a network", () => void this.#open(signal)] }, signal);
  }

  get #dialog() {
    return this.piece("dialog", HTMLDialogElement);
  }

  /** @param {AbortSignal} signal */
  async #open(signal) {
    if (!catalogue.models.value.length) return;
    const [{ ModelComparison }] = await Promise.all([late(() => import("./comparison.js")), styles("models")]);
    if (signal.aborted || this.#dialog.open) return;
    const parts = { rows: this.piece("rows"), plot: this.piece("plot"), card: this.piece("card") };
    this.#comparison ??= new ModelComparison(this.subject, parts, (id) => this.#use(id), (id) => void this.#bring(id));
    this.#comparison.read(this.subject.model.value?.id ?? "");
    this.#dialog.showModal();
    this.#comparison.focus();
  }

  /** @param {string} [id] Of a network that was brought before. */
  async #bring(id) {
    const { askForModel, describeModel } = await late(() => import("./model-import.js"));
    this.#dialog.close();
    await (id ? describeModel(id) : askForModel());
  }

  /** @param {string} id */
  #use(id) {
    this.#dialog.close();
    void switchModel(this.subject, id);
  }

  /** @override */
  paint() {
    const { models } = catalogue;
    const { model } = this.subject;
    // the list learns more of a network that is still being compared
    const shown = models.value.find(({ id }) => id === model.value?.id) ?? model.value ?? models.value[0];
    this.piece("title").textContent = shown?.title ?? "\u2026";
    this.piece("facts").textContent = shown ? facts(shown) : "";
    if (this.#dialog.open) this.#comparison?.paint();
  }
}

customElements.define("model-picker", ModelPicker);
