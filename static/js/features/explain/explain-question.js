import { fixed, percent } from "../../geometry/scale.js";
import { askFor, explain } from "../../state/explain.js";
import { className } from "../../state/scene.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, setAttribute, setHidden, setText } from "../../widgets/dom.js";
import { onKeys } from "../../widgets/keys.js";

/** @import { Asking, Place } from "../../state/explain-types.js" */

/** As many classes are listed at once. */
const ROWS = 9;

/** @type {readonly (readonly [Asking, string])[]} */
const WAYS = [["class", "Class"], ["pair", "A not B"], ["channel", "Channel"]];
/** @type {readonly (readonly [Place, string, string])[]} */
const PLACES = [["mean", "Mean", "Over all places"], ["strongest", "Strongest", "Only where it is strongest"]];

/** What is asked: a class, one rather than another, or a channel. */
export class ExplainQuestion extends BaseElement {
  #unit = h("span");
  #ways = WAYS.map(([of, text]) => h("button", { type: "button", "data-of": of }, text));
  #search = h("input", { type: "search", "aria-label": "Any class" });
  #turn = h("button", { class: "btn", type: "button", title: "Ask the other way round (X)" }, "A ⇄ B");
  #find = h("div", { class: "find" }, this.#search, this.#turn);
  #list = h("ol", { class: "classes num" });
  #layer = h("select", { "aria-label": "Layer" });
  #number = h("b", { class: "num" });
  #before = h("button", { class: "btn icon", type: "button", "aria-label": "Channel before" }, "‹");
  #next = h("button", { class: "btn icon", type: "button", "aria-label": "Next channel" }, "›");
  #places = PLACES.map(([place, text, title]) => h("button", { type: "button", title, "data-place": place }, text));
  #note = h("p", { class: "note" });
  #fields = h("div", { class: "fields" },
    field("Layer", this.#layer),
    field("Channel", h("span", { class: "stepper" }, this.#before, this.#number, this.#next)),
    field("Place", h("div", { class: "seg", role: "group", "aria-label": "Place" }, ...this.#places)),
    this.#note);
  #listed = "";

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    const seg = h("div", { class: "seg fill", role: "group", "aria-label": "What is asked" }, ...this.#ways);
    this.replaceChildren(h("div", { class: "dock-head" }, h("h2", {}, "Why"), this.#unit), seg, h("div", { class: "ask-body" }, this.#find, this.#list, this.#fields));
    for (const button of this.#ways) button.addEventListener("click", () => ask(/** @type {Asking} */ (button.dataset.of)), { signal });
    for (const button of this.#places) button.addEventListener("click", () => askFor({ place: /** @type {Place} */ (button.dataset.place) }), { signal });
    this.#search.addEventListener("input", () => this.requestPaint(), { signal });
    this.#turn.addEventListener("click", turn, { signal });
    this.#layer.addEventListener("change", () => askFor({ node: this.#layer.value, channel: 0 }), { signal });
    this.#before.addEventListener("click", () => this.#stepChannel(-1), { signal });
    this.#next.addEventListener("click", () => this.#stepChannel(1), { signal });
    this.#list.addEventListener("click", (event) => this.#chosen(event), { signal });
    onKeys({ x: ["Swap the two classes", turn] }, signal);
    this.watch(this.subject.model, explain.classes, explain.top, explain.ask, explain.question);
  }

  /** @param {number} step */
  #stepChannel(step) {
    const { node, channel } = explain.ask.value;
    const [count = 1] = this.subject.model.value?.nodes.find(({ name }) => name === node)?.output_shape ?? [];
    askFor({ channel: (channel + step + count) % count });
  }

  /** @param {Event} event */
  #chosen(event) {
    const button = event.target instanceof Element && event.target.closest("button");
    if (!button) return;
    const index = Number(button.dataset.class);
    const { of, a } = explain.ask.value;
    if (of === "class") askFor({ a: index });
    else if (index !== (a ?? explain.question.value?.a)) askFor({ a: a ?? explain.question.value?.a ?? 0, b: index });
  }

  /** @override */
  paint() {
    const model = this.subject.model.value;
    const { of } = explain.ask.value;
    const channel = of === "channel";
    for (const button of this.#ways) {
      setAttribute(button, "aria-pressed", String(button.dataset.of === of));
      button.disabled = button.dataset.of !== "channel" && !model?.classes.length;
    }
    setText(this.#unit, channel ? "" : "probability, %");
    setHidden(this.#find, channel);
    setHidden(this.#list, channel);
    setHidden(this.#turn, of !== "pair");
    setHidden(this.#fields, !channel);
    if (channel) this.#paintChannel();
    else this.#paintClasses();
  }

  #paintClasses() {
    const model = this.subject.model.value;
    const top = explain.top.value;
    this.#search.placeholder = `Any of ${model?.classes.length ?? 0} classes`;
    const wanted = this.#search.value.trim().toLowerCase();
    const { of, a, b } = explain.ask.value;
    const first = a ?? explain.question.value?.a ?? null;
    const found = top.filter(({ label }) => className(label).toLowerCase().includes(wanted)).slice(0, ROWS);
    const key = JSON.stringify([found, of, first, b]);
    if (key === this.#listed) return;
    this.#listed = key;
    const focused = this.#list.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.class : "";
    this.#list.replaceChildren(...found.map(({ label, probability }) => {
      const index = model?.classes.indexOf(label) ?? -1;
      const side = index === first ? "a" : of === "pair" && index === b ? "b" : "";
      const bar = h("i");
      bar.style.setProperty("--share", String(probability));
      const button = h("button", { type: "button", class: side && `is-${side}`, "aria-pressed": String(!!side), "data-class": index },
        h("em", {}, of === "pair" ? side.toUpperCase() : ""), h("span", { title: className(label) }, className(label)), bar, h("b", {}, percent(probability).replace(/\s?%$/, "")));
      return h("li", {}, button);
    }));
    if (focused) /** @type {HTMLElement | null} */ (this.#list.querySelector(`[data-class="${focused}"]`))?.focus();
  }

  #paintChannel() {
    const model = this.subject.model.value;
    const { node, channel, place } = explain.ask.value;
    const names = model?.nodes.filter(({ kind }) => kind !== "input").map(({ name }) => name) ?? [];
    if (this.#layer.dataset.of !== model?.id) {
      this.#layer.dataset.of = model?.id ?? "";
      this.#layer.replaceChildren(...names.map((name) => h("option", { value: name }, name)));
    }
    this.#layer.value = node;
    setText(this.#number, String(channel));
    for (const button of this.#places) setAttribute(button, "aria-pressed", String(button.dataset.place === place));
    const told = explain.question.value;
    const known = told?.of === "channel" && told.node === node && told.channel === channel;
    this.#note.replaceChildren(...(known ? [h("b", { class: "num" }, fixed(told.value, 3)), placeWords(told.place)] : []));
  }
}

/** @param {Asking} of */
function ask(of) {
  if (of !== "pair") return askFor({ of });
  const top = explain.top.value;
  const classes = explain.classes.value;
  const a = explain.ask.value.a ?? explain.question.value?.a ?? classes.indexOf(top[0]?.label ?? "");
  const second = top.map(({ label }) => classes.indexOf(label)).find((index) => index !== a) ?? null;
  const { b } = explain.ask.value;
  return askFor({ of, a, b: b === null || b === a ? second : b });
}

function turn() {
  const { of, a, b } = explain.ask.value;
  if (of !== "pair") return false;
  return askFor({ a: b, b: a });
}

/** @param {import("../../state/explain-types.js").Question["place"]} place */
function placeWords(place) {
  if (typeof place === "string") return " is its mean over all places on this photo.";
  return ` is its strongest value, in row ${place[0]}, column ${place[1]}.`;
}

/** @param {string} name @param {HTMLElement} control */
function field(name, control) {
  return h("div", { class: "field" }, h("span", {}, name), control);
}

customElements.define("explain-question", ExplainQuestion);
