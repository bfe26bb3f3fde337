import { axesMarkup, dotsMarkup, lineMarkup } from "../../draw/line-chart.js";
import { exactRule } from "../../geometry/period.js";
import { fixed } from "../../geometry/scale.js";
import { CURVE } from "../../state/shift.js";
import { h, s, setMarkup, setText } from "../../widgets/dom.js";
import { ruleText } from "./words.js";

/** @import { CurvePoint } from "../../api/live-messages.js" */
/** @import { Dot, Frame } from "../../draw/line-chart.js" */

/** Room around the lines, in CSS pixels: for numbers on the left and for the rule on the right. */
const LEFT = 40;
const RIGHT = 82;

/**
 * @param {number} width
 * @param {number} height
 * @param {{top?: number, bottom?: number}} [room]
 * @returns {Frame}
 */
export const frameOf = (width, height, { top = 14, bottom = 24 } = {}) => ({
  ...{ width, height, top, bottom, left: LEFT, right: RIGHT, range: CURVE },
});

/** What the numbers of an axis are, at its end. @param {Frame} frame */
export const unit = ({ width, right, height, bottom }) => `<text x="${width - right + 10}" y="${height - bottom + 17}">dx, px</text>`;

/** The error of one layer for every dx, growing point by point. */
export class ShiftChart {
  #axes = s("g");
  #curve = s("g", { class: "curve" });
  #rule = h("p", { class: "shift-rule" }, h("span"), h("b"));
  #svg = s("svg", { role: "img" }, this.#axes, this.#curve);
  element = h("div", { class: "shift-chart", "data-chart": "", "data-lesson": "chart" }, this.#svg, this.#rule);

  /**
   * @param {Frame} frame
   * @param {number} most  Upper end of the scale.
   * @param {readonly CurvePoint[]} points  In order of dx.
   * @param {number} row  Which of their errors.
   * @param {{step: number, node: string, numbered: boolean}} layer  `numbered`: it is the last chart, whose axis has numbers.
   */
  paint(frame, most, points, row, { step, node, numbered }) {
    for (const side of /** @type {const} */ (["width", "height"])) this.#svg.setAttribute(side, String(frame[side]));
    const ticks = numbered ? { step: 4, name: (/** @type {number} */ dx) => fixed(dx, 0) } : { step: Math.max(1, Math.min(step, CURVE)) };
    setMarkup(this.#axes, axesMarkup(frame, { most: `${Math.round(most * 100)}\u202f%`, ...ticks }) + (numbered ? unit(frame) : ""));
    const dots = points.flatMap((point) => dotOf(point, row, most));
    setMarkup(this.#curve, lineMarkup(frame, dots) + dotsMarkup(frame, dots));
    const exact = new Map(points.map((point) => [point.dx, point.exact[row] ?? false]));
    const [first, second] = ruleText(exactRule(exact, CURVE));
    const [lead, rest] = /** @type {[Element, Element]} */ ([...this.#rule.children]);
    setText(lead, first);
    setText(rest, second);
    this.element.dataset.points = String(points.length);
    const said = first ? `${first} ${second}` : `${points.length} of ${2 * CURVE + 1} points`;
    this.#svg.setAttribute("aria-label", `Error of ${node} for dx from ${fixed(-CURVE, 0)} to ${CURVE}: ${said}`);
  }
}

/**
 * @param {CurvePoint} point
 * @param {number} row
 * @param {number} most
 * @returns {Dot[]}  None where there is no error: nothing was left to compare.
 */
function dotOf({ dx, errors, exact }, row, most) {
  const error = errors[row];
  return error === null || error === undefined ? [] : [{ dx, share: error / most, exact: exact[row] ?? false }];
}
