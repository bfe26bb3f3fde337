import { largestOf } from "../../geometry/extremes.js";
import { numbersNow, shortest } from "../../state/edits.js";
import { fixed, grouped, rounded } from "../../geometry/scale.js";
import { lengthOf } from "../../geometry/kernels.js";
import { inks } from "../../widgets/canvases.js";
import { h, setAttribute, setHidden, setText } from "../../widgets/dom.js";
import { NumberCells } from "./cells.js";
import { pixelRatio } from "../../widgets/zoom.js";

/** @import { NodeDetail, NpyArray } from "../../api/client.js" */
/** @import { Edit } from "../../state/edits.js" */
/** @import { Editing } from "../../state/editing.js" */

/** @typedef {{node: NodeDetail, at: number, edits: readonly Edit[], weights: NpyArray, values: Float32Array | null, name: string}} Row */

/** Weights that stand as fields at once. */
const MANY = 6;
const HEIGHT = 72;

/** The weights of one value of a dense layer, as of a class: all as bars, some as fields, those that say most or in order. */
export class WeightRow {
  #title = h("h3");
  #bars = h("canvas", { class: "edit-bars", height: HEIGHT, role: "slider", tabindex: 0, "aria-label": "Weight", "aria-valuemin": 0 });
  #order = h("select", { "aria-label": "Order of the weights" }, h("option", { value: "most" }, "what adds most first"), h("option", { value: "number" }, "by number"));
  #cells;
  #names = h("div", { class: "edit-names num" });
  #products = h("div", { class: "edit-products num" });
  #facts = h("p", { class: "edit-facts num" });
  #first = 0;
  /** @type {Row | null} */
  #now = null;
  /** @type {number[]} The weights that stand as fields. */
  #shown = [];
  #laid = 0;

  /** @param {Editing} editing */
  constructor(editing) {
    this.editing = editing;
    this.#cells = new NumberCells({ done: (values) => void editing.change(this.#changed(values)), trying: (values) => void editing.try(this.#changed(values)) }, "Weights");
    const head = h("div", { class: "edit-row" }, this.#title, this.#order);
    const table = h("div", { class: "edit-weights" }, this.#names, this.#cells.element, this.#products);
    const tools = h("div", { class: "edit-tools", role: "group", "aria-label": "Change all weights" });
    tools.append(this.#button("Zero", () => [0]), this.#button("Negate", (values) => values.map((value) => -value)), this.#reset());
    this.element = h("div", { class: "edit-kernel" }, head, this.#bars, table, this.#facts, tools);
    this.#order.addEventListener("change", () => {
      this.#first = 0;
      this.#write();
    });
    for (const type of /** @type {const} */ (["pointerdown", "pointermove"])) this.#bars.addEventListener(type, (event) => (event.buttons & 1) && this.#point(event));
    this.#bars.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {string} name @param {(values: number[]) => number[]} make */
  #button(name, make) {
    const button = h("button", { type: "button", class: "btn small" }, name);
    button.addEventListener("click", () => {
      const { node, at } = /** @type {Row} */ (this.#now);
      void this.editing.change([{ ...EMPTY, node: node.name, which: String(at), value: make(this.#values()).map(shortest).join() }]);
    });
    return button;
  }

  #reset() {
    const button = h("button", { type: "button", class: "btn small", title: "As trained" }, "Reset");
    button.addEventListener("click", () => {
      const { node, at, edits } = /** @type {Row} */ (this.#now);
      void this.editing.drop(edits.filter((each) => each.node === node.name && each.what === "weight" && `${each.which},`.startsWith(`${at},`)));
    });
    return button;
  }

  /** @param {Row | null} row  null: it is no dense layer, or its weights are not here. */
  paint(row) {
    setHidden(this.element, !row);
    if (!row) return;
    if (row.node.name !== this.#now?.node.name || row.at !== this.#now.at) this.#first = 0;
    this.#now = row;
    this.#write();
  }

  #trained() {
    const { at, weights } = /** @type {Row} */ (this.#now);
    const [, count = 1] = weights.shape;
    return Array.from(weights.data.slice(at * count, (at + 1) * count));
  }

  #values() {
    const { node, at, edits, weights } = /** @type {Row} */ (this.#now);
    return numbersNow(edits, { node: node.name, what: "weight", at: [at], shape: weights.shape }, this.#trained());
  }

  #write() {
    const { node, values, name } = /** @type {Row} */ (this.#now);
    const [now, was] = [this.#values(), this.#trained()];
    const says = (/** @type {number} */ at) => Math.abs((now[at] ?? 0) * (values?.[at] ?? 1));
    const order = Array.from(now, (_, at) => at);
    // What is being turned keeps its place: the order is that of the trained weights.
    if (this.#order.value === "most") order.sort((a, b) => Math.abs((was[b] ?? 0) * (values?.[b] ?? 1)) - Math.abs((was[a] ?? 0) * (values?.[a] ?? 1)));
    this.#shown = order.slice(Math.min(this.#first, Math.max(0, now.length - MANY)), this.#first + MANY);
    if (this.#shown.length !== this.#laid) this.#cells.lay(this.#shown.map((_, at) => `Weight ${at + 1} of those shown`), 1);
    this.#laid = this.#shown.length;
    this.#cells.paint(this.#shown.map((at) => now[at] ?? NaN));
    this.#names.replaceChildren(...this.#shown.map((at) => h("span", {}, `${node.inputs[0]} ${at}`)));
    this.#products.replaceChildren(...this.#shown.map((at) => h("span", {}, values ? `\u00d7 ${fixed(values[at] ?? NaN, 3)} = ${fixed((now[at] ?? NaN) * (values[at] ?? NaN), 3)}` : "")));
    setText(this.#title, `Weights of ${name}`);
    setText(this.#facts, `${grouped(now.length)} weights  length ${rounded(lengthOf(now), 3)} of ${rounded(lengthOf(was), 3)}`);
    const strongest = now.reduce((best, _, at) => (says(at) > says(best) ? at : best), 0);
    setAttribute(this.#bars, "aria-valuemax", String(now.length - 1));
    setAttribute(this.#bars, "aria-valuenow", String(this.#shown[0] ?? 0));
    setAttribute(this.#bars, "aria-valuetext", `${node.inputs[0]} ${this.#shown[0] ?? 0}; ${strongest} says most`);
    this.#draw(now);
  }

  /** @param {readonly number[]} values  Of several that share a pixel the one furthest from 0 is seen. */
  #draw(values) {
    const width = Math.max(1, Math.round(this.#bars.clientWidth));
    const ratio = pixelRatio();
    if (this.#bars.width !== width * ratio) Object.assign(this.#bars, { width: width * ratio, height: HEIGHT * ratio });
    const context = this.#bars.getContext("2d");
    if (!context) return;
    const { colours } = inks();
    const most = Math.max(largestOf(values.map(Math.abs)), 1e-12);
    const each = width / values.length;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, HEIGHT);
    values.forEach((value, at) => {
      context.fillStyle = colours[value < 0 ? "neg" : "pos"] ?? "";
      context.fillRect(at * each, HEIGHT / 2, Math.max(each > 3 ? each - 1 : each, 0.5), (-value / most) * (HEIGHT / 2 - 2));
    });
    context.fillStyle = colours["line-2"] ?? "";
    context.fillRect(0, HEIGHT / 2, width, 1);
    context.fillStyle = colours.ink ?? "";
    for (const at of this.#shown) context.fillRect((at + 0.5) * each - 1, HEIGHT - 4, 2, 4);
  }

  /** @param {readonly number[]} read @returns {Edit[]} */
  #changed(read) {
    const { node, at } = /** @type {Row} */ (this.#now);
    const now = this.#values();
    return this.#shown.flatMap((input, place) => {
      const value = read[place] ?? NaN;
      return value === now[input] ? [] : [{ ...EMPTY, node: node.name, which: `${at},${input}`, value: shortest(value) }];
    });
  }

  /** @param {PointerEvent} event */
  #point(event) {
    const box = this.#bars.getBoundingClientRect();
    this.#look(Math.floor(((event.clientX - box.left) / box.width) * this.#values().length) - (MANY >> 1));
  }

  /** @param {number} first */
  #look(first) {
    this.#order.value = "number";
    this.#first = Math.max(0, Math.min(this.#values().length - MANY, first));
    this.#write();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowRight: 1, PageUp: -MANY, PageDown: MANY, Home: -Infinity, End: Infinity })[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.#look((this.#order.value === "number" ? this.#first : 0) + step);
  }
}

const EMPTY = { what: "weight", rest: "", off: false };
