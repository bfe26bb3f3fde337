import { drawMarks } from "../draw/marks.js";
import { cleared } from "./canvas.js";
import { h, place } from "./dom.js";
import { currentTheme } from "./scene.js";

/** @import { Area, Inks, Mark } from "../draw/marks.js" */

/** @typedef {{x: number, y: number, marks: readonly Mark[]}} Group Marks, and where their own corner is. */

const NAMES = ["halo", "ink", "ink-2", "ink-3", "panel", "bg", "accent", "line-2", "pos", "neg"];

/** @type {Map<string, Inks>} */
const known = new Map();

/** The colours of the style sheet and the font of the page, as a canvas takes them. @returns {Inks} */
export function inks() {
  const theme = currentTheme();
  const found = known.get(theme);
  if (found) return found;
  const probe = h("i", { hidden: true });
  document.body.append(probe);
  const style = getComputedStyle(probe);
  const colours = Object.fromEntries(
    NAMES.map((name) => {
      probe.style.color = `var(--${name})`;
      return [name, style.color];
    }),
  );
  const made = { font: style.fontFamily, colours };
  probe.remove();
  known.set(theme, made);
  return made;
}

/**
 * Marks that lie over pictures and move with the pointer: drawing them anew has nothing of the page styled, laid out
 * or painted again, as it would be for elements.
 */
export class MarksCanvas {
  element = h("canvas", { class: "marks", width: 1, height: 1, "aria-hidden": "true" });
  #key = "";

  /**
   * Over all of the parent, and a little around it.
   *
   * @param {{width: number, height: number}} parent CSS pixels.
   * @param {number} beyond How far the marks reach beyond it.
   * @param {readonly Mark[]} marks
   */
  cover({ width, height }, beyond, marks) {
    const area = { x: -beyond, y: -beyond, width: width + 2 * beyond, height: height + 2 * beyond };
    this.paint(area, [{ x: 0, y: 0, marks }]);
  }

  /**
   * @param {Area} area Of the canvas in its parent, CSS pixels; what lies outside is not drawn.
   * @param {readonly Group[]} groups
   */
  paint({ x, y, width, height }, groups) {
    const ratio = devicePixelRatio;
    const drawn = groups.map((group) => [group.x, group.y, group.marks]);
    const key = JSON.stringify([x, y, width, height, ratio, currentTheme(), drawn]);
    if (key === this.#key) return;
    this.#key = key;
    const context = cleared(this.element, Math.ceil(width * ratio), Math.ceil(height * ratio));
    place(this.element, { left: x, top: y });
    if (!context) return;
    for (const { x: right, y: down, marks } of groups) {
      context.setTransform(ratio, 0, 0, ratio, (right - x) * ratio, (down - y) * ratio);
      drawMarks(context, marks, inks());
    }
  }
}
