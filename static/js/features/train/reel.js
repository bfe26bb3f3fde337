/** The film of one filter forming: pictures at kept steps, where there is none yet wells, and where one looks. */

import { shareOf, stepAt } from "../../geometry/race.js";
import { h } from "../../widgets/dom.js";
import { zoomNow } from "../../widgets/zoom.js";
import { colouredOf, largest, mapOf } from "./parts.js";

/** @import { Film } from "../../api/training-types.js" */

/**
 * @typedef {object} Reel
 * @property {Film | null} film
 * @property {number} reached  The newest step.
 * @property {number} total
 * @property {number} at  The step that is looked at.
 * @property {number} width  CSS pixels.
 * @property {readonly number[]} marks  Steps with a mark.
 */

/** @param {number} width */
const frameOf = (width) => (width < 560 ? 24 : 40);

/**
 * Follow the pointer while it is held down on a reel.
 *
 * @param {HTMLElement} reel
 * @param {AbortSignal} signal
 * @param {(left: number) => void} act  CSS pixels from its left edge.
 */
export function onDrag(reel, signal, act) {
  const tell = (/** @type {PointerEvent} */ event) => act((event.clientX - reel.getBoundingClientRect().left) / zoomNow());
  reel.addEventListener("pointerdown", (event) => (reel.setPointerCapture(event.pointerId), tell(event)), { signal });
  reel.addEventListener("pointermove", (event) => reel.hasPointerCapture(event.pointerId) && tell(event), { signal });
}

/**
 * The step at a place of the reel.
 *
 * @param {number} left CSS pixels from its left edge.
 * @param {number} width
 * @param {number} total
 */
export const stepAtPlace = (left, width, total) => stepAt((left - frameOf(width) / 2) / (width - frameOf(width)), total);

/** @param {Reel} reel @returns {HTMLElement[]} */
export function partsOfReel(reel) {
  const { reached, total, at, width, marks } = reel;
  const frame = frameOf(width);
  const x = (/** @type {number} */ step) => frame / 2 + (width - frame) * shareOf(step, total);
  const track = h("i", { class: "film-track" });
  const gone = h("i", {});
  gone.style.width = `${x(reached)}px`;
  track.append(gone, ...marks.map((step) => marked(h("b", { title: "a change" }), x(step))));
  const head = h("i", { class: "film-head" });
  head.style.transform = `translateX(${x(at) - 1}px)`;
  return [track, ...frames(reel, x, frame), head];
}

/**
 * Pictures that have room.
 *
 * @param {Reel} reel
 * @param {(step: number) => number} x
 * @param {number} frame
 */
function frames({ film, reached, total, at: shown, width }, x, frame) {
  const pitch = frame + (frame < 40 ? 6 : 10);
  const made = [];
  let next = 0;
  let drawn = -1;
  if (film) {
    const [columns = 1, rows = 1, colours = 1] = film.shape.toReversed();
    const size = colours * rows * columns;
    const most = largest(film.weights.subarray(-size));
    const drawing = colours === 3 ? colouredOf : mapOf;
    film.steps.forEach((step, at) => {
      const left = x(step) - frame / 2;
      if (step > reached || (made.length && left < next)) return;
      next = left + pitch;
      drawn = step;
      const values = film.weights.subarray(at * size, (at + 1) * size);
      made.push(frameAt(left, drawing(values, columns, rows, most, { "aria-hidden": "true" }), String(step), Math.abs(x(shown) - x(step)) < pitch / 2));
    });
  }
  for (let left = Math.max(next, drawn < 0 ? 0 : x(reached)); left < width - frame + 1; left += pitch) {
    const step = stepAt(left / (width - frame), total);
    if (step <= drawn) continue;
    drawn = step;
    made.push(frameAt(left, h("canvas", { width: 1, height: 1 }), String(step), false));
  }
  return made;
}

/** @param {HTMLElement} element @param {number} left */
function marked(element, left) {
  element.style.left = `${left}px`;
  return element;
}

/**
 * @param {number} left
 * @param {HTMLCanvasElement} canvas
 * @param {string} name
 * @param {boolean} near
 */
function frameAt(left, canvas, name, near) {
  return marked(h("div", { class: "film-frame" }, canvas, h("span", { class: `film-name${near ? " at" : ""}` }, name)), left);
}
