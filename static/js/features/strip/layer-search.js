import { shapeText } from "../../geometry/scale.js";
import { viewOf } from "../../layer-views/index.js";
import { selectNode, view } from "../../state/view.js";
import { glyph, h, setAttribute } from "../../widgets/dom.js";
import { styles } from "../../widgets/styles.js";

/** @import { NodeDetail } from "../../api/client.js" */
/** @import { LayerSource } from "../../state/sources.js" */

/** More are not looked through: one types on. */
const MOST = 60;

/**
 * The layers whose name, or kind, holds every word: those whose name begins with the first before the others.
 *
 * @param {readonly NodeDetail[]} nodes
 * @param {string} text
 * @returns {NodeDetail[]}
 */
export function layersNamed(nodes, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const [first = ""] = words;
  const found = nodes.filter((node) => {
    const told = `${node.name} ${viewOf(node.kind).title}`.toLowerCase();
    return words.every((word) => told.includes(word));
  });
  const early = (/** @type {NodeDetail} */ { name }) => Number(!name.toLowerCase().startsWith(first));
  return found.sort((a, b) => early(a) - early(b));
}

/** The window that finds a layer: the name is typed, the arrow keys choose, Enter goes there. */
class LayerSearch {
  #field = h("input", {
    ...{ type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "found-layers", "aria-autocomplete": "list" },
    ...{ "aria-label": "Name of a layer", placeholder: "Name or kind of a layer", autocomplete: "off", spellcheck: "false" },
  });
  #list = h("ul", { id: "found-layers", role: "listbox", "aria-label": "Layers" });
  #said = h("p", { class: "found-none", role: "status" });
  element = h("dialog", { class: "window layer-search", "aria-label": "Find a layer" }, this.#field, this.#list, this.#said);
  /** @type {NodeDetail[]} */
  #found = [];
  #at = 0;
  /** Whose layers are looked through. @type {LayerSource["model"] | null} */
  #model = null;

  constructor() {
    this.#field.addEventListener("input", () => this.#look());
    this.#field.addEventListener("keydown", (event) => this.#key(event));
    this.#list.addEventListener("click", (event) => {
      const option = event.target instanceof Element ? event.target.closest("li") : null;
      if (option) this.#go(option.dataset.node ?? "");
    });
    this.element.addEventListener("click", (event) => event.target === this.element && this.element.close());
  }

  /**
   * @param {LayerSource} source Whose layers are looked through.
   * @param {string} text Typed already; a line of it that has ended is gone to at once.
   */
  open({ model }, text) {
    this.#model = model;
    const [line = "", ended] = text.split("\n");
    this.#field.value = line;
    this.#look();
    if (ended !== undefined) return this.#go(this.#found[this.#at]?.name ?? "");
    if (!this.element.open) this.element.showModal();
    this.#field.focus();
  }

  #look() {
    const nodes = this.#model?.value?.nodes ?? [];
    const all = layersNamed(nodes, this.#field.value);
    this.#found = all.slice(0, MOST);
    const selected = this.#field.value ? -1 : this.#found.findIndex(({ name }) => name === view.selection.value.node);
    this.#list.replaceChildren(...this.#found.map(option));
    this.#said.textContent = all.length ? (all.length > MOST ? `and ${all.length - MOST} more` : "") : "No layer has that in its name.";
    this.#choose(Math.max(0, selected));
  }

  /** @param {number} at */
  #choose(at) {
    this.#at = Math.min(this.#found.length - 1, Math.max(0, at));
    [...this.#list.children].forEach((each, index) => setAttribute(each, "aria-selected", String(index === this.#at)));
    const chosen = this.#list.children[this.#at];
    setAttribute(this.#field, "aria-activedescendant", chosen?.id ?? null);
    chosen?.scrollIntoView({ block: "nearest" });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const step = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (step) this.#choose(this.#at + step);
    else if (event.key === "Enter") this.#go(this.#found[this.#at]?.name ?? "");
    else return;
    event.preventDefault();
  }

  /** @param {string} name */
  #go(name) {
    if (!name) return;
    this.element.close();
    selectNode(this.#model?.value ?? null, name);
  }
}

/**
 * @param {NodeDetail} node
 * @param {number} index
 */
function option(node, index) {
  const { glyph: sign, token, title } = viewOf(node.kind);
  const texts = [h("b", {}, node.name), h("span", {}, title), h("span", { class: "num" }, shapeText(node.output_shape))];
  return h("li", { role: "option", id: `found-${index}`, "data-node": node.name }, glyph(sign, token), ...texts);
}

/** @type {LayerSearch | null} */
let search = null;

/**
 * Open the page's search.
 *
 * @param {LayerSource} source
 * @param {readonly string[]} typed Keys pressed until it is open.
 */
export async function findLayer(source, typed) {
  await styles("search");
  if (!search) {
    search = new LayerSearch();
    document.body.append(search.element);
  }
  search.open(source, typed.map((key) => (key === "Enter" ? "\n" : key)).join(""));
}
