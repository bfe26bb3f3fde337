import { colour, inkOn } from "../draw/colormap.js";
import { plane, valueAt } from "../draw/tensor.js";
import { fixed } from "../geometry/scale.js";
import { h, place, setText } from "./dom.js";
import { MapCanvas } from "./map-canvas.js";
import { paletteOf } from "./scene.js";

/** @import { StripColumn } from "./strip-column.js" */
/** @import { Activation, Pixel } from "../state/session.js" */

const SIDE = 144;

/** A small map under the pointer, enlarged by a whole number, with the value pointed at. */
export class StripLoupe {
  #map = new MapCanvas();
  #mark = h("i", { class: "loupe-mark" });
  #name = h("span");
  #value = h("b");

  constructor() {
    const field = h("div", { class: "loupe-field" }, this.#map.element, this.#mark);
    this.element = h(
      "div",
      { class: "strip-loupe", "aria-hidden": "true", hidden: true },
      field,
      h("p", {}, this.#name, this.#value),
    );
  }

  hide() {
    this.element.hidden = true;
  }

  /**
   * @param {StripColumn} column
   * @param {Activation} activation
   * @param {Pixel} pixel
   * @param {{left: number, right: number, top: number, height: number, width: number}} room Where the map stands in the
   *   stage, and the stage's size.
   */
  show(column, activation, { channel, y, x }, room) {
    const [, height = 1, width = 1] = activation.shape;
    const zoom = Math.max(1, Math.floor(SIDE / Math.max(width, height)));
    const palette = paletteOf(activation, channel);
    const value = valueAt(activation, channel, y, x);
    this.#map.paint(plane(activation, channel), { width, height }, palette);
    place(this.#map.element, { width: width * zoom, height: height * zoom });
    place(this.#mark, { left: x * zoom - 2, top: y * zoom - 2, width: zoom + 4, height: zoom + 4 });
    this.#mark.style.borderColor = inkOn(colour(value, palette.scale, palette.map));
    setText(this.#name, `${column.node.name}, ${channel}`);
    setText(this.#value, fixed(value, 3));
    this.element.hidden = false;
    const wide = width * zoom + 12;
    const tall = height * zoom + 34;
    const left = room.right + 8 + wide > room.width ? room.left - wide - 8 : room.right + 8;
    place(this.element, {
      left: Math.max(0, left),
      top: Math.max(0, Math.min(room.height - tall, room.top - tall / 2)),
    });
  }
}
