import { colour, inkOn, paint } from "../../draw/colormap.js";
import { drawMarks, outlineOf } from "../../draw/marks.js";
import { plane, valueAt } from "../../draw/tensor.js";
import { fixed } from "../../geometry/scale.js";
import { paletteOf } from "../../state/scene.js";
import { cleared, inks, stamp } from "../../widgets/canvases.js";
import { h, place, setHidden } from "../../widgets/dom.js";
import { textWidth } from "../../widgets/text-width.js";
import { pixelRatio } from "../../widgets/zoom.js";

/** @import { Mark } from "../../draw/marks.js" */
/** @import { Activation, Pixel } from "../../state/types.js" */
/** @import { StripColumn } from "./column.js" */

/** Longer side of the map, its distance from the edge, height and size of the text below it; CSS pixels. */
const SIDE = 144;
const EDGE = 5;
const LINE = 22;
const SIZE = 12;

/**
 * A small map under the pointer, enlarged by a whole number, with the value pointed at. All of it is one drawing: it
 * follows every move.
 */
export class StripLoupe {
  element = h("canvas", { class: "strip-loupe", width: 1, height: 1, "aria-hidden": "true", hidden: true });

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
    const { scale, map } = paletteOf(activation, channel);
    const value = valueAt(activation, channel, y, x);
    const words = [`${column.node.name}, ${channel}`, fixed(value, 3)];
    const written = SIZE * words.reduce((sum, text) => sum + textWidth(text), 1);
    const size = { width: Math.ceil(Math.max(width * zoom, written)) + 2 * EDGE, height: height * zoom + 2 * EDGE + LINE };
    const image = paint(plane(activation, channel), width, height, scale, map);
    const square = { x: EDGE + x * zoom - 1, y: EDGE + y * zoom - 1, width: zoom + 2, height: zoom + 2 };
    const mark = { path: outlineOf(square), stroke: inkOn(colour(value, scale, map)), width: 2 };
    this.#draw(size, image, zoom, [mark, ...labels(words, size)]);
    const left = room.right + 8 + size.width > room.width ? room.left - size.width - 8 : room.right + 8;
    const top = Math.min(room.height - size.height, room.top - size.height / 2);
    place(this.element, { left: Math.max(0, left), top: Math.max(0, top) });
    setHidden(this.element, false);
  }

  /**
   * @param {{width: number, height: number}} size
   * @param {ImageData} image
   * @param {number} zoom
   * @param {readonly Mark[]} marks
   */
  #draw({ width, height }, image, zoom, marks) {
    const ratio = pixelRatio();
    const context = cleared(this.element, Math.round(width * ratio), Math.round(height * ratio));
    if (!context) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const frame = outlineOf({ x: 0.5, y: 0.5, width: width - 1, height: height - 1 });
    drawMarks(context, [{ path: frame, fill: "panel", stroke: "ink" }], inks());
    stamp(context, image, { x: EDGE, y: EDGE, width: image.width * zoom, height: image.height * zoom }, false);
    drawMarks(context, marks, inks());
  }
}

/**
 * @param {readonly string[]} words The name at the left, the value at the right.
 * @param {{width: number, height: number}} size
 * @returns {Mark[]}
 */
function labels([name = "", value = ""], { width, height }) {
  const line = { y: height - EDGE - 4, fill: "ink", size: SIZE };
  return [
    { ...line, text: name, x: EDGE + 2, align: "left" },
    { ...line, text: value, x: width - EDGE - 2, align: "right", weight: 600 },
  ];
}
