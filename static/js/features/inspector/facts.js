import { fixed, grouped, percent, rounded, shapeText, TIMES } from "../../geometry/scale.js";
import { viewOf } from "../../layer-views/index.js";
import { MEANS, by, sharing } from "../../layer-views/words.js";
import { channelSummary } from "../../state/scene.js";
import { selectNode } from "../../state/view.js";
import { h, setText } from "../../widgets/dom.js";
import { term } from "../../widgets/terms.js";

/** @import { ModelDetail, NodeDetail } from "../../api/client.js" */
/** @import { LayerSource } from "../../state/sources.js" */
/** @import { Activation } from "../../state/types.js" */

/** What is told of values, from the top down. */
const FIGURES = ["smallest", "largest", "mean", "standard deviation", "share of zeros"];

/** What there is to know of a layer besides its picture: its values in figures, what it is, what it costs. */
export class InspectorFacts {
  #values = h("table", { class: "fact-table" });
  #facts = h("dl", { class: "fact-list" });
  /** The numbers of the table. @type {HTMLElement[][]} */
  #cells = [];
  #valuesKey = "";
  /** @type {Activation | null} */
  #activation = null;
  /** @type {NodeDetail | null} */
  #node = null;

  /**
   * @param {LayerSource} source
   * @param {AbortSignal} signal
   */
  constructor({ model }, signal) {
    this.element = h(
      "div",
      { class: "inspector-facts", "data-lesson": "facts" },
      h("h3", {}, "Values"),
      this.#values,
      h("h3", {}, "Layer"),
      this.#facts,
    );
    this.#facts.addEventListener(
      "click",
      (event) => {
        const link = event.target instanceof Element ? event.target.closest("[data-goto]") : null;
        if (link instanceof HTMLElement) selectNode(model.value, link.dataset.goto ?? "");
      },
      { signal },
    );
  }

  /**
   * @param {ModelDetail} model
   * @param {NodeDetail} node
   * @param {Activation} activation
   * @param {number} channel
   */
  paint(model, node, activation, channel) {
    const key = `${node.name}/${channel}`;
    if (activation !== this.#activation || key !== this.#valuesKey) {
      this.#activation = activation;
      this.#valuesKey = key;
      this.#writeValues(figures(activation, node.output_shape.length > 1 ? channelSummary(activation, channel) : null));
    }
    if (node === this.#node) return;
    this.#node = node;
    this.#writeFacts(facts(model, node));
  }

  /** @param {string[][]} rows Of the whole layer, and of one map before it where there are maps. */
  #writeValues(rows) {
    const width = rows[0]?.length ?? 0;
    if (this.#cells[0]?.length !== width) {
      const heads = ["this map", "whole layer"].slice(-width).map((text) => h("th", { scope: "col" }, text));
      this.#cells = rows.map((texts) => texts.map(() => h("td")));
      const lines = this.#cells.map((cells, at) => h("tr", {}, h("th", { scope: "row" }, FIGURES[at] ?? ""), ...cells));
      this.#values.replaceChildren(h("thead", {}, h("tr", {}, h("td"), ...heads)), h("tbody", {}, ...lines));
    }
    rows.forEach((texts, at) => texts.forEach((text, side) => setText(/** @type {Node} */ (this.#cells[at]?.[side]), text)));
  }

  /** @param {readonly [Node | string, Node | string][]} rows */
  #writeFacts(rows) {
    const list = this.#facts;
    while (list.children.length > 2 * rows.length) list.lastElementChild?.remove();
    while (list.children.length < 2 * rows.length) list.append(h("dt"), h("dd"));
    rows.flat().forEach((value, at) => {
      const told = /** @type {Element} */ (list.children[at]);
      if (typeof value === "string" && !told.firstElementChild) setText(told, value);
      else told.replaceChildren(value);
    });
  }
}

/**
 * @param {Activation} activation
 * @param {ReturnType<typeof channelSummary> | null} own Of one map.
 * @returns {string[][]} A row for each of `FIGURES`.
 */
function figures({ min, max, mean, std, zeroFraction }, own) {
  const rows = [
    [figure(own?.min), figure(min)],
    [figure(own?.max), figure(max)],
    [figure(own?.mean), figure(mean)],
    [figure(own?.std), figure(std)],
    [own ? percent(own.zeros / own.count) : "", percent(zeroFraction)],
  ];
  return own ? rows : rows.map(([, layer = ""]) => [layer]);
}

/** @param {number | undefined} value */
function figure(value) {
  if (value === undefined) return "–";
  return value === 0 || (Math.abs(value) >= 0.001 && Math.abs(value) < 1e5) ? fixed(value, 4) : rounded(value);
}

/**
 * @param {ModelDetail} model
 * @param {NodeDetail} node
 * @returns {[Node | string, Node | string][]} What, and how much.
 */
function facts(model, node) {
  const readers = model.nodes.filter((each) => each.inputs.includes(node.name)).map((each) => each.name);
  /** @type {[Node | string, Node | string][]} */
  const rows = [["output", shapeText(node.output_shape)]];
  if (node.inputs.length) rows.push(["reads", links(node.inputs)]);
  if (readers.length) rows.push(["read by", links(readers)]);
  rows.push(...viewOf(node.kind).settings(node));
  rows.push(["parameters", node.parameter_count ? parameters(node) : "none"]);
  rows.push(["multiply-adds", node.macs ? grouped(node.macs) : "none"]);
  if (node.inputs.length) rows.push(["receptive field", fieldWords(node.receptive_field, model.input)]);
  const maps = node.output_shape.length > 1 ? MEANS.map : undefined;
  /** @type {Record<string, string | undefined>} */
  const says = { output: maps, filters: MEANS.filter, parameters: sharing(node), "receptive field": MEANS.field };
  return rows.map(([name, value]) => [typeof name === "string" && says[name] ? term(name, says[name]) : name, value]);
}

/** @param {readonly string[]} names */
function links(names) {
  const list = h("span", { class: "fact-links" });
  list.append(...names.map((name) => h("button", { type: "button", class: "fact-link", "data-goto": name }, name)));
  return list;
}

/** @param {NodeDetail} node */
function parameters(node) {
  const shapes = Object.entries(node.parameters).map(([name, shape]) => {
    const own = name.startsWith(`${node.name}.`) ? name.slice(node.name.length + 1) : name;
    return h("span", { class: "fact-line" }, `${own} ${shape.map(grouped).join(TIMES)}`);
  });
  return h("span", {}, h("span", { class: "fact-line" }, grouped(node.parameter_count)), ...shapes);
}

/**
 * @param {NodeDetail["receptive_field"]} field
 * @param {ModelDetail["input"]} input
 */
export function fieldWords({ size, stride, offset }, input) {
  if (stride.every((step) => step === 0)) {
    if (size[0] === input.height && size[1] === input.width) return `${by(size)} px, the whole photo`;
    return `up to ${by(size)} px; it differs from value to value, exact in the outline on the photo`;
  }
  const moves = stride[0] === stride[1] ? `${stride[0]}` : by(stride);
  const first = offset.every((start) => start === 0)
    ? "in the corner"
    : `at row ${signed(offset[0])}, column ${signed(offset[1])}`;
  return `${by(size)} px; moves ${moves} px a value; the first begins ${first}`;
}

/** @param {number} value */
const signed = (value) => fixed(value, Number.isInteger(value) ? 0 : 1);
