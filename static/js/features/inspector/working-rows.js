import { largestOf } from "../../geometry/extremes.js";
import { h, setAttribute, setHidden } from "../../widgets/dom.js";
import { textWidth } from "../../widgets/text-width.js";
import { STACKED, THREE, WorkingCell } from "./working-cells.js";

/** @import { Cell, Grid, Row } from "../../layer-views/arithmetic/types.js" */
/** @import { Surroundings } from "./working-cells.js" */

/** Steps of the widths of three grids, CSS pixels. */
const STEP = 6;

/** Cells beside each other. */
export class WorkingLine {
  /** @type {WorkingCell[]} */
  #cells = [];

  /**
   * @param {"p" | "button" | "div"} tag
   * @param {string} className
   */
  constructor(tag, className) {
    this.element = h(tag, { class: className, ...(tag === "button" ? { type: "button" } : {}) });
  }

  /**
   * @param {readonly Cell[]} cells
   * @param {Surroundings} around
   */
  paint(cells, around) {
    while (this.#cells.length < cells.length) {
      const cell = new WorkingCell();
      this.#cells.push(cell);
      this.element.append(cell.element);
    }
    for (const cell of this.#cells.splice(cells.length)) cell.element.remove();
    cells.forEach((cell, at) => this.#cells[at]?.paint(cell, around));
  }

  /** @param {MouseEvent} event */
  placeUnder(event) {
    const under = this.#cells.find(({ element }) => event.target instanceof Node && element.contains(event.target));
    return under?.placeUnder(event) ?? null;
  }
}

/** A row that leads somewhere, and what it shows while it is open. */
export class WorkingRow {
  #line = new WorkingLine("button", "row-line");
  #detail = new WorkingLine("div", "row-detail");
  element = h("li", {}, this.#line.element, this.#detail.element);
  /** @type {Row | null} */
  row = null;

  /**
   * @param {Row} row
   * @param {Surroundings} around
   * @param {boolean} open
   * @param {boolean} pointed
   */
  paint(row, around, open, pointed) {
    this.row = row;
    this.#line.paint(row.cells, around);
    setAttribute(
      this.#line.element,
      "aria-label",
      `${row.label}; ${row.descends ? "go to this input" : "go to this channel"}`,
    );
    setAttribute(this.#line.element, "aria-current", row.selected ? "true" : null);
    const detail = open ? (row.detail?.() ?? []) : [];
    setAttribute(this.element, "class", detail.length || pointed ? "open" : null);
    setHidden(this.#detail.element, !detail.length);
    if (!detail.length) return;
    this.#detail.element.classList.toggle("stacked", isWide(detail));
    this.#detail.paint(detail, { ...around, large: true, across: shareOf(detail) });
  }

  /** @param {MouseEvent} event */
  placeUnder(event) {
    return this.#line.placeUnder(event) ?? this.#detail.placeUnder(event);
  }
}

/**
 * Whether the grids have too many numbers to stand beside each other.
 *
 * @param {readonly Cell[]} detail
 */
const isWide = (detail) =>
  detail.filter((cell) => cell.kind === "grid" && cell.width > 3 && cell.texts?.length).length > 1;

/**
 * Of three grids beside each other the one with the longest numbers is the widest; below each other all are as wide.
 *
 * @param {readonly Cell[]} detail
 * @returns {(grid: Grid) => number}
 */
function shareOf(detail) {
  const longest = (/** @type {Grid} */ { texts = [] }) => 1 + Math.max(0, largestOf(texts.map(textWidth)));
  const grids = detail.filter((cell) => cell.kind === "grid");
  const total = grids.reduce((sum, grid) => sum + longest(grid), 0);
  if (isWide(detail)) return () => STACKED;
  // In steps: every other width has the pictures measured again.
  return (grid) => (grids.length === 3 ? STEP * Math.floor((3 * THREE * longest(grid)) / total / STEP) : THREE);
}
