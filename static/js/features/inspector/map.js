import { ring, ringed } from "../../draw/marks.js";
import { plane } from "../../draw/tensor.js";
import { pointAt } from "../../state/pointing.js";
import { paletteOf } from "../../state/scene.js";
import { MapCanvas, MarksCanvas } from "../../widgets/canvases.js";
import { h, onWidth, place, setAttribute } from "../../widgets/dom.js";

/** @import { LayerSource } from "../../state/sources.js" */
/** @import { Activation, Pixel } from "../../state/types.js" */

/** The ring around a value at the edge reaches this far beyond the map, CSS pixels. */
const BEYOND = 4;

/** The chosen map, enlarged by a whole number, with a crosshair on the current pixel. */
export class InspectorMap {
  #map = new MapCanvas("big-map");
  #cross = new MarksCanvas();
  #side = 208;
  /** @type {Pixel | null} */
  #pixel = null;
  #extent = { width: 1, height: 1 };

  /**
   * @param {LayerSource} source
   * @param {AbortSignal} signal
   * @param {() => void} changed Paint again.
   * @param {boolean} [fills] Whether it takes all its room, by however much that enlarges it.
   */
  constructor(source, signal, changed, fills = false) {
    this.source = source;
    this.fills = fills;
    this.field = h("div", { class: "big-field", tabindex: 0, role: "img" }, this.#map.element, this.#cross.element);
    this.element = h("div", { class: "inspector-well", "data-lesson": "map" }, this.field);
    onWidth(this.element, signal, (width) => {
      this.#side = width;
      changed();
    });
    this.field.addEventListener("pointermove", (event) => this.#point(event), { signal });
    this.field.addEventListener("pointerdown", (event) => this.#point(event), { signal });
  }

  /**
   * @param {Activation} activation
   * @param {Pixel} pixel
   * @param {string} name What the map is called.
   */
  paint(activation, pixel, name) {
    const [, height = 1, width = 1] = activation.shape;
    this.#pixel = pixel;
    this.#extent = { width, height };
    const fitting = (this.#side * devicePixelRatio) / Math.max(width, height);
    const zoom = (fitting >= 1 && !this.fills ? Math.floor(fitting) : fitting) / devicePixelRatio;
    const box = { width: width * zoom, height: height * zoom };
    place(this.field, box);
    this.#map.paint(plane(activation, pixel.channel), { width, height }, paletteOf(activation, pixel.channel));
    this.#map.smoothWhenReduced(box.width);
    setAttribute(this.field, "aria-label", `${name}; Shift and the arrow keys move the pixel`);
    this.#cross.cover(box, BEYOND, crosshair(pixel, zoom, box));
  }

  /** @param {PointerEvent} event */
  #point(event) {
    if (!this.#pixel) return;
    const box = this.field.getBoundingClientRect();
    const { width, height } = this.#extent;
    const x = Math.min(width - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * width)));
    const y = Math.min(height - 1, Math.max(0, Math.floor(((event.clientY - box.top) / box.height) * height)));
    pointAt(this.source.model.value, { ...this.#pixel, y, x });
  }
}

/**
 * @param {Pixel} pixel
 * @param {number} zoom
 * @param {{width: number, height: number}} box
 */
function crosshair({ y, x }, zoom, box) {
  const area = { x: x * zoom, y: y * zoom, width: Math.max(3, zoom), height: Math.max(3, zoom) };
  const middle = { x: area.x + area.width / 2, y: area.y + area.height / 2 };
  const lines =
    `M0 ${middle.y}H${area.x - 3}M${area.x + area.width + 3} ${middle.y}H${box.width}` +
    `M${middle.x} 0V${area.y - 3}M${middle.x} ${area.y + area.height + 3}V${box.height}`;
  const [halo, ink] = ringed(lines, [2.5, 1]);
  return [...(halo && ink ? [{ ...halo, opacity: 0.7 }, ink] : []), ...ring(area)];
}
