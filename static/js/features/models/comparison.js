import { compact, grouped } from "../../geometry/scale.js";
import { catalogue } from "../../state/catalogue.js";
import { h } from "../../widgets/dom.js";
import { cardOf } from "./card.js";
import { plotOf } from "./plot.js";

/** @import { ModelSummary } from "../../api/client.js" */
/** @import { Subject } from "../../state/subject.js" */

const NONE = "\u2013";

/** @param {number} bytes */
const kilobytes = (bytes) => (bytes ? `${grouped(bytes / 1000)} kB` : "none");

/** @param {ModelSummary} model */
function trainingOf({ imported, card: { epochs, hours, size_bytes: bytes } }) {
  if (imported || (!epochs && bytes)) return NONE;
  if (!epochs) return "none";
  return `${grouped(epochs)} epochs${hours ? `, ${hours.toFixed(1)} h` : ""}`;
}

/** All models beside each other: a table, a plot, and the card of the one that is read. */
export class ModelComparison {
  #read = "";

  /**
   * @param {Subject} subject Who looks with one of them.
   * @param {{rows: HTMLElement, plot: HTMLElement, card: HTMLElement}} parts
   * @param {(id: string) => void} use Look with this model.
   * @param {(id: string) => void} describe Change or remove one that was brought.
   */
  constructor(subject, parts, use, describe) {
    this.subject = subject;
    this.parts = parts;
    this.use = use;
    this.describe = describe;
  }

  /**
   * Show the card of a model; nothing is loaded for that.
   *
   * @param {string} id
   */
  read(id) {
    this.#read = id;
    this.paint();
  }

  /** Put the focus on the model that is read. */
  focus() {
    this.#button(this.#read)?.focus();
  }

  /** @param {string} id @returns {HTMLElement | null} */
  #button(id) {
    return this.parts.rows.querySelector(`[data-model="${CSS.escape(id)}"] th button`);
  }

  paint() {
    const models = catalogue.models.value;
    const focused = document.activeElement;
    const inRow = focused?.closest("tr")?.dataset.model;
    const inPlot = focused?.getAttribute("data-point");
    this.parts.rows.replaceChildren(...models.map((model) => this.#row(model)));
    this.parts.plot.replaceChildren(plotOf(models, this.#read, (id) => this.read(id)));
    const model = models.find(({ id }) => id === this.#read);
    if (model) this.parts.card.replaceChildren(...cardOf(model, () => this.describe(model.id)));
    if (inRow) this.#button(inRow)?.focus();
    if (inPlot) /** @type {SVGElement | null} */ (this.parts.plot.querySelector(`[data-point="${CSS.escape(inPlot)}"]`))?.focus();
  }

  /** @param {ModelSummary} model */
  #row(model) {
    const { id, title, accuracy, parameter_count: parameters, macs, card, imported } = model;
    const shows = imported ? "Yours, from an ONNX file." : model.shows;
    const read = id === this.#read;
    const used = id === this.subject.model.value?.id;
    const name = h("button", { type: "button", "aria-pressed": String(read) }, h("b", {}, title), h("span", {}, shows));
    name.addEventListener("click", () => this.read(id));
    name.addEventListener("dblclick", () => this.use(id));
    const use = h("button", { type: "button", class: "btn", disabled: used }, used ? "In use" : "Use");
    use.setAttribute("aria-label", used ? `${title} is in use` : `Use ${title}`);
    use.addEventListener("click", () => this.use(id));
    return h(
      "tr",
      { "data-model": id, class: read && "selected" },
      h("th", { scope: "row" }, name),
      cell("Top-1", accuracy ? `${(100 * accuracy.top1).toFixed(1)}\u202f%` : NONE, "strong"),
      cell("of images", accuracy ? grouped(accuracy.n) : NONE),
      cell("Parameters", compact(parameters), "", grouped(parameters)),
      cell("Multiply-adds", compact(macs), "", grouped(macs)),
      cell("File", kilobytes(card.size_bytes)),
      cell("Training", trainingOf(model)),
      h("td", { class: "use" }, use),
    );
  }
}

/**
 * @param {string} label For phones, where a row is a block.
 * @param {string} text
 * @param {string} [className]
 * @param {string} [title] The number in full.
 */
const cell = (label, text, className = "", title = "") =>
  h("td", { class: className || false, "data-label": label, title: title || false }, text);
