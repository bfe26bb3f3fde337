import { colormap, legendImage, paint, paintPhoto } from "../../draw/colormap.js";
import { mapKindOf, scaleFor } from "../../draw/tensor.js";
import { exposedStrips, frame, movedMark, windowFrame } from "../../draw/window-marks.js";
import { continued, shifted, windowAt } from "../../geometry/convolution.js";
import { exact, grouped } from "../../geometry/scale.js";
import { currentTheme } from "../../state/scene.js";
import { MapCanvas } from "../../widgets/canvases.js";
import { h, place, s, setAttribute, setMarkup, setText } from "../../widgets/dom.js";
import { visibleOf } from "./photo.js";
import { zoomNow } from "../../widgets/zoom.js";

/** @import { Picture } from "../../geometry/convolution.js" */
/** @import { Place } from "../../geometry/same-answer.js" */
/** @import { Results } from "./results.js" */

/** Of a well, in CSS pixels, before it is laid out. */
const SIDE = 360;
/** A value is never shown larger than this many CSS pixels. */
const LARGEST = 24;

/** A picture of pixels that are whole CSS pixels wide, with marks on it. */
class Stage {
  canvas = new MapCanvas("play-pixels");
  marks = s("svg", { "aria-hidden": "true" });
  zoom = 1;

  /** @param {string} name */
  constructor(name) {
    this.field = h("div", { class: `play-field ${name}`, tabindex: 0, role: "application" }, this.canvas.element, this.marks);
    this.well = h("div", { class: "play-well" }, this.field);
  }

  /**
   * @param {number} width Pixels.
   * @param {number} height
   */
  fit(width, height) {
    const side = this.well.clientWidth || SIDE;
    this.zoom = Math.max(1, Math.min(LARGEST, Math.floor(side / Math.max(width, height))));
    place(this.field, { width: width * this.zoom, height: height * this.zoom });
    this.marks.setAttribute("viewBox", `0 0 ${width * this.zoom} ${height * this.zoom}`);
  }

  /**
   * The pixel under the pointer; it may lie outside while it is being dragged.
   *
   * @param {PointerEvent} event
   * @returns {Place}
   */
  under(event) {
    const box = this.field.getBoundingClientRect();
    const zoom = this.zoom * zoomNow();
    return { y: Math.floor((event.clientY - box.top) / zoom), x: Math.floor((event.clientX - box.left) / zoom) };
  }
}

/** The photo where it is now, with its padding around it, and the window on it. */
export class PhotoStage extends Stage {
  #key = "";

  constructor() {
    super("photo");
  }

  /**
   * @param {Results} results
   * @param {Place} at The value of the map whose window is shown.
   */
  paint({ before, after }, at) {
    const { photo, state, settings } = before;
    const { padding, mode } = settings;
    const [width, height] = [photo.width + 2 * padding, photo.height + 2 * padding];
    this.fit(width, height);
    const { dx, dy } = after.shift;
    const key = [photo.key, state.plane, padding, mode, dx, dy].join();
    if (key !== this.#key) {
      this.#key = key;
      const moved = shifted(visibleOf(photo, state.plane), after.shift, mode);
      this.canvas.show(pixels(continued(moved, { top: -padding, left: -padding, width, height }, mode)));
    }
    const middle = (/** @type {Place} */ each) => {
      const { rows, columns } = windowAt(settings, each);
      const half = (/** @type {number[]} */ lines) => ((lines[0] ?? 0) + (lines.at(-1) ?? 0) + 1) / 2 + padding;
      return { x: half(columns) * this.zoom, y: half(rows) * this.zoom };
    };
    const { rows, columns } = windowAt(settings, at);
    const inside = (/** @type {number[]} */ lines) => lines.map((each) => each + padding);
    const from = middle(before.strongest);
    const to = { x: from.x + dx * this.zoom, y: from.y + dy * this.zoom };
    setMarkup(
      this.marks,
      exposedStrips(photo, after.shift, padding, this.zoom) +
        movedMark(from, to) +
        windowFrame(inside(rows), inside(columns), this.zoom),
    );
    setAttribute(this.field, "aria-label", `Photo, ${movedText(dx, dy)}. Arrow keys move it by 1 pixel, with Shift by 8; 0 puts it back`);
  }
}

/**
 * @param {Picture} picture Whole numbers.
 */
function pixels({ planes, width, height }) {
  const [first = new Float32Array(0)] = planes;
  if (planes.length < 3) return paint(first, width, height, { low: 0, high: 255 }, colormap("grey", "light"));
  const values = new Float32Array(3 * width * height);
  planes.forEach((plane, at) => values.set(plane, at * width * height));
  return paintPhoto(values, width, height, { mean: [0, 0, 0], std: [1, 1, 1], divisor: 1 });
}

/**
 * @param {number} dx
 * @param {number} dy
 */
export function movedText(dx, dy) {
  const parts = [];
  if (dx) parts.push(`${Math.abs(dx)} px ${dx > 0 ? "right" : "left"}`);
  if (dy) parts.push(`${Math.abs(dy)} px ${dy > 0 ? "down" : "up"}`);
  return parts.length ? `moved ${parts.join(", ")}` : "not moved";
}

/** The feature map of the photo where it is now, with its colours explained. */
export class MapStage extends Stage {
  #ramp = new MapCanvas("play-ramp");
  #ends = [h("span"), h("span"), h("span")];
  #beyond = h("p", { class: "play-note", hidden: true });

  constructor() {
    super("map");
    this.legend = h("div", { class: "play-legend" }, this.#ramp.element, h("div", { class: "play-ends" }, ...this.#ends), this.#beyond);
  }

  /**
   * @param {Results} results
   * @param {Place} at
   */
  paint({ before, after }, at) {
    const { values, width, height } = after.map;
    this.fit(width, height);
    const palette = paletteFor(before.range);
    this.canvas.paint(values, { width, height }, palette);
    const middle = (/** @type {Place} */ { y, x }) => ({ x: (x + 0.5) * this.zoom, y: (y + 0.5) * this.zoom });
    const square = { x: at.x * this.zoom, y: at.y * this.zoom, width: this.zoom, height: this.zoom };
    const goal = typeof after.goal === "string" ? null : middle(after.goal);
    setMarkup(this.marks, frame(square, 1.5) + movedMark(middle(before.strongest), goal));
    this.#paintLegend(palette, values);
    place(this.legend, { width: width * this.zoom });
    const value = exact(values[at.y * width + at.x] ?? NaN);
    setAttribute(
      this.field,
      "aria-label",
      `Feature map, ${width} by ${height} values. Row ${at.y}, column ${at.x}: ${value}. Arrow keys move the window; Home: the strongest answer`,
    );
  }

  /**
   * @param {ReturnType<typeof paletteFor>} palette
   * @param {Float32Array} values
   */
  #paintLegend({ scale, map }, values) {
    this.#ramp.show(legendImage(map));
    const signed = map.kind === "diverging";
    const [low, zero, high] = this.#ends;
    if (!low || !zero || !high) return;
    setText(low, exact(scale.low));
    setText(zero, signed ? "0" : "");
    setText(high, exact(scale.high));
    const beyond = values.filter((value) => value < scale.low || value > scale.high).length;
    this.#beyond.hidden = !beyond;
    if (beyond) setText(this.#beyond, `${grouped(beyond)} values beyond the scale of the photo at rest keep its last colour`);
  }
}

/**
 * The colours of the map of the photo where it was: they stand still while it moves.
 *
 * @param {{min: number, max: number}} range
 */
function paletteFor({ min, max }) {
  const kind = mapKindOf({ kind: "conv2d", min });
  return { scale: scaleFor(min, max, kind), map: colormap(kind, currentTheme()) };
}
