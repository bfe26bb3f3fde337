import { colormap, paint } from "../../draw/colormap.js";
import { largestOf } from "../../geometry/extremes.js";
import { PRESETS, lengthOf, preset, presetOf, scaledTo, sumOf, turned } from "../../geometry/kernels.js";
import { rounded } from "../../geometry/scale.js";
import { numbersNow, shortest } from "../../state/edits.js";
import { currentTheme } from "../../state/scene.js";
import { h, setAttribute, setHidden, setText } from "../../widgets/dom.js";
import { NumberCells } from "./cells.js";

/** @import { NodeDetail, NpyArray } from "../../api/client.js" */
/** @import { Edit } from "../../state/edits.js" */
/** @import { Editing } from "../../state/editing.js" */

/** @typedef {{ node: NodeDetail, channel: number, edits: readonly Edit[], weights: NpyArray }} Painted */

/** Larger kernels than 7 by 7 are no grid that anybody turns by hand. */
const MOST_CELLS = 49;
/** Inputs whose kernels are changed at once, at most: each is an edit of its own. */
const MOST_INPUTS = 16;
/** Inputs that have a picture each to be chosen by; more of them have a number. */
const MOST_PICTURES = 64;

/** The kernel from one input to the channel that is looked at, its numbers as fields. */
export class KernelGrid {
  #inputs = h("div", { class: "edit-inputs", role: "group", "aria-label": "Kernel for input" });
  #number = h("input", { type: "number", min: 0, value: 0, "aria-label": "Number of the input" });
  #all = h("button", { type: "button" });
  #one = h("button", { type: "button" }, "one");
  #which = h("div", { class: "seg tiny", role: "group", "aria-label": "Buttons change" }, this.#all, this.#one);
  #facts = h("p", { class: "edit-facts num" });
  #presets = h("div", { class: "edit-presets", role: "group", "aria-label": "Presets" });
  #cells;
  #turn;
  #editing;
  /** @type {Painted | null} */
  #now = null;
  #input = 0;
  /** Whether buttons change the kernels of all inputs. */
  #every = true;
  #key = "";

  /** @param {Editing} editing */
  constructor(editing) {
    this.#editing = editing;
    const edit = (/** @type {number[]} */ values) => [this.#edit(this.#input, values)];
    this.#cells = new NumberCells({ done: (values) => void editing.change(edit(values)), trying: (values) => void editing.try(edit(values)) }, "Kernel");
    this.#turn = this.#button("Turn", "A quarter turn clockwise", (cells) => turned(cells, Math.sqrt(cells.length)));
    const tools = h("div", { class: "edit-tools", role: "group", "aria-label": "Change the kernel" });
    tools.append(
      this.#button("Normalise", "As long as the trained one", (cells, trained) => scaledTo(cells, lengthOf(trained))),
      this.#turn,
      this.#button("Negate", "Every number times −1", (cells) => cells.map((cell) => -cell)),
      this.#reset(),
    );
    const head = h("div", { class: "edit-row" }, h("h3", {}, "Kernel"), h("span", { class: "note" }, "for input"), this.#number, this.#which);
    const left = h("div", {}, this.#cells.element, this.#facts);
    this.element = h("div", { class: "edit-kernel" }, head, this.#inputs, h("div", { class: "edit-body" }, left, this.#presets), tools);
    this.#number.addEventListener("change", () => this.#look(Number(this.#number.value)));
    this.#inputs.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest("button") : null;
      if (button) this.#look(Number(button.dataset.input));
    });
    for (const [button, every] of /** @type {const} */ ([[this.#all, true], [this.#one, false]])) {
      button.addEventListener("click", () => {
        this.#every = every;
        this.#write();
      });
    }
  }

  /** @param {number} input */
  #look(input) {
    const [, inputs = 1] = this.#now?.weights.shape ?? [];
    this.#input = Math.max(0, Math.min(inputs - 1, Math.round(input) || 0));
    this.#write();
  }

  /**
   * @param {string} name
   * @param {string} title
   * @param {(cells: number[], trained: number[]) => readonly number[]} make
   */
  #button(name, title, make) {
    const button = h("button", { type: "button", class: "btn small", title }, name);
    button.addEventListener("click", () => void this.#editing.change(this.#chosen().map((input) => this.#edit(input, make(this.#values(input), this.#trained(input))))));
    return button;
  }

  #reset() {
    const button = h("button", { type: "button", class: "btn small", title: "As trained" }, "Reset");
    button.addEventListener("click", () => this.reset());
    return button;
  }

  /** The chosen kernels as they were trained. */
  reset() {
    const { node, channel, edits } = /** @type {Painted} */ (this.#now);
    const chosen = this.#chosen().map((input) => `${channel},${input}`);
    void this.#editing.drop(edits.filter((each) => each.node === node.name && each.what === "weight" && chosen.some((which) => `${each.which},`.startsWith(`${which},`))));
  }

  /**
   * @param {NodeDetail} node
   * @param {number} channel
   * @param {readonly Edit[]} edits
   * @param {NpyArray | null} weights  As trained.
   * @param {(input: number) => string} nameOf
   */
  paint(node, channel, edits, weights, nameOf) {
    const [, inputs = 0, height = 0, width = 0] = weights?.shape ?? [];
    const fits = node.kind === "conv2d" && height === width && height * width <= MOST_CELLS;
    setHidden(this.element, !fits);
    if (!fits || !weights) return;
    this.#now = { node, channel, edits, weights };
    this.#input = Math.min(this.#input, inputs - 1);
    const key = `${node.name}/${inputs}`;
    if (key !== this.#key) this.#lay(inputs, height);
    this.#key = key;
    [...this.#inputs.children].forEach((button, at) => {
      setText(/** @type {Element} */ (button.lastElementChild), nameOf(at));
      setAttribute(button, "title", `Kernel for input ${nameOf(at)}`);
    });
    this.#write();
  }

  /**
   * @param {number} inputs
   * @param {number} side
   */
  #lay(inputs, side) {
    this.#cells.lay(Array.from({ length: side * side }, (_, at) => `Row ${Math.floor(at / side)}, column ${at % side}`), side);
    const pictured = inputs <= MOST_PICTURES;
    const button = (/** @type {number} */ at) => h("button", { type: "button", "data-input": at }, h("canvas", { width: side, height: side }), h("small"));
    this.#inputs.replaceChildren(...(pictured ? Array.from({ length: inputs }, (_, at) => button(at)) : []));
    setHidden(this.#inputs, !pictured || inputs < 2);
    setHidden(this.#number, pictured);
    setAttribute(this.#number, "max", String(inputs - 1));
    setHidden(this.#which, inputs < 2 || inputs > MOST_INPUTS);
    setText(this.#all, `all ${inputs}`);
    setHidden(this.#turn, side < 2);
    this.#presets.replaceChildren(...(side < 3 ? [] : [this.#preset("trained"), ...PRESETS.map((name) => this.#preset(name))]));
  }

  /** @param {typeof PRESETS[number] | "trained"} name */
  #preset(name) {
    const make = (/** @type {number[]} */ cells, /** @type {number[]} */ trained) =>
      name === "trained" ? trained : scaledTo(preset(name, Math.sqrt(cells.length)), lengthOf(trained));
    const button = h("button", { type: "button", "data-preset": name }, h("canvas"), h("span", {}, name));
    button.addEventListener("click", () => {
      if (name === "trained") return this.reset();
      return void this.#editing.change(this.#chosen().map((input) => this.#edit(input, make(this.#values(input), this.#trained(input)))));
    });
    return button;
  }

  /** Inputs whose kernels a button changes. */
  #chosen() {
    const [, inputs = 1] = this.#now?.weights.shape ?? [];
    return this.#every && !this.#which.hidden ? Array.from({ length: inputs }, (_, at) => at) : [this.#input];
  }

  /** @param {number} input */
  #trained(input) {
    const { weights, channel } = /** @type {Painted} */ (this.#now);
    const [, inputs = 1, height = 1, width = 1] = weights.shape;
    const from = (channel * inputs + input) * height * width;
    return Array.from(weights.data.slice(from, from + height * width));
  }

  /** @param {number} input  The numbers as they are edited, or as trained. */
  #values(input) {
    const { node, channel, edits, weights } = /** @type {Painted} */ (this.#now);
    return numbersNow(edits, { node: node.name, what: "weight", at: [channel, input], shape: weights.shape }, this.#trained(input));
  }

  /** @param {number} input @param {readonly number[]} cells @returns {Edit} */
  #edit(input, cells) {
    const { node, channel } = /** @type {Painted} */ (this.#now);
    return { node: node.name, what: "weight", which: `${channel},${input}`, value: cells.map(shortest).join(","), rest: "", off: false };
  }

  #write() {
    if (!this.#now) return;
    const [now, was] = [this.#values(this.#input), this.#trained(this.#input)];
    this.#cells.paint(now);
    setText(this.#facts, `\u03a3 ${rounded(sumOf(now), 3)}  length ${rounded(lengthOf(now), 3)} of ${rounded(lengthOf(was), 3)}`);
    this.#number.value = String(this.#input);
    for (const [button, every] of /** @type {const} */ ([[this.#all, true], [this.#one, false]])) setAttribute(button, "aria-pressed", String(this.#every === every));
    // The kernels of a channel are told apart by how strong they are, too: they share their colours.
    const most = largestOf([...this.#inputs.children].flatMap((_, at) => this.#values(at).map(Math.abs)));
    [...this.#inputs.children].forEach((button, at) => {
      const [values, trained] = [this.#values(at), this.#trained(at)];
      draw(button.querySelector("canvas"), values, most);
      setAttribute(button, "aria-pressed", String(at === this.#input));
      button.classList.toggle("edited", values.some((value, cell) => value !== trained[cell]));
    });
    const same = now.every((value, at) => value === was[at]);
    const name = same ? "trained" : presetOf(now);
    for (const button of this.#presets.children) {
      const own = button instanceof HTMLElement ? button.dataset.preset : "";
      setAttribute(button, "aria-pressed", String(own === name));
      draw(button.querySelector("canvas"), own === "trained" ? was : preset(/** @type {typeof PRESETS[number]} */ (own), Math.sqrt(now.length)));
    }
  }
}

/** @param {HTMLCanvasElement | null} canvas @param {readonly number[]} cells @param {number} [largest]  At the ends of the colours. */
function draw(canvas, cells, largest = largestOf(cells.map(Math.abs))) {
  const side = Math.sqrt(cells.length);
  const most = largest || 1;
  const key = [currentTheme(), most, ...cells].join();
  if (!canvas || canvas.dataset.shows === key) return;
  canvas.dataset.shows = key;
  if (canvas.width !== side) Object.assign(canvas, { width: side, height: side });
  canvas.getContext("2d")?.putImageData(paint(cells, side, side, { low: -most, high: most }, colormap("diverging", currentTheme())), 0, 0);
}
