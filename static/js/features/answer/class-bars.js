import { late } from "../../api/client.js";
import { doubtOf, verdictOf } from "../../state/verdict.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, setText } from "../../widgets/dom.js";

/** @import { ModelDetail } from "../../api/client.js" */
/** @import { TraceView } from "../../state/types.js" */

/** Up to this many classes are all shown; of more, the likeliest. */
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

/** The answer: one bar a class, the likeliest first and in bold, and how far ahead it is. */
export class ClassBars extends BaseElement {
  /** @type {typeof import("../../widgets/opinion.js") | null} What is said beside the bars; it comes when they stand. */
  #beside = null;
  /** Of which it stands there what it knows. @type {ModelDetail | null} */
  #known = null;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(this.subject.shown, this.subject.model, this.subject.opinion);
    void this.#bringBeside(signal);
  }

  /** @param {AbortSignal} signal */
  async #bringBeside(signal) {
    const beside = await late(() => import("../../widgets/opinion.js"));
    if (signal.aborted) return;
    beside.followOpinion(this.subject, signal);
    this.#beside = beside;
    this.requestPaint();
  }

  /** @override */
  paint() {
    const { shown, model } = this.subject;
    const answer = shown.value?.model.id === model.value?.id ? shown.value : null;
    if (model.value && !model.value.classes.length) return void this.#sayOther(model.value);
    this.#head(model.value?.imported?.output_kind === "independent" ? "Each by itself" : "Class probability", "%");
    const labels = this.#labels(model.value?.classes ?? [], answer?.top ?? null);
    this.#tell(answer);
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

  /** @param {ModelDetail} model Whose answer is no classes. */
  async #sayOther(model) {
    this.#head("Answer", "");
    this.#rows(0);
    this.piece("knows").replaceChildren();
    this.#known = null;
    const { otherAnswer } = await late(() => import("./other-answer.js"));
    if (this.subject.model.value !== model) return;
    const line = this.piece("verdict");
    line.hidden = false;
    line.classList.remove("unsure");
    line.replaceChildren(...otherAnswer(model));
  }

  /**
   * @param {string} title
   * @param {string} unit
   */
  #head(title, unit) {
    const [heading, number] = this.parentElement?.querySelector(".dock-head")?.children ?? [];
    if (heading) setText(heading, title);
    if (number) setText(number, unit);
  }

  /** @param {TraceView | null} answer */
  #tell(answer) {
    const line = this.piece("verdict");
    const { model, image } = this.subject;
    const told = answer && doubtOf(this.subject);
    // Of frames that pass there is no time to read a sentence.
    const verdict = answer?.top && told && told.rule !== "none" && image.value?.frame !== "passing" ? verdictOf(answer.top, told) : null;
    line.hidden = !verdict;
    line.classList.toggle("unsure", told?.unsure ?? false);
    const second = answer && told?.opinion && this.#beside?.secondOpinion(this.subject);
    if (verdict) line.replaceChildren(...(second || [h("b", {}, verdict.lead), verdict.rest]));
    const known = this.#beside && model.value;
    if (known !== this.#known) this.piece("knows").replaceChildren(...(known ? (this.#beside?.knows(known) ?? []) : []));
    this.#known = known;
  }

  /**
   * @param {string[]} classes
   * @param {{ label: string }[] | null} top
   * @returns {string[]}
   */
  #labels(classes, top) {
    const ordered = top ? top.map((each) => each.label) : classes;
    return ordered.length <= ALL_UP_TO ? ordered : ordered.slice(0, LIKELIEST);
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
