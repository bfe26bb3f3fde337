import { circleAt } from "../../draw/circle.js";
import { TIMES } from "../../geometry/scale.js";
import { onSystemTheme } from "../../state/scene.js";
import { canvasSize, moveBy, moveTo, shift } from "../../state/shift.js";
import { view } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { MapCanvas, MarksCanvas } from "../../widgets/canvases.js";
import { setAttribute, setStyle, setText } from "../../widgets/dom.js";
import { onKeys } from "../../widgets/keys.js";
import { zoomNow } from "../../widgets/zoom.js";

/** @import { Mark } from "../../draw/marks.js" */
/** @import { AskedResult } from "../../state/shift-types.js" */

/** Pixels a key moves the photo, alone and with Shift. */
const FAR = 8;

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The photo as the network gets it: drag it, or use the arrow keys. */
export class ShiftPad extends BaseElement {
  #canvas = new MapCanvas("shift-photo");
  #marks = new MarksCanvas();
  #width = 0;
  /** @type {{x: number, y: number, dx: number, dy: number} | null} */
  #drag = null;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(shift.result, this.subject.image, view.theme);
    onSystemTheme(() => this.requestPaint(), signal);
    const handle = this.piece("handle");
    handle.prepend(this.#canvas.element, this.#marks.element);
    const options = { signal };
    handle.addEventListener("pointerdown", (event) => this.#grab(event), options);
    handle.addEventListener("pointermove", (event) => this.#move(event), options);
    for (const end of ["pointerup", "pointercancel"]) handle.addEventListener(end, () => this.#drop(), options);
    onKeys({ ...this.#arrows(1), ...this.#arrows(FAR), 0: ["Put the photo back", (event) => this.#isHere(event) && moveTo(0, 0)] }, signal);
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
    if (event.button !== 0 || !this.subject.image.value) return;
    const handle = this.piece("handle");
    handle.setPointerCapture(event.pointerId);
    handle.classList.add("dragging");
    this.#drag = { x: event.clientX, y: event.clientY, ...shift.place.value };
  }

  /** @param {PointerEvent} event */
  #move({ clientX, clientY }) {
    const drag = this.#drag;
    const zoom = this.#zoom * zoomNow();
    if (drag) moveTo(drag.dx + (clientX - drag.x) / zoom, drag.dy + (clientY - drag.y) / zoom);
  }

  #drop() {
    this.#drag = null;
    this.piece("handle").classList.remove("dragging");
  }

  /** @param {number} step  Alone or with Shift. */
  #arrows(step) {
    const act = ([dx = 0, dy = 0]) => (/** @type {KeyboardEvent} */ event) => this.#isHere(event) && moveBy(dx * step, dy * step);
    const says = `Move the photo by ${step} ${step === 1 ? "pixel" : "pixels"}`;
    return Object.fromEntries(Object.entries(ARROWS).map(([name, way]) => [step === FAR ? `Shift+${name}` : name, /** @type {const} */ ([says, act(way)])]));
  }

  /**
   * Arrow keys belong to whoever scrolls, types or chooses with them; everywhere else they move the photo.
   *
   * @param {KeyboardEvent} event
   */
  #isHere({ target }) {
    return this.contains(/** @type {Element} */ (target)) || (target === document.body && getComputedStyle(document.body).overflow === "hidden");
  }

  /** @override */
  paint() {
    const result = shift.result.value;
    const handle = this.piece("handle");
    handle.classList.toggle("empty", !result);
    const { dx, dy } = shift.place.value;
    const what = this.subject.image.value?.kind === "sound" ? "Sound" : "Photo";
    setAttribute(handle, "aria-label", `${what}, moved ${dx} pixels right and ${dy} pixels down. Arrow keys move it by 1 pixel, with Shift by ${FAR}, 0 puts it back.`);
    if (!result) return;
    const [height, width] = result.size;
    this.#canvas.show(new ImageData(result.picture, width, height));
    this.#canvas.smoothWhenReduced(this.#width);
    const zoom = this.#width / width;
    setStyle(handle, "aspect-ratio", `${width} / ${height}`);
    this.#marks.cover({ width: this.#width, height: height * zoom }, 0, marksOf(result, zoom));
    setText(this.piece("size"), `${width}${TIMES}${height} px`);
  }
}

/**
 * Where the photo's own edge is now, and the way from where it was.
 *
 * @param {AskedResult} result
 * @param {number} zoom  CSS pixels per pixel of the input.
 * @returns {Mark[]}
 */
function marksOf({ size, dx, dy, border }, zoom) {
  const [height, width, right, down] = /** @type {[number, number, number, number]} */ ([...size, dx, dy].map((each) => each * zoom));
  const [x, y] = [width / 2, height / 2];
  const start = [dot(x, y, 4.5, "halo"), dot(x, y, 3, "ink")];
  if (!dx && !dy) return start;
  const edge = border === "wrap" ? seams(width, height, right, down) : frame(width, height, right, down);
  const way = `M${x} ${y}l${right} ${down}`;
  return [
    { path: edge, stroke: "halo", width: 3, opacity: 0.7 },
    { path: edge, stroke: "ink", dash: [4, 4] },
    ...[{ path: way, stroke: "halo", width: 5 }, { path: way, stroke: "ink", width: 2 }, ...start],
    ...[dot(x + right, y + down, 8.5, "halo"), dot(x + right, y + down, 6.5, "accent")],
  ];
}

/** @type {(x: number, y: number, radius: number, fill: string) => Mark} */
const dot = (x, y, radius, fill) => ({ path: circleAt(x, y, radius), fill });

/** @type {(width: number, height: number, dx: number, dy: number) => string} */
function seams(width, height, dx, dy) {
  const at = (/** @type {number} */ value, /** @type {number} */ size) => ((value % size) + size) % size;
  return (dx ? `M${at(dx, width)} 0v${height}` : "") + (dy ? `M0 ${at(dy, height)}h${width}` : "");
}

/** @type {(width: number, height: number, dx: number, dy: number) => string} */
const frame = (width, height, dx, dy) => `M${Math.max(0, dx)} ${Math.max(0, dy)}h${width - Math.abs(dx)}v${height - Math.abs(dy)}h${Math.abs(dx) - width}z`;

customElements.define("shift-pad", ShiftPad);
