import { circleAt } from "../../draw/circle.js";
import { fixed } from "../../geometry/scale.js";
import { CURVE } from "../../state/shift.js";
import { MarksCanvas } from "../../widgets/canvases.js";
import { h, setAttribute, setText } from "../../widgets/dom.js";
import { scrubbed } from "./scrubbed.js";

/** @import { Mark } from "../../draw/marks.js" */

/**
 * Where the photo is now in one curve.
 *
 * @typedef {object} Now
 * @property {number} y  CSS pixels from the upper edge of the table.
 * @property {"ink" | "ink-3" | "accent"} ink
 * @property {number} radius
 */

/** Room on either side of the line for half a dot, CSS pixels. */
const HALF = 7;
/** Where the line begins, and how far from the lower edge of the table it ends. */
const TOP = 20;
const BOTTOM = 30;
/** CSS pixels: no screen is wider. */
const FARTHEST = 20000;

/** The line across all charts at the present dx, the dots where it crosses the curves, and the flag it is moved by. */
export class ShiftCursor {
  #marks = new MarksCanvas();
  flag = h("button", { type: "button", class: "shift-flag num", role: "slider", "aria-label": "dx", "aria-valuemin": -CURVE, "aria-valuemax": CURVE });
  element = h("div", { class: "shift-cursor" }, this.#marks.element, this.flag);
  #way = scrubbed(this.element, { transform: ["translateX(0)", `translateX(${FARTHEST}px)`] }, FARTHEST);

  /**
   * @param {number} x  CSS pixels from the left edge of the table.
   * @param {{height: number, wide: boolean}} table  `wide`: its charts stand in one column.
   * @param {number} dx
   * @param {readonly Now[]} dots
   */
  paint(x, { height, wide }, dx, dots) {
    const beyond = Math.abs(dx) > CURVE;
    this.#way(Math.round(x));
    /** @type {Mark[]} */
    const line = wide ? [{ path: `M0.5 ${TOP}V${height - BOTTOM}`, stroke: "ink", dash: beyond ? [3, 3] : [] }] : [];
    this.#marks.paint({ x: -HALF, y: 0, width: 2 * HALF + 1, height }, [{ x: 0, y: 0, marks: beyond ? line : [...line, ...dots.map(markOf)] }]);
    setText(this.flag, `dx ${fixed(dx, 0)}${beyond ? (dx > 0 ? " →" : " ←") : ""}`);
    setAttribute(this.flag, "aria-valuenow", String(Math.max(-CURVE, Math.min(CURVE, dx))));
    setAttribute(this.flag, "aria-valuetext", `${dx} pixels`);
  }
}

/** @param {Now} now @returns {Mark} */
const markOf = ({ y, ink, radius }) => ({ path: circleAt(0.5, y, radius), fill: ink, stroke: "bg", width: 2 });
