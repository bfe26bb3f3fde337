/** Where everything of the strip stands, in CSS pixels: columns beside each other, one row a channel. */

import { contextCells, focusGrid } from "./cells.js";

/** @import { Cell } from "./cells.js" */
/** @import { Form } from "./graph.js" */

/**
 * @typedef {object} ColumnSpec
 * @property {Form} form
 * @property {number} channels How many maps, values or barcode segments there are.
 * @property {number[]} shown Those that fit in a context column, in order.
 * @property {number[] | null} [order] All channels as the sheet shows them; null: in their own order.
 * @property {number} aspect Width of a map over its height.
 * @property {boolean} mixes Whether its channels read several of the layer before.
 * @property {boolean} ribbons Whether the link to its source is drawn as ribbons.
 * @property {number[]} sources Column numbers of its inputs.
 */

/**
 * @typedef {object} Column
 * @property {number} x
 * @property {number} width
 * @property {"focus" | "source" | "context"} role
 * @property {Cell[]} cells
 * @property {number} contentHeight Height of its cells; a focus column scrolls when it is more than the stage's.
 */

/** @typedef {{columns: Column[], width: number, height: number, pitch: number}} Layout */

export const ROWS = 10;
const GRID = 8;
const LARGEST_CELL = 176;
const LARGEST_SOURCE = 80;
const NARROWEST_MAP = 24;
/** Once the strip scrolls there is no reason to be that narrow. */
const SCROLLED_MAP = 38;
const SCROLLED_GAP = 5;
const NARROWEST_SOURCE = 40;
const WIDEST_SLACK = { lens: 14, even: 28 };
const SMALLEST_SHEET = 120;
const GAP = { same: 3, mixed: 10, list: 14, after: 22, link: 52, ribbons: 76 };
const WIDTH = {
  units: { focus: 176, source: 27, context: 27 },
  barcode: { focus: 72, source: 28, context: 18 },
};

/**
 * The chosen layer large, its sources up to 80 px, everything else sharing what is left.
 *
 * @param {readonly ColumnSpec[]} specs
 * @param {number} focus Which column is enlarged.
 * @param {{width: number, height: number}} stage Room for the maps.
 * @returns {Layout}
 */
export function lensLayout(specs, focus, stage) {
  const chosen = specs[focus];
  if (!chosen) return evenLayout(specs, stage);
  const roles = specs.map((_, index) => roleOf(index, focus, chosen));
  const rowsHeight = Math.min(stage.height, 5 * LARGEST_CELL + 4 * GRID);
  const gaps = specs.map((spec, index) => gapBefore(spec, specs[index - 1], index, focus));
  const others = specs.reduce((sum, spec, index) => {
    return sum + (gaps[index] ?? 0) + (index === focus ? 0 : narrowest(spec, roles[index] ?? "context", stage.width));
  }, 0);
  // When the strip scrolls sideways anyway, the sheet need not give way to the others.
  const room = stage.width > others ? stage.width - others : 0;
  const grid = focusGrid(
    chosen,
    rowsHeight,
    Math.max(room, stage.width < others + SMALLEST_SHEET ? 0.6 * stage.width : 0),
  );
  const pitch = grid.paired ? (grid.cell + GRID) / 2 : (rowsHeight + GRID) / ROWS;
  return place(specs, roles, gaps, { stage, pitch, inset: 4, focusWidth: grid.width, focusCells: grid.cells });
}

/**
 * All columns the same width, none enlarged.
 *
 * @param {readonly ColumnSpec[]} specs
 * @param {{width: number, height: number}} stage
 * @returns {Layout}
 */
export function evenLayout(specs, stage) {
  const pitch = (Math.min(stage.height, 5 * LARGEST_CELL + 4 * GRID) + 6) / ROWS;
  const gaps = specs.map((spec, index) =>
    index === 0 ? 0 : spec.mixes || spec.form === "barcode" ? GAP.mixed : GAP.same,
  );
  /** @type {Column["role"][]} */
  const roles = specs.map(() => "context");
  return place(specs, roles, gaps, { stage, pitch, inset: 3, focusWidth: 0, focusCells: [] });
}

/**
 * @param {number} index
 * @param {number} focus
 * @param {ColumnSpec} chosen
 * @returns {Column["role"]}
 */
function roleOf(index, focus, chosen) {
  if (index === focus) return "focus";
  return chosen.sources.includes(index) ? "source" : "context";
}

/**
 * @param {ColumnSpec} spec
 * @param {ColumnSpec | undefined} before The column at its left. A list is narrower than its name and its legend.
 * @param {number} index
 * @param {number} focus
 */
function gapBefore(spec, before, index, focus) {
  if (index === 0) return index === focus ? 12 : 0;
  if (index === focus) return spec.ribbons ? GAP.ribbons : GAP.link;
  if (index === focus + 1) return GAP.after;
  if (spec.form === "barcode" || before?.form === "barcode") return GAP.list;
  return spec.mixes ? GAP.mixed : GAP.same;
}

/** Few planes, as of a photo, may be larger than a source usually is. @param {number} stage */
const largestOfFew = (stage) => (stage < 760 ? 56 : LARGEST_SOURCE);

/**
 * @param {ColumnSpec} spec
 * @param {Column["role"]} role
 * @param {number} stage Its width.
 */
function narrowest(spec, role, stage) {
  if (spec.form !== "maps") return WIDTH[spec.form][role];
  if (role !== "source") return NARROWEST_MAP;
  return spec.channels <= 4 ? largestOfFew(stage) : NARROWEST_SOURCE;
}

/**
 * @param {readonly ColumnSpec[]} specs
 * @param {readonly Column["role"][]} roles
 * @param {readonly number[]} gaps
 * @param {{stage: {width: number, height: number}, pitch: number, inset: number, focusWidth: number,
 *   focusCells: Cell[]}} frame
 * @returns {Layout}
 */
function place(specs, roles, gaps, frame) {
  const { stage, pitch, inset, focusWidth, focusCells } = frame;
  const largest = Math.floor(Math.min(pitch - inset - 1, LARGEST_SOURCE));
  /** @param {ColumnSpec} spec */
  const sourceWidth = (spec) => (spec.channels <= 4 ? Math.min(2 * largest, largestOfFew(stage.width)) : largest);
  const fixedWidths = specs.map((spec, index) => {
    const role = roles[index] ?? "context";
    if (role === "focus") return focusWidth;
    if (spec.form !== "maps") return WIDTH[spec.form][role];
    return role === "source" ? sourceWidth(spec) : null;
  });
  const taken =
    fixedWidths.reduce((/** @type {number} */ sum, width) => sum + (width ?? 0), 0) + gaps.reduce((a, b) => a + b, 0);
  const flexible = fixedWidths.filter((width) => width === null).length;
  const endRoom = roles.at(-1) === "focus" ? 13 : 0;
  const free = stage.width - taken - endRoom;
  const fits = free >= flexible * NARROWEST_MAP;
  const share = Math.floor(
    fits ? Math.min(pitch - inset, flexible ? free / flexible : pitch) : Math.min(pitch - inset, SCROLLED_MAP),
  );
  const slack = Math.min(
    focusWidth ? WIDEST_SLACK.lens : WIDEST_SLACK.even,
    Math.max(0, free - flexible * share) / specs.length,
  );
  let x = 0;
  const columns = specs.map((spec, index) => {
    const role = roles[index] ?? "context";
    x += (gaps[index] ?? 0) + (index ? slack : 0) + (fits || !index ? 0 : SCROLLED_GAP);
    const width = fixedWidths[index] ?? share;
    const cells = role === "focus" ? focusCells : contextCells(spec, width, pitch);
    const contentHeight = cells.reduce((most, cell) => Math.max(most, cell.y + cell.height), 0);
    const column = { x: Math.round(x), width, role, cells, contentHeight };
    x += width;
    return column;
  });
  return { columns, width: Math.max(Math.ceil(x + endRoom), 0), height: Math.round(ROWS * pitch - 2 * inset), pitch };
}

/**
 * The column that stands at a place, with the part of it that lies before.
 *
 * @param {readonly number[]} starts Left edges of all columns.
 * @param {number} x
 */
export function columnAt(starts, x) {
  const after = starts.findIndex((start) => start > x);
  if (after === 0) return 0;
  if (after < 0) return starts.length;
  const [from = 0, to = 1] = [starts[after - 1], starts[after]];
  return after - 1 + (x - from) / (to - from);
}
