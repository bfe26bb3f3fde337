import { colormap, colour, cssColour, inkOn } from "../../draw/colormap.js";
import { PRESETS, lengthOf, scaledTo, sumOf, turned } from "../../geometry/kernels.js";
import { rounded } from "../../geometry/scale.js";
import { sameNumbers, shortest } from "../../state/edits.js";
import { currentTheme } from "../../state/scene.js";
import { h, setAttribute, setHidden, setText } from "../../widgets/dom.js";

/** @import { NodeDetail, NpyArray } from "../../api/client.js" */
/** @import { Preset } from "../../geometry/kernels.js" */
/** @import { Edit } from "../../state/edits.js" */

/** @typedef {{ node: NodeDetail, channel: number, edits: Edit[], weights: NpyArray }} Painted */

/** Larger kernels than 7 by 7 are no grid that anybody turns by hand. */
const MOST_CELLS = 49;
/** Inputs whose kernels are changed at once, at most: they all stand in the address. */
const MOST_INPUTS = 16;
/** CSS pixels of dragging for one step of a cell, and how far a finger may tremble before it is a drag. */
const PER_STEP = 4;
const TREMBLE = 4;
const STEP = 0.01;

/** The kernel from one input to the channel that is looked at, its numbers as fields. */
export class KernelGrid {
  #input = h("select", { "aria-label": "Kernel for input" });
  #all = h("input", { type: "checkbox" });
  #allLabel = h("label", {}, this.#all, "all inputs");
  #grid = h("div", { class: "edit-cells" });
  #facts = h("p", { class: "note" });
  #presets = h("div", { class: "edit-presets", role: "group", "aria-label": "Presets" });
  /** @type {HTMLInputElement[]} */
  #cells = [];
  /** @type {Painted | null} */
  #now = null;

  /** @param {Record<"change" | "drop", (edits: Edit[]) => void>} actions */
  constructor({ change, drop }) {
    this.#change = change;
    this.#drop = drop;
    for (const name of /** @type {Preset[]} */ (Object.keys(PRESETS))) this.#presets.append(this.#button(name, (_, trained) => scaledTo(PRESETS[name], lengthOf(trained))));
    const tools = h("div", { class: "edit-presets", role: "group", "aria-label": "Change the kernel" });
    tools.append(
      this.#button("Normalise", (cells, trained) => scaledTo(cells, lengthOf(trained))),
      this.#button("Turn", (cells) => turned(cells, Math.sqrt(cells.length))),
      this.#button("Negate", (cells) => cells.map((cell) => -cell)),
    );
    const reset = h("button", { type: "button", class: "btn small" }, "Reset");
    reset.addEventListener("click", () => this.#drop(this.#inputs().map((input) => this.#edit(input, []))));
    tools.append(reset);
    this.element = h("div", { class: "edit-kernel" }, h("p", { class: "edit-row" }, h("label", {}, "Kernel for input ", this.#input), this.#allLabel), this.#grid, this.#facts, this.#presets, tools);
    this.#input.addEventListener("change", () => this.#write());
    this.#grid.addEventListener("change", () => this.#commit());
    this.#grid.addEventListener("input", () => this.#colour());
    this.#grid.addEventListener("keydown", (event) => this.#key(event));
    this.#grid.addEventListener("pointerdown", (event) => this.#grab(event));
  }

  #change;
  #drop;

  /**
   * @param {string} name
   * @param {(cells: number[], trained: number[]) => readonly number[]} make
   */
  #button(name, make) {
    const button = h("button", { type: "button", class: "btn small" }, name);
    button.addEventListener("click", () => this.#change(this.#inputs().map((input) => this.#edit(input, make(this.#values(input), this.#trained(input))))));
    return button;
  }

  /**
   * @param {NodeDetail} node
   * @param {number} channel
   * @param {Edit[]} edits
   * @param {NpyArray | null} weights  As trained.
   * @param {(input: number) => string} nameOf
   */
  paint(node, channel, edits, weights, nameOf) {
    const [, inputs = 0, height = 0, width = 0] = weights?.shape ?? [];
    const fits = node.kind === "conv2d" && height === width && height * width <= MOST_CELLS;
    setHidden(this.element, !fits);
    if (!fits || !weights) return;
    const other = this.#now?.node.name !== node.name;
    this.#now = { node, channel, edits, weights };
    if (other) this.#input.replaceChildren(...Array.from({ length: inputs }, (_, at) => h("option", { value: at }, nameOf(at))));
    if (other) this.#lay(height);
    setHidden(this.#allLabel, inputs < 2 || inputs > MOST_INPUTS);
    if (this.#allLabel.hidden) this.#all.checked = false;
    setHidden(this.#presets, height !== 3);
    this.#write();
  }

  /** @param {number} side */
  #lay(side) {
    this.#cells = Array.from({ length: side * side }, (_, at) =>
      h("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": `Row ${Math.floor(at / side)}, column ${at % side}` }),
    );
    this.#grid.style.setProperty("--side", String(side));
    this.#grid.replaceChildren(...this.#cells);
  }

  /** Inputs whose kernels a button changes. */
  #inputs() {
    return this.#all.checked ? Array.from(this.#input.options, (_, at) => at) : [Number(this.#input.value)];
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
    const own = this.#now?.edits.find((each) => sameNumbers(each, this.#edit(input, [])));
    return own && !own.off ? own.value.split(",").map(Number) : this.#trained(input);
  }

  /** @param {number} input @param {readonly number[]} cells @returns {Edit} */
  #edit(input, cells) {
    const { node, channel } = /** @type {Painted} */ (this.#now);
    return { node: node.name, what: "weight", which: `${channel},${input}`, value: cells.map(shortest).join(","), rest: "", off: false };
  }

  #write() {
    const input = Number(this.#input.value);
    for (const [at, value] of this.#values(input).entries()) {
      const cell = this.#cells[at];
      if (cell && document.activeElement !== cell) cell.value = shortest(Number(value.toPrecision(4))) === shortest(value) ? shortest(value) : value.toPrecision(4);
    }
    const [now, was] = [this.#values(input), this.#trained(input)];
    setText(this.#facts, `\u03a3 ${rounded(sumOf(now), 3)}, length ${rounded(lengthOf(now), 3)} of ${rounded(lengthOf(was), 3)}`);
    this.#colour();
  }

  /** What the fields say: a field that nobody touched stands for its whole number, not for the digits that it shows. */
  #read() {
    const known = this.#values(Number(this.#input.value));
    return this.#cells.map((cell, at) => {
      const value = known[at] ?? 0;
      const untouched = cell.value === value.toPrecision(4) || cell.value === shortest(value);
      return untouched ? value : Number(cell.value.trim() || NaN);
    });
  }

  #colour() {
    const read = this.#read();
    const most = Math.max(...read.map((value) => Math.abs(value) || 0), 1e-12);
    for (const [at, cell] of this.#cells.entries()) {
      const value = read[at] ?? NaN;
      const rgb = colour(Number.isFinite(value) ? value : 0, { low: -most, high: most }, colormap("diverging", currentTheme()));
      cell.style.background = cssColour(rgb);
      cell.style.color = inkOn(rgb);
      setAttribute(cell, "aria-invalid", Number.isFinite(value) ? null : "true");
    }
  }

  #commit() {
    const read = this.#read();
    this.#colour();
    if (!read.every(Number.isFinite)) return;
    this.#change([this.#edit(Number(this.#input.value), read)]);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const cell = this.#cells.find((each) => each === event.target);
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!cell || !direction || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.#turn(cell, Number(cell.value), direction * STEP * (event.shiftKey ? 10 : 1));
    this.#commit();
  }

  /** @param {HTMLInputElement} cell @param {number} from @param {number} by */
  #turn(cell, from, by) {
    cell.value = String(Number(((from || 0) + by).toFixed(6)));
    this.#colour();
  }

  /** Dragging up and down turns a number like a knob; it is made when it is let go. @param {PointerEvent} down */
  #grab(down) {
    const cell = this.#cells.find((each) => each === down.target);
    if (!cell || down.button !== 0) return;
    const start = Number(cell.value);
    const gesture = new AbortController();
    const { signal } = gesture;
    let moved = false;
    const move = (/** @type {PointerEvent} */ event) => {
      const way = down.clientY - event.clientY;
      if (!moved && Math.abs(way) < TREMBLE) return;
      moved = true;
      cell.setPointerCapture(event.pointerId);
      this.#turn(cell, start, STEP * Math.trunc(way / PER_STEP));
    };
    const end = () => {
      gesture.abort();
      if (moved) this.#commit();
    };
    cell.addEventListener("pointermove", move, { signal });
    for (const over of ["pointerup", "pointercancel"]) cell.addEventListener(over, end, { signal });
  }
}
