import { lookAt } from "../../state/playground.js";
import { moveTo, shift } from "../../state/shift.js";
import { shiftOf } from "./results.js";
import { zoomNow } from "../../widgets/zoom.js";

/** @import { Place } from "../../geometry/same-answer.js" */
/** @import { Results } from "./results.js" */
/** @import { MapStage, PhotoStage } from "./stage.js" */

/** Pixels an arrow key moves by, alone and with Shift. */
const STEP = 1;
const LONG_STEP = 8;

/** @type {Record<string, readonly [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Dragging the photo, moving the window, with pointer and keys. */
export class PlaygroundPointer {
  /** The value under the pointer. @type {Place | null} */
  hover = null;
  /** @type {{results: Results, at: Place} | null} */
  #now = null;
  /** Where the drag began, and the shift then. @type {{x: number, y: number, dx: number, dy: number} | null} */
  #drag = null;

  /**
   * @param {PhotoStage} photo
   * @param {MapStage} map
   * @param {AbortSignal} signal
   * @param {() => void} changed
   */
  constructor(photo, map, signal, changed) {
    this.photo = photo;
    this.map = map;
    this.changed = changed;
    const options = { signal };
    photo.field.addEventListener("pointerdown", (event) => this.#grab(event), options);
    photo.field.addEventListener("pointermove", (event) => this.#overPhoto(event), options);
    for (const end of ["pointerup", "pointercancel"]) photo.field.addEventListener(end, () => (this.#drag = null), options);
    photo.field.addEventListener("keydown", (event) => this.#photoKey(event), options);
    map.field.addEventListener("pointermove", (event) => this.#point(map.under(event)), options);
    map.field.addEventListener("click", () => this.hover && lookAt(this.hover), options);
    map.field.addEventListener("keydown", (event) => this.#mapKey(event), options);
    for (const { field } of [photo, map]) field.addEventListener("pointerleave", () => this.#point(null), options);
  }

  /**
   * What is on the screen now.
   *
   * @param {Results} results
   * @param {Place} at
   */
  follow(results, at) {
    this.#now = { results, at };
  }

  /** @param {Place | null} place */
  #point(place) {
    const map = this.#now?.results.after.map;
    const inside = (/** @type {number} */ value, /** @type {number} */ count) => Math.max(0, Math.min(count - 1, value));
    this.hover = place && map ? { y: inside(place.y, map.height), x: inside(place.x, map.width) } : null;
    this.changed();
  }

  /** @param {PointerEvent} event */
  #grab(event) {
    const moved = this.#now?.results.after.shift;
    if (event.button !== 0 || !moved) return;
    this.photo.field.setPointerCapture(event.pointerId);
    this.#drag = { x: event.clientX, y: event.clientY, ...moved };
    this.#point(null);
  }

  /** @param {PointerEvent} event */
  #overPhoto(event) {
    if (!this.#drag) {
      this.#pointAtWindow(this.photo.under(event));
      return;
    }
    const pixels = (/** @type {number} */ way) => Math.round(way / (this.photo.zoom * zoomNow()));
    this.#shiftTo(this.#drag.dx + pixels(event.clientX - this.#drag.x), this.#drag.dy + pixels(event.clientY - this.#drag.y));
  }

  /**
   * The window whose middle is nearest to a pixel of the photo.
   *
   * @param {Place} pixel With the padding counted.
   */
  #pointAtWindow({ y, x }) {
    const settings = this.#now?.results.before.settings;
    if (!settings) return;
    const half = (settings.dilation * (settings.size - 1)) / 2;
    this.#point({ y: Math.round((y - half) / settings.stride), x: Math.round((x - half) / settings.stride) });
  }

  /**
   * At most as far as the photo is large.
   *
   * @param {number} dx
   * @param {number} dy
   */
  #shiftTo(dx, dy) {
    const photo = this.#now?.results.before.photo;
    if (!photo) return;
    const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.max(-most, Math.min(most, value));
    moveTo(within(dx, photo.width - 1), within(dy, photo.height - 1));
  }

  /**
   * @param {number} right Pixels.
   * @param {number} down
   */
  moveBy(right, down) {
    const photo = this.#now?.results.before.photo;
    if (!photo) return;
    const { dx, dy } = shiftOf(shift.place.value, photo);
    this.#shiftTo(dx + right, dy + down);
  }

  /** @param {KeyboardEvent} event */
  #photoKey(event) {
    const way = wayOf(event);
    if (way) this.moveBy(way.x, way.y);
    else if (event.key === "0" && !event.ctrlKey && !event.metaKey && !event.altKey) moveTo(0, 0);
    else return;
    this.hover = null;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {KeyboardEvent} event */
  #mapKey(event) {
    const way = wayOf(event);
    if (!this.#now || (!way && event.key !== "Home")) return;
    event.preventDefault();
    event.stopPropagation();
    const { at, results } = this.#now;
    this.hover = null;
    if (!way) {
      lookAt(null);
      return;
    }
    const { width, height } = results.after.map;
    lookAt({ y: Math.max(0, Math.min(height - 1, at.y + way.y)), x: Math.max(0, Math.min(width - 1, at.x + way.x)) });
  }
}

/** @param {KeyboardEvent} event */
function wayOf({ key, shiftKey, ctrlKey, metaKey, altKey }) {
  const [x, y] = ARROWS[key] ?? [];
  if (x === undefined || y === undefined || ctrlKey || metaKey || altKey) return null;
  const step = shiftKey ? LONG_STEP : STEP;
  return { x: x * step, y: y * step };
}
