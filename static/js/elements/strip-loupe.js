import { colour, inkOn } from "../draw/colormap.js";
import { outlineOf } from "../draw/marks.js";
import { plane, valueAt } from "../draw/tensor.js";
import { fixed } from "../geometry/scale.js";
import { h, place, setHidden, setText } from "./dom.js";
import { MapCanvas } from "./map-canvas.js";
import { MarksCanvas } from "./marks-canvas.js";
import { paletteOf } from "./scene.js";

/** @import { StripColumn } from "./strip-column.js" */
/** @import { Activation, Pixel } from "../state/session.js" */

const SIDE = 144;

/** A small map under the pointer, enlarged by a whole number, with the value pointed at. */
export class StripLoupe {
  #map = new MapCanvas();
  #mark = new MarksCanvas();
  #name = h("span");
  #value = h("b");

  constructor() {
    const field = h("div", { class: "loupe-field" }, this.#map.element, this.#mark.element);
    this.element = h(
      "div",
      { class: "strip-loupe", "aria-hidden": "true", hidden: true },
      field,
      h("p", {}, this.#name, this.#value),
    );
  }

  hide() {
    setHidden(this.element, true);
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
    const path = outlineOf({ x: x * zoom - 1, y: y * zoom - 1, width: zoom + 2, height: zoom + 2 });
    const marks = [{ path, stroke: inkOn(colour(value, palette.scale, palette.map)), width: 2 }];
    const around = { x: -2, y: -2, width: width * zoom + 4, height: height * zoom + 4 };
    this.#mark.paint(around, [{ x: 0, y: 0, marks }]);
    setText(this.#name, `${column.node.name}, ${channel}`);
    setText(this.#value, fixed(value, 3));
    setHidden(this.element, false);
    const wide = width * zoom + 12;
    const tall = height * zoom + 34;
    const left = room.right + 8 + wide > room.width ? room.left - wide - 8 : room.right + 8;
    place(this.element, {
      left: Math.max(0, left),
      top: Math.max(0, Math.min(room.height - tall, room.top - tall / 2)),
    });
  }
}
