import { TIMES } from "../geometry/scale.js";
import { session } from "../state/session.js";
import { canvasSize, moveBy, moveTo, shift } from "../state/shift.js";
import { BaseElement } from "./base-element.js";
import { setAttribute, setMarkup, setText } from "./dom.js";
import { MapCanvas } from "./map-canvas.js";

/** @import { AskedResult } from "../state/shift-types.js" */

/** Pixels a key moves the photo, alone and with Shift. */
const FAR = 8;

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The photo as the network gets it: drag it, or use the arrow keys. */
export class ShiftPad extends BaseElement {
  #canvas = new MapCanvas("shift-photo");
  #width = 0;
  /** @type {{x: number, y: number, dx: number, dy: number} | null} */
  #drag = null;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(shift.result, session.image);
    const handle = this.piece("handle");
    handle.prepend(this.#canvas.element);
    const options = { signal };
    handle.addEventListener("pointerdown", (event) => this.#grab(event), options);
    handle.addEventListener("pointermove", (event) => this.#move(event), options);
    for (const end of ["pointerup", "pointercancel"]) handle.addEventListener(end, () => this.#drop(), options);
    addEventListener("keydown", (event) => this.#key(event), options);
    const resized = new ResizeObserver(() => {
      this.#width = handle.clientWidth;
      this.requestPaint();
    });
    resized.observe(handle);
    signal.addEventListener("abort", () => resized.disconnect());
  }

  /** CSS pixels per pixel of the network's input. */
  get #zoom() {
    return this.#width / canvasSize().width || 1;
  }

  /** @param {PointerEvent} event */
  #grab(event) {
    if (event.button !== 0 || !session.image.value) return;
    const handle = this.piece("handle");
    handle.setPointerCapture(event.pointerId);
    handle.classList.add("dragging");
    this.#drag = { x: event.clientX, y: event.clientY, ...shift.place.value };
  }

  /** @param {PointerEvent} event */
  #move({ clientX, clientY }) {
    const drag = this.#drag;
    if (drag) moveTo(drag.dx + (clientX - drag.x) / this.#zoom, drag.dy + (clientY - drag.y) / this.#zoom);
  }

  #drop() {
    this.#drag = null;
    this.piece("handle").classList.remove("dragging");
  }

  /**
   * Arrow keys belong to whoever scrolls, types or chooses with them; everywhere else they move the photo.
   *
   * @param {KeyboardEvent} event
   */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = /** @type {Element | null} */ (event.target);
    const here = this.contains(target) || (target === document.body && getComputedStyle(document.body).overflow === "hidden");
    const arrow = ARROWS[event.key];
    if (!here || (!arrow && event.key !== "0")) return;
    event.preventDefault();
    const step = event.shiftKey ? FAR : 1;
    if (arrow) moveBy(arrow[0] * step, arrow[1] * step);
    else moveTo(0, 0);
  }

  /** @override */
  paint() {
    const result = shift.result.value;
    const handle = this.piece("handle");
    handle.classList.toggle("empty", !result);
    const { dx, dy } = shift.place.value;
    setAttribute(handle, "aria-label", `Photo, moved ${dx} pixels right and ${dy} pixels down. Arrow keys move it by 1 pixel, with Shift by ${FAR}, 0 puts it back.`);
    if (!result) return;
    const [height, width] = result.size;
    this.#canvas.show(new ImageData(result.picture, width, height));
    this.#canvas.smoothWhenReduced(this.#width);
    const marks = /** @type {SVGElement} */ (this.querySelector("svg"));
    setAttribute(marks, "viewBox", `0 0 ${width} ${height}`);
    setMarkup(marks, marksOf(result));
    setText(this.piece("size"), `${width}${TIMES}${height} px`);
  }
}

/**
 * Where the photo's own edge is now, and the way from where it was; a unit is a pixel of the input.
 *
 * @param {AskedResult} result
 */
function marksOf({ size: [height, width], dx, dy, border }) {
  const edge = border === "wrap" ? seams(width, height, dx, dy) : frame(width, height, dx, dy);
  const [cx, cy] = [width / 2, height / 2];
  const way = `M${cx} ${cy}l${dx} ${dy}`;
  const moved = dx || dy;
  // Round caps draw a dot where a line has no length.
  const dot = (/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ name) => `<path class="${name}" d="M${x} ${y}h0"/>`;
  const start = dot(cx, cy, "halo start") + dot(cx, cy, "start");
  const end = dot(cx + dx, cy + dy, "halo end") + dot(cx + dx, cy + dy, "end");
  return edge + (moved ? `<path class="halo way" d="${way}"/><path class="way" d="${way}"/>${start}${end}` : start);
}

/** @param {string} d */
const dashed = (d) => `<path class="halo edge" d="${d}"/><path class="edge" d="${d}"/>`;

/** @type {(width: number, height: number, dx: number, dy: number) => string} */
function seams(width, height, dx, dy) {
  const at = (/** @type {number} */ value, /** @type {number} */ size) => ((value % size) + size) % size;
  const across = dx ? dashed(`M${at(dx, width)} 0v${height}`) : "";
  return across + (dy ? dashed(`M0 ${at(dy, height)}h${width}`) : "");
}

/** @type {(width: number, height: number, dx: number, dy: number) => string} */
function frame(width, height, dx, dy) {
  if (!dx && !dy) return "";
  return dashed(`M${Math.max(0, dx)} ${Math.max(0, dy)}h${width - Math.abs(dx)}v${height - Math.abs(dy)}h${Math.abs(dx) - width}z`);
}

customElements.define("shift-pad", ShiftPad);
