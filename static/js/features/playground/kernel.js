import { colormap, colour, cssColour, inkOn } from "../../draw/colormap.js";
import { largestOf } from "../../geometry/extremes.js";
import { FILTERS, cellValue } from "../../geometry/filters.js";
import { canUndo, isTrained, pickFilter, pickTrained, resetKernel, setBias, setCell, setPlane, sideOf, undo } from "../../state/playground.js";
import { currentTheme } from "../../state/scene.js";
import { h, setAttribute, setText } from "../../widgets/dom.js";
import { LUMA_TEXT, planesOf } from "./photo.js";
import { filterCount, settingsOf } from "./trained.js";

/** @import { NodeDetail } from "../../api/client.js" */
/** @import { FilterName } from "../../geometry/filters.js" */
/** @import { PlaneName, Playground } from "../../state/playground.js" */
/** @import { Photo } from "./photo.js" */

/** CSS pixels of dragging for one step of a cell, and how far a finger may tremble before it is a drag. */
const PER_STEP = 8;
const TREMBLE = 4;

/** @type {Record<PlaneName, string>} */
const PLANE_NAMES = { rgb: "RGB", grey: "grey", red: "red", green: "green", blue: "blue" };

/** Which filter, laid on which plane of the photo, and its cells as fields. */
export class KernelEditor {
  #filters = h("select", { id: "play-filter" });
  #planes = h("div", { class: "seg play-planes", role: "group", "aria-label": "Laid on" });
  #slices = h("div", { class: "play-slices" });
  #bias = h("input", { id: "play-bias", inputmode: "decimal", autocomplete: "off", size: 12 });
  #units = h("p", { class: "play-note" });
  #undo = h("button", { type: "button", class: "btn" }, "Undo");
  #reset = h("button", { type: "button", class: "btn" }, "Reset");
  /** @type {HTMLInputElement[]} */
  #cells = [];
  #shape = "";
  #offered = "";
  /** @type {NodeDetail | null} */
  #node = null;

  /** @param {AbortSignal} signal */
  constructor(signal) {
    const options = { signal };
    this.element = h(
      "section",
      { class: "play-kernel", "aria-label": "Kernel" },
      h("label", { class: "play-label", for: "play-filter" }, "Kernel"),
      this.#filters,
      this.#planes,
      this.#slices,
      h("p", { class: "play-bias" }, h("label", { for: "play-bias" }, "Bias"), this.#bias),
      h("p", { class: "play-buttons" }, this.#undo, this.#reset),
      this.#units,
    );
    this.#filters.addEventListener("change", () => this.#pick(), options);
    this.#planes.addEventListener("click", (event) => choosePlane(event), options);
    this.#bias.addEventListener("input", () => setBias(this.#bias.value), options);
    this.#undo.addEventListener("click", undo, options);
    this.#reset.addEventListener("click", resetKernel, options);
    this.#slices.addEventListener("input", (event) => this.#typed(event), options);
    this.#slices.addEventListener("keydown", (event) => this.#key(event), options);
    this.#slices.addEventListener("pointerdown", (event) => this.#grab(event, signal), options);
  }

  #pick() {
    const name = this.#filters.value;
    const node = this.#node;
    if (!name.startsWith("trained-")) pickFilter(/** @type {FilterName} */ (name));
    else if (node) pickTrained(Number(name.slice("trained-".length)), this.#channels === 3 ? "rgb" : "grey", settingsOf(node));
  }

  get #channels() {
    return this.#node?.config.in_channels ?? 3;
  }

  /** @param {Event} event */
  #typed(event) {
    if (!(event.target instanceof HTMLInputElement)) return;
    setCell(this.#cells.indexOf(event.target), event.target.value);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const at = this.#cells.findIndex((cell) => cell === event.target);
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (at < 0 || !direction || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#step(at, cellValue(this.#cells[at]?.value ?? ""), direction * (event.shiftKey ? 0.1 : 1));
  }

  /**
   * @param {number} at
   * @param {number} from
   * @param {number} by
   */
  #step(at, from, by) {
    // A decimal text, not the sum's own rounding: 0.1 + 0.2 is 0.3 to whoever turns a knob.
    setCell(at, String(Number(((from || 0) + by).toFixed(6))));
  }

  /**
   * Dragging sideways turns a cell like a knob; without a drag it is a field like any other.
   *
   * @param {PointerEvent} down
   * @param {AbortSignal} signal
   */
  #grab(down, signal) {
    const cell = this.#cells.find((each) => each === down.target);
    if (!cell || down.button !== 0) return;
    const start = cellValue(cell.value);
    const at = this.#cells.indexOf(cell);
    const step = Number.isInteger(start) ? 1 : 0.1;
    const gesture = new AbortController();
    const options = { signal: AbortSignal.any([signal, gesture.signal]) };
    const move = (/** @type {PointerEvent} */ event) => {
      const way = event.clientX - down.clientX;
      if (!cell.hasPointerCapture(event.pointerId) && Math.abs(way) < TREMBLE) return;
      cell.setPointerCapture(event.pointerId);
      event.preventDefault();
      getSelection()?.removeAllRanges();
      this.#step(at, start, step * Math.trunc(way / PER_STEP));
    };
    cell.addEventListener("pointermove", move, options);
    for (const end of ["pointerup", "pointercancel"]) cell.addEventListener(end, () => gesture.abort(), options);
    addEventListener("pointerup", () => gesture.abort(), options);
  }

  /**
   * @param {Playground} state
   * @param {NodeDetail | null} node The first convolution, where its filters can be picked.
   * @param {Photo | null} photo
   * @param {string} complaint What is wrong: "cell", "bias", or of no concern here.
   */
  paint(state, node, photo, complaint) {
    this.#offer(node);
    if (this.#filters.value !== state.kernel) this.#filters.value = state.kernel;
    this.#paintPlanes(state, photo);
    this.#shapeCells(state);
    const values = state.cells.map(cellValue);
    const most = Math.max(0, largestOf(values.filter((value) => !Number.isNaN(value)).map(Math.abs)));
    this.#cells.forEach((cell, at) => paintCell(cell, state.cells[at] ?? "", values[at] ?? NaN, most));
    if (this.#bias.value !== state.bias) this.#bias.value = state.bias;
    setAttribute(this.#bias, "aria-invalid", complaint === "bias" ? "true" : null);
    this.#undo.disabled = !canUndo();
    this.#reset.disabled = !state.edited;
    setText(this.#units, unitsText(state, node));
  }

  /** @param {NodeDetail | null} node */
  #offer(node) {
    const key = node ? `${node.name} ${filterCount(node)}` : "made by hand only";
    this.#node = node;
    if (key === this.#offered) return;
    this.#offered = key;
    const made = Object.entries(FILTERS).map(([value, text]) => h("option", { value }, text));
    const groups = [h("optgroup", { label: "Made by hand" }, ...made)];
    if (node) {
      const options = Array.from({ length: filterCount(node) }, (_, at) => h("option", { value: `trained-${at}` }, `${node.name}, filter ${at}`));
      groups.push(h("optgroup", { label: "Learned by the network" }, ...options));
    }
    this.#filters.replaceChildren(...groups);
  }

  /**
   * @param {Playground} state
   * @param {Photo | null} photo
   */
  #paintPlanes(state, photo) {
    const offered = planesOf(photo, isTrained(state));
    const key = offered.join();
    if (this.#planes.dataset.key !== key) {
      this.#planes.dataset.key = key;
      const buttons = offered.map((name) => h("button", { type: "button", "data-plane": name }, PLANE_NAMES[name]));
      this.#planes.replaceChildren(h("span", { class: "seg-label", "aria-hidden": "true" }, "Laid on"), ...buttons);
    }
    for (const button of this.#planes.querySelectorAll("button")) {
      setAttribute(button, "aria-pressed", String(button.dataset.plane === state.plane));
    }
  }

  /** @param {Playground} state */
  #shapeCells(state) {
    const side = sideOf(state);
    const shape = `${state.cells.length} ${side} ${state.plane === "rgb"}`;
    if (!state.cells.length || shape === this.#shape) return;
    this.#shape = shape;
    const names = state.plane === "rgb" ? ["red", "green", "blue"] : [""];
    this.#cells = [];
    const grids = names.map((name) => {
      const cells = Array.from({ length: side * side }, (_, at) => {
        const place = `row ${Math.floor(at / side) + 1}, column ${(at % side) + 1}`;
        return h("input", { inputmode: "decimal", autocomplete: "off", spellcheck: "false", "aria-label": `Kernel${name && ` for ${name}`}, ${place}` });
      });
      this.#cells.push(...cells);
      const grid = h("div", { class: "number-cells", role: "group", "aria-label": name ? `Cells for ${name}` : "Cells" }, ...cells);
      grid.style.setProperty("--side", String(side));
      return name ? h("div", {}, h("span", { class: "play-slice" }, name), grid) : grid;
    });
    this.#slices.replaceChildren(...grids);
  }
}

/** @param {Event} event */
function choosePlane({ target }) {
  const name = target instanceof Element ? target.closest("button")?.dataset.plane : undefined;
  if (name) setPlane(/** @type {PlaneName} */ (name));
}

/**
 * @param {HTMLInputElement} cell
 * @param {string} text
 * @param {number} value
 * @param {number} most Of all cells: the end of the colours.
 */
function paintCell(cell, text, value, most) {
  if (cell.value !== text) cell.value = text;
  const wrong = Number.isNaN(value);
  setAttribute(cell, "aria-invalid", wrong ? "true" : null);
  const rgb = colour(wrong ? 0 : value, { low: -most, high: most }, colormap("diverging", currentTheme()));
  cell.style.background = cssColour(rgb);
  cell.style.color = inkOn(rgb);
  cell.title = text.length > 6 ? text : "";
}

/**
 * What a pixel is worth.
 *
 * @param {Playground} state
 * @param {NodeDetail | null} node
 */
function unitsText(state, node) {
  const how = "Type a cell, or drag it sideways.";
  if (!isTrained(state)) return `${how} A pixel is a whole number from 0 to 255${state.plane === "grey" ? `; ${LUMA_TEXT}` : ""}.`;
  const single = node?.config.in_channels === 1;
  const part = single ? "its slice and bias" : `its slice for ${state.plane}, without the bias`;
  const filter = state.plane === "rgb" ? "its three slices and bias" : part;
  return `${how} The photo is in the network's own values; of the filter: ${filter}${state.edited ? ", edited" : ""}.`;
}
