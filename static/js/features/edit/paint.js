import { plane } from "../../draw/tensor.js";
import { fixed } from "../../geometry/scale.js";
import { h, setAttribute, setHidden, setText } from "../../widgets/dom.js";
import { choice } from "../../widgets/choice.js";
import { signal } from "../../state/store.js";
import { NumberCells } from "./cells.js";
import { MapField, givenByB, wayOf } from "./field.js";
import { paintedOn, painting, paints } from "./painted.js";
import { counted } from "./words.js";

/** @import { NodeDetail } from "../../api/client.js" */
/** @import { Editing } from "../../state/editing.js" */
/** @import { LayerSource } from "../../state/sources.js" */
/** @import { Activation } from "../../state/types.js" */
/** @import { Box, Place } from "./field.js" */

/** @typedef {{node: NodeDetail, channel: number, activation: Activation}} Layer */

/** The map that is painted on: its largest side, CSS pixels. */
const SIDE = 300;
const SIZES = /** @type {const} */ (["1", "3", "5", "9"]);

/** A brush for the map of the channel that is looked at: what it paints is what the next layer reads. */
export class PaintTool {
  #field = new MapField("Map to paint on");
  #size = signal(/** @type {typeof SIZES[number]} */ ("3"));
  #erase = h("button", { type: "button", class: "btn small", "aria-pressed": "false" }, "Eraser");
  #range = h("input", { type: "range", step: "any", "aria-label": "Value of the brush" });
  #value = new NumberCells({ done: ([value = 0]) => this.#dip(value) }, "Value", true);
  #clear = h("button", { type: "button", class: "btn small" }, "Clear");
  #said = h("p", { class: "note" });
  #work;
  #none = h("p", { class: "note" }, "No map here: a layer of single values has none to paint on.");
  #dipped = 0;
  #down = false;
  /** @type {Place} */
  #at = { y: 0, x: 0 };
  /** What is painted, while it is being painted. @type {Map<number, number> | null} */
  #stroke = null;
  /** @type {Layer | null} */
  #now = null;

  /** @param {Editing} editing */
  constructor(editing) {
    this.editing = editing;
    this.#value.lay(["Value of the brush, typed"], 1);
    const sizes = choice("Brush", this.#size, SIZES.map((size) => /** @type {const} */ ([size, size === "1" ? "1 px" : size, `${size} by ${size} values`])), new AbortController().signal);
    const jump = (/** @type {string} */ text, /** @type {() => number} */ to) => {
      const button = h("button", { type: "button", class: "btn small" }, text);
      button.addEventListener("click", () => this.#dip(to()));
      return button;
    };
    const value = h("div", { class: "edit-row" }, h("span", {}, "Value"), this.#range, this.#value.element, jump("0", () => 0), jump("max", () => this.#now?.activation.max ?? 0));
    this.#work = h("div", { class: "edit-paint" }, h("p", { class: "note" }, "Drag over the map. What you paint is what the next layer reads."), this.#field.element, h("div", { class: "edit-row" }, sizes, this.#erase, this.#clear), value, this.#said);
    this.element = h("div", {}, this.#work, this.#none);
    this.#listen();
  }

  #listen() {
    const field = this.#field.element;
    this.#range.addEventListener("input", () => this.#dip(Number(this.#range.value)));
    this.#erase.addEventListener("click", () => setAttribute(this.#erase, "aria-pressed", String(!this.#erases)));
    this.#clear.addEventListener("click", () => this.#commit(new Map()));
    this.#size.subscribe(() => this.#outline());
    field.addEventListener("pointerdown", (event) => this.#begin(event));
    field.addEventListener("pointermove", (event) => this.#move(event));
    for (const over of /** @type {const} */ (["pointerup", "pointercancel"])) field.addEventListener(over, () => this.#end());
    field.addEventListener("keydown", (event) => this.#key(event));
  }

  get #erases() {
    return this.#erase.getAttribute("aria-pressed") === "true";
  }

  /** @param {number} value  That the brush is dipped in. */
  #dip(value) {
    this.#dipped = Math.fround(value);
    this.#range.value = String(value);
    this.#value.paint([this.#dipped]);
  }

  /**
   * @param {LayerSource} source
   * @param {NodeDetail} node
   * @param {number} channel
   */
  paint(source, node, channel) {
    const activation = givenByB(source, node.name);
    const map = node.output_shape.length > 1 && activation !== null;
    setHidden(this.#work, !map);
    setHidden(this.#none, map);
    if (!map) return;
    const [, height = 1, width = 1] = activation.shape;
    if (this.#now?.node !== node) {
      this.#at = { y: height >> 1, x: width >> 1 };
      const most = Math.max(Math.abs(activation.min), Math.abs(activation.max)) || 1;
      for (const [key, value] of Object.entries({ min: activation.min < 0 ? -most : 0, max: most })) setAttribute(this.#range, key, String(value));
      this.#dip(activation.max);
    }
    this.#now = { node, channel, activation };
    this.#show();
  }

  get #map() {
    const { node, channel } = /** @type {Layer} */ (this.#now);
    return { node: node.name, channel, width: node.output_shape[2] ?? 1 };
  }

  #show() {
    if (!this.#now) return;
    const { node, channel, activation } = this.#now;
    const cells = this.#stroke ?? paintedOn(this.editing.edits(), this.#map);
    const values = Float32Array.from(plane(activation, channel));
    if (this.#stroke) for (const [at, value] of cells) values[at] = value;
    this.#field.paint(activation, channel, SIDE, values);
    this.#field.rename(`Map of ${node.name}, channel ${channel}: arrow keys move the brush, Space paints, Delete takes away`);
    this.#outline();
    this.#clear.disabled = cells.size === 0;
    setText(this.#said, cells.size ? `${counted(cells.size, "value")} of ${values.length} painted.` : `Row ${this.#at.y}, column ${this.#at.x}: ${fixed(values[this.#at.y * this.#map.width + this.#at.x] ?? NaN, 3)}`);
  }

  /** @returns {Box} Under the brush. */
  get #box() {
    const [, height = 1, width = 1] = this.#now?.node.output_shape ?? [];
    const [size, { y, x }] = [Number(this.#size.value), this.#at];
    const from = (/** @type {number} */ at) => Math.max(0, at - (size >> 1));
    return { top: from(y), left: from(x), bottom: Math.min(height, y + (size >> 1) + 1), right: Math.min(width, x + (size >> 1) + 1) };
  }

  #outline() {
    if (this.#now) this.#field.outline(this.#box);
  }

  /** @param {boolean} erases */
  #dab(erases) {
    const { top, left, bottom, right } = this.#box;
    const stroke = (this.#stroke ??= paintedOn(this.editing.edits(), this.#map));
    for (let y = top; y < bottom; y += 1) {
      for (let x = left; x < right; x += 1) {
        if (erases) stroke.delete(y * this.#map.width + x);
        else stroke.set(y * this.#map.width + x, this.#dipped);
      }
    }
    this.#show();
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    if (event.button !== 0) return;
    this.#field.element.setPointerCapture(event.pointerId);
    this.#at = this.#field.under(event);
    this.#down = true;
    this.#dab(this.#erases);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const [from, to] = [this.#at, this.#field.under(event)];
    if (!this.#down) {
      this.#at = to;
      return this.#show();
    }
    // A fast pointer leaves places out: the brush goes through all of them.
    const steps = Math.max(Math.abs(to.y - from.y), Math.abs(to.x - from.x), 1);
    for (let step = 1; step <= steps; step += 1) {
      this.#at = { y: Math.round(from.y + ((to.y - from.y) * step) / steps), x: Math.round(from.x + ((to.x - from.x) * step) / steps) };
      this.#dab(this.#erases);
    }
  }

  #end() {
    this.#down = false;
    if (this.#stroke) this.#commit(this.#stroke);
  }

  /** @param {Map<number, number>} cells */
  #commit(cells) {
    this.#stroke = cells;
    const others = this.editing.edits().filter((each) => !paints(each, this.#map) || each.off);
    void this.editing.make([...others, ...painting(cells, this.#map)]).finally(() => {
      if (this.#stroke === cells && !this.#down) this.#stroke = null;
      this.#show();
    });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const [, height = 1, width = 1] = this.#now?.node.output_shape ?? [];
    const way = wayOf(event);
    const within = (/** @type {number} */ at, /** @type {number} */ count) => Math.max(0, Math.min(count - 1, at));
    if (way) this.#at = { y: within(this.#at.y + way.y, height), x: within(this.#at.x + way.x, width) };
    else if ([" ", "Enter", "Delete"].includes(event.key)) {
      this.#dab(event.key === "Delete" || this.#erases);
      this.#end();
    } else return;
    event.preventDefault();
    event.stopPropagation();
    this.#show();
  }
}
