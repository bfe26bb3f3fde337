import { session } from "../state/session.js";
import { BaseElement } from "./base-element.js";
import { h, setText } from "./dom.js";

/** Up to this many classes keep the model's own order; of more, the likeliest are shown. */
const ALL_UP_TO = 12;
const LIKELIEST = 10;
/** Below this a bar would say 0.0 and be wrong. */
const SMALLEST = 0.0005;

/**
 * @param {number} probability
 * @returns {string}  Per cent.
 */
function percent(probability) {
  return probability < SMALLEST ? "<0.1" : (probability * 100).toFixed(1);
}

/** The answer: one bar a class, the likeliest in bold. */
export class ClassBars extends BaseElement {
  /** @override */
  connected() {
    this.watch(session.shown, session.model);
  }

  /** @override */
  paint() {
    const { shown, model } = session;
    const answer = shown.value?.model.id === model.value?.id ? shown.value : null;
    const labels = this.#labels(model.value?.classes ?? [], answer?.top ?? null);
    const probabilities = new Map(answer?.top?.map((each) => [each.label, each.probability]));
    const rows = this.#rows(labels.length);
    labels.forEach((label, index) => {
      const row = /** @type {HTMLElement} */ (rows[index]);
      const probability = probabilities.get(label);
      const [name, track, value] = /** @type {HTMLElement[]} */ ([...row.children]);
      row.classList.toggle("best", label === answer?.top?.[0]?.label);
      if (!name || !track || !value) return;
      name.title = label.replaceAll("_", " ");
      setText(name, name.title);
      track.style.setProperty("--share", String(probability ?? 0));
      setText(value, probability === undefined ? "\u2013" : percent(probability));
    });
  }

  /**
   * @param {string[]} classes
   * @param {{ label: string }[] | null} top
   * @returns {string[]}
   */
  #labels(classes, top) {
    if (classes.length <= ALL_UP_TO) return classes;
    return top ? top.slice(0, LIKELIEST).map((each) => each.label) : classes.slice(0, LIKELIEST);
  }

  /**
   * Rows stay the same nodes, so that a bar grows from where it was.
   *
   * @param {number} count
   * @returns {Element[]}
   */
  #rows(count) {
    const list = this.piece("list");
    while (list.children.length > count) list.lastElementChild?.remove();
    while (list.children.length < count) {
      list.append(h("li", {}, h("span"), h("i", { "aria-hidden": "true" }), h("b", { class: "num" })));
    }
    return [...list.children];
  }
}

customElements.define("class-bars", ClassBars);
