import { grouped, TIMES } from "../geometry/scale.js";
import { setModel } from "../state/loading.js";
import { session } from "../state/session.js";
import { BaseElement } from "./base-element.js";
import { h } from "./dom.js";

/** @import { ModelSummary } from "../api/client.js" */

/**
 * @param {ModelSummary} model
 * @returns {string}
 */
function facts({ parameter_count: parameters, accuracy }) {
  const size = `${grouped(parameters)} parameters`;
  if (!accuracy) return size;
  return `${size} \u00b7 ${(accuracy.top1 * 100).toFixed(1)}\u202f% of ${grouped(accuracy.n)} held-out photos`;
}

/** The model on screen; its button opens a list of all of them. */
export class ModelPicker extends BaseElement {
  /** Index of the option that the keyboard is on. */
  #active = 0;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(session.models, session.model);
    const options = { signal };
    this.#button.addEventListener("click", () => (this.#open ? this.#hide() : this.#show()), options);
    this.#button.addEventListener("keydown", (event) => this.#buttonKey(event), options);
    this.#list.addEventListener("keydown", (event) => this.#listKey(event), options);
    this.#list.addEventListener("click", (event) => this.#click(event), options);
    addEventListener("pointerdown", (event) => this.#outside(event), options);
    this.#list.addEventListener("focusout", (event) => this.#blur(event), options);
  }

  get #button() {
    return this.piece("button");
  }

  get #list() {
    return this.piece("list");
  }

  get #open() {
    return this.#list.matches(":popover-open");
  }

  #show() {
    this.#active = Math.max(0, session.models.value.findIndex((each) => each.id === session.model.value?.id));
    this.#list.showPopover();
    this.#button.setAttribute("aria-expanded", "true");
    this.#place();
    this.paint();
    this.#list.focus();
  }

  #hide() {
    if (!this.#open) return;
    const inside = this.#list.contains(document.activeElement);
    this.#list.hidePopover();
    this.#button.setAttribute("aria-expanded", "false");
    if (inside) this.#button.focus();
  }

  /** Under the button, right edges in line, inside the window. */
  #place() {
    const box = this.#button.getBoundingClientRect();
    this.#list.style.top = `${box.bottom + 4}px`;
    this.#list.style.right = `${Math.max(8, document.documentElement.clientWidth - box.right)}px`;
  }

  /** @param {PointerEvent} event */
  #outside(event) {
    if (this.#open && !this.contains(/** @type {Node} */ (event.target))) this.#hide();
  }

  /** @param {FocusEvent} event */
  #blur(event) {
    if (!this.contains(/** @type {Node | null} */ (event.relatedTarget))) this.#hide();
  }

  /** @param {KeyboardEvent} event */
  #buttonKey(event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    event.stopPropagation();
    this.#show();
  }

  /** @param {KeyboardEvent} event */
  #listKey(event) {
    const last = session.models.value.length - 1;
    const at = this.#active;
    const moves = { ArrowDown: Math.min(last, at + 1), ArrowUp: Math.max(0, at - 1), Home: 0, End: last };
    event.stopPropagation();
    if (event.key in moves) {
      this.#active = moves[/** @type {keyof typeof moves} */ (event.key)];
      this.paint();
    } else if (event.key === "Enter" || event.key === " ") this.#choose(at);
    else if (event.key === "Escape") this.#hide();
    else if (event.key.length === 1) this.#find(event.key);
    else return;
    event.preventDefault();
  }

  /** @param {string} letter  The next model whose title starts with it. */
  #find(letter) {
    const models = session.models.value;
    const starts = (/** @type {ModelSummary} */ model) => model.title.toLowerCase().startsWith(letter.toLowerCase());
    const order = models.map((_, step) => (this.#active + 1 + step) % models.length);
    this.#active = order.find((index) => starts(/** @type {ModelSummary} */ (models[index]))) ?? this.#active;
    this.paint();
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const option = /** @type {Element} */ (event.target).closest("[role=option]");
    if (option) this.#choose([...this.#list.children].indexOf(option));
  }

  /** @param {number} index */
  #choose(index) {
    const model = session.models.value[index];
    this.#hide();
    if (model) void setModel(model.id);
  }

  /** @override */
  paint() {
    const { models, model } = session;
    const shown = model.value ?? models.value[0];
    this.piece("title").textContent = shown?.title ?? "\u2026";
    this.piece("facts").textContent = shown ? facts(shown) : "";
    this.#list.replaceChildren(...models.value.map((each, index) => this.#option(each, index)));
    const active = this.#list.children[this.#active];
    if (active) this.#list.setAttribute("aria-activedescendant", active.id);
    if (this.#open) active?.scrollIntoView({ block: "nearest" });
  }

  /**
   * @param {ModelSummary} model
   * @param {number} index
   */
  #option(model, index) {
    const { width, height } = model.input;
    const text = `${facts(model)} \u00b7 ${model.classes.length} classes \u00b7 ${width}${TIMES}${height} px`;
    return h(
      "li",
      {
        id: `model-option-${index}`,
        role: "option",
        class: index === this.#active && "active",
        "aria-selected": String(model.id === session.model.value?.id),
      },
      h("b", {}, model.title),
      h("span", { class: "num" }, text),
    );
  }
}

customElements.define("model-picker", ModelPicker);
