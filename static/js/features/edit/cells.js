import { colormap, colour, cssColour, inkOn } from "../../draw/colormap.js";
import { largestOf } from "../../geometry/extremes.js";
import { shortest } from "../../state/edits.js";
import { currentTheme } from "../../state/scene.js";
import { h, setAttribute } from "../../widgets/dom.js";

/** CSS pixels of dragging for one step of a cell, and how far a finger may tremble before it is a drag. */
const PER_STEP = 4;
const TREMBLE = 4;
const STEP = 0.01;
/** Digits that a field shows of a trained number. */
const DIGITS = 4;

/** @param {number} value  As a field shows it: all of it where it is short. */
function shown(value) {
  const brief = value.toPrecision(DIGITS);
  const whole = shortest(value);
  return shortest(Number(brief)) === whole || whole.length <= brief.length ? whole : brief;
}

/**
 * @typedef {object} Turned
 * @property {(values: number[]) => void} done  They are to be these.
 * @property {(values: number[]) => void} [trying]  They are these while one of them is dragged.
 */

/** Numbers as fields on their colours: typed, dragged up and down, or turned with the arrow keys. */
export class NumberCells {
  /** @type {HTMLInputElement[]} */
  #cells = [];
  /** @type {readonly number[]} */
  #values = [];
  #turned;

  /**
   * @param {Turned} turned
   * @param {string} name
   * @param {boolean} [plain]  Without colours: numbers of a kind each.
   */
  constructor(turned, name, plain = false) {
    this.#turned = turned;
    this.plain = plain;
    this.element = h("div", { class: "number-cells", role: "group", "aria-label": name });
    this.element.addEventListener("input", ({ target }) => this.#type(target));
    this.element.addEventListener("change", ({ target }) => {
      if (target instanceof HTMLElement) delete target.dataset.typing;
      this.#commit();
    });
    this.element.addEventListener("keydown", (event) => this.#key(event));
    this.element.addEventListener("pointerdown", (event) => this.#grab(event));
  }

  /**
   * @param {readonly string[]} names  One a cell.
   * @param {number} side  Cells a row.
   */
  lay(names, side) {
    this.#cells = names.map((name) => h("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": name }));
    this.element.style.setProperty("--side", String(side));
    this.element.replaceChildren(...this.#cells);
  }

  get count() {
    return this.#cells.length;
  }

  /** @param {readonly number[]} values */
  paint(values) {
    this.#values = values;
    for (const [at, cell] of this.#cells.entries()) {
      this.#write(cell, values[at] ?? NaN);
    }
    this.#colour();
  }

  /** @param {EventTarget | null} cell */
  #type(cell) {
    if (cell instanceof HTMLElement) cell.dataset.typing = "typed";
    this.#colour();
  }

  /** What is being typed or dragged is nobody else's. @param {HTMLInputElement} cell @param {number} value */
  #write(cell, value) {
    if (cell.dataset.typing) return;
    cell.value = shown(value);
    cell.title = cell.value === shortest(value) ? "" : shortest(value);
  }

  /** What the fields say: a field that nobody touched stands for its whole number, not for the digits that it shows. */
  #read() {
    return this.#cells.map((cell, at) => {
      const value = this.#values[at] ?? NaN;
      return cell.value === shown(value) ? value : Number(cell.value.trim().replace("\u2212", "-") || NaN);
    });
  }

  #colour() {
    const read = this.#read();
    const most = Math.max(largestOf(read.map((value) => Math.abs(value) || 0)), 1e-12);
    for (const [at, cell] of this.#cells.entries()) {
      const value = read[at] ?? NaN;
      setAttribute(cell, "aria-invalid", Number.isFinite(value) ? null : "true");
      if (this.plain) continue;
      const rgb = colour(Number.isFinite(value) ? value : 0, { low: -most, high: most }, colormap("diverging", currentTheme()));
      cell.style.background = cssColour(rgb);
      cell.style.color = inkOn(rgb);
    }
  }

  #commit() {
    const read = this.#read();
    this.#colour();
    if (!read.every(Number.isFinite)) return;
    this.#values = read;
    this.#turned.done(read);
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

  /** Dragging up and down turns a number like a knob. @param {PointerEvent} down */
  #grab(down) {
    const cell = this.#cells.find((each) => each === down.target);
    if (!cell || down.button !== 0) return;
    const start = this.#values[this.#cells.indexOf(cell)] ?? 0;
    const gesture = new AbortController();
    const { signal } = gesture;
    let steps = 0;
    let moved = false;
    const move = (/** @type {PointerEvent} */ event) => {
      const way = down.clientY - event.clientY;
      if (!moved && Math.abs(way) < TREMBLE) return;
      [moved, cell.dataset.typing] = [true, "dragged"];
      cell.setPointerCapture(event.pointerId);
      if (Math.trunc(way / PER_STEP) === steps) return;
      steps = Math.trunc(way / PER_STEP);
      this.#turn(cell, start, STEP * steps);
      this.#turned.trying?.(this.#read());
    };
    const end = () => {
      gesture.abort();
      delete cell.dataset.typing;
      if (moved) this.#commit();
    };
    cell.addEventListener("pointermove", move, { signal });
    for (const over of ["pointerup", "pointercancel"]) cell.addEventListener(over, end, { signal });
    addEventListener("pointerup", end, { signal });
  }
}
