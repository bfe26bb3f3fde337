import { ringed } from "../../draw/marks.js";
import { isHere, plane } from "../../draw/tensor.js";
import { paletteOf } from "../../state/scene.js";
import { MapCanvas, MarksCanvas } from "../../widgets/canvases.js";
import { h, place, setAttribute } from "../../widgets/dom.js";

/** @import { LayerSource } from "../../state/sources.js" */
/** @import { Activation } from "../../state/types.js" */

/** @typedef {{y: number, x: number}} Place */
/** @typedef {{top: number, left: number, bottom: number, right: number}} Box  The ends left out. */

/** Marks at the edge reach this far beyond the map, CSS pixels. */
const BEYOND = 3;

/**
 * What B gives, in the colours that it has on the sheet; of a single subject its own.
 *
 * @param {LayerSource} source
 * @param {string} node
 * @returns {Activation | null}
 */
export function givenByB(source, node) {
  const activation = source.layer(node)?.activation;
  return activation?.lanes?.all?.[1] ?? activation ?? null;
}

/** A map to work on, enlarged by a whole number where it can be, with the outline of what is worked on. */
export class MapField {
  #map = new MapCanvas();
  #marks = new MarksCanvas();
  #size = { width: 1, height: 1 };
  #zoom = 1;

  /** @param {string} name @param {boolean} [works]  Whether it is worked on, or only looked at. */
  constructor(name, works = true) {
    this.element = h("div", { class: "edit-map", role: works ? "application" : "img", "aria-label": name, tabindex: works ? 0 : null }, this.#map.element, this.#marks.element);
  }

  /**
   * @param {Activation} activation  Whose colours it has.
   * @param {number} channel
   * @param {number} side  CSS pixels that it may take.
   * @param {Float32Array} [values]  In the place of its own.
   */
  paint(activation, channel, side, values) {
    const [, height = 1, width = 1] = activation.shape;
    const shown = values ?? (isHere(activation, channel) ? plane(activation, channel) : null);
    if (!shown || shown.length !== height * width) return;
    const fitting = side / Math.max(width, height);
    this.#zoom = fitting >= 1 ? Math.floor(fitting * devicePixelRatio) / devicePixelRatio : fitting;
    this.#size = { width, height };
    place(this.element, { width: width * this.#zoom, height: height * this.#zoom });
    this.#map.paint(shown, { width, height }, paletteOf(activation, channel));
    this.#map.smoothWhenReduced(width * this.#zoom);
  }

  /** @param {Box | null} box  What is outlined. */
  outline(box) {
    const { width, height } = this.#size;
    const at = (/** @type {number} */ value) => value * this.#zoom;
    const path = box ? `M${at(box.left)} ${at(box.top)}H${at(box.right)}V${at(box.bottom)}H${at(box.left)}Z` : "";
    this.#marks.cover({ width: at(width), height: at(height) }, BEYOND, box ? ringed(path, [3.5, 1.5]) : []);
  }

  /** @param {PointerEvent} event @returns {Place} The value under the pointer, the nearest one outside. */
  under(event) {
    const frame = this.element.getBoundingClientRect();
    const { width, height } = this.#size;
    const along = (/** @type {number} */ share, /** @type {number} */ count) => Math.max(0, Math.min(count - 1, Math.floor(share * count)));
    return { y: along((event.clientY - frame.top) / frame.height, height), x: along((event.clientX - frame.left) / frame.width, width) };
  }

  /** @param {string} name */
  rename(name) {
    setAttribute(this.element, "aria-label", name);
  }
}

const ARROWS = /** @type {Record<string, readonly [number, number]>} */ ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] });

/** @param {KeyboardEvent} event @returns {Place | null}  Where an arrow key leads. */
export function wayOf({ key, ctrlKey, metaKey, altKey }) {
  const way = ARROWS[key];
  return way && !ctrlKey && !metaKey && !altKey ? { y: way[0], x: way[1] } : null;
}
