/** Where everything of the strip stands, in CSS pixels: columns beside each other, one row a channel. */

import { contextCells, focusGrid } from "./cells.js";
import { largestOf } from "./extremes.js";

/** @import { Cell } from "./cells.js" */
/** @import { Form } from "./graph.js" */
/** @import { Place } from "./lanes.js" */

/**
 * @typedef {object} ColumnSpec
 * @property {Form} form
 * @property {number} channels How many maps, values or barcode segments there are.
 * @property {boolean} [named] Whether its values have names, which stand beside them.
 * @property {number[]} shown Those that fit in a context column, in order.
 * @property {number[] | null} [order] All channels as the sheet shows them; null: in their own order.
 * @property {number} aspect Width of a map over its height.
 * @property {boolean} [lanes] Whether the sheet shows it in three lanes: A, B and what differs.
 * @property {boolean} mixes Whether its channels read several of the layer before.
 * @property {boolean} ribbons Whether the link to its source is drawn as ribbons.
 * @property {number[]} sources Column numbers of its inputs.
 * @property {Place} [place] Slot and lane; without it the column has a slot of its own, and the whole height.
 */

/** @typedef {{y: number, head: number, rows: number}} Lane Top of the heads, height of a head and of the maps. */

/**
 * @typedef {object} Column
 * @property {number} x
 * @property {number} width
 * @property {number} room Width that its head may have without coming near another's.
 * @property {number} slot Its place from the left, which other lanes may share.
 * @property {"focus" | "source" | "context"} role
 * @property {Cell[]} cells
 * @property {number} contentHeight Height of its cells; a focus column scrolls when it is more than the stage's.
 * @property {Lane | null} lane null: it has the whole height.
 */

/** @typedef {{columns: Column[], width: number, height: number, pitch: number}} Layout */
/**
 * @typedef {object} Stage
 * @property {number} width
 * @property {number} height Room for the maps.
 * @property {{y: number, height: number}} [lanes] Room for heads and maps together.
 */

export const ROWS = 10;
const GRID = 8;
const LARGEST_CELL = 176;
const LARGEST_SOURCE = 80;
const NARROWEST_MAP = 24;
/** Once the strip scrolls there is no reason to be that narrow. */
const SCROLLED_MAP = 38;
const SCROLLED_GAP = 5;
const NARROWEST_SOURCE = 40;
const WIDEST_SLACK = { lens: 14, even: 28, list: 72 };
/** Before the second column: the lines below the maps begin with words, and its numbers stand beside them. */
const WORDS = 20;
const SMALLEST_SHEET = 120;
/** Of the whole strip. */
const NARROW = 760;
const GAP = { same: 3, mixed: 10, list: 14, after: 22, link: 52, ribbons: 76, branch: 34 };
/** Of a head in a lane: with its sign, or the name alone where there is little height; and of the line "+54". */
const HEAD = { high: 60, low: 26 };
const LOW_LANE = 150;
const MORE = 16;
const WIDTH = {
  units: { focus: 176, source: 27, context: 27 },
  named: { focus: 176, source: 50, context: 50 },
  short: { focus: 176, source: 44, context: 44 },
  barcode: { focus: 72, source: 28, context: 18 },
};

/**
 * The chosen layer large, its sources up to 80 px, everything else sharing what is left.
 *
 * @param {readonly ColumnSpec[]} specs
 * @param {number} focus Which column is enlarged.
 * @param {Stage} stage
 * @returns {Layout}
 */
export function lensLayout(specs, focus, stage) {
  const named = lens(specs, focus, stage);
  if (named.width <= stage.width) return named;
  const plain = lens(specs.map((spec) => ({ ...spec, named: false })), focus, stage);
  // To see the whole network is worth more than names, which also stand at the left.
  return plain.width <= stage.width ? plain : named;
}

/**
 * @param {readonly ColumnSpec[]} specs
 * @param {number} focus
 * @param {Stage} stage
 * @returns {Layout}
 */
function lens(specs, focus, stage) {
  const chosen = specs[focus];
  if (!chosen) return evenLayout(specs, stage);
  const roles = specs.map((_, index) => roleOf(index, focus, chosen));
  const slots = slotsOf(specs, focus);
  const rowsHeight = Math.min(stage.height, 5 * LARGEST_CELL + 4 * GRID);
  const gaps = slots.map((slot, at) => {
    const single = largestOf(slot.map((index) => gapBefore(specs, index, { slots, at, focus })));
    const least = at === 1 ? Math.max(single, WORDS) : single;
    return branches(specs, slots, at, focus) ? Math.max(least, GAP.branch) : least;
  });
  const others = slots.reduce((sum, slot, at) => {
    const widths = slot.map((index) => (index === focus ? 0 : narrowest(specs[index], roles[index] ?? "context", stage.width)));
    return sum + (gaps[at] ?? 0) + largestOf(widths);
  }, 0);
  // When the strip scrolls sideways anyway, the sheet need not give way to the others.
  const room = stage.width > others ? stage.width - others : 0;
  const grid = focusGrid(
    chosen,
    rowsHeight,
    Math.max(room, stage.width < others + SMALLEST_SHEET ? 0.6 * stage.width : 0),
  );
  const pitch = grid.paired ? (grid.cell + GRID) / 2 : (rowsHeight + GRID) / ROWS;
  return place(specs, roles, gaps, { slots, stage, pitch, inset: 4, focusWidth: grid.width, focusCells: grid.cells });
}

/**
 * All columns the same width, none enlarged.
 *
 * @param {readonly ColumnSpec[]} specs
 * @param {Stage} stage
 * @returns {Layout}
 */
export function evenLayout(specs, stage) {
  const pitch = (Math.min(stage.height, 5 * LARGEST_CELL + 4 * GRID) + 6) / ROWS;
  const slots = slotsOf(specs, -1);
  const gaps = slots.map((slot, at) => {
    if (at === 0) return 0;
    const mixed = slot.some((index) => specs[index]?.mixes || specs[index]?.form === "barcode");
    return branches(specs, slots, at, -1) ? GAP.branch : mixed ? GAP.mixed : GAP.same;
  });
  /** @type {Column["role"][]} */
  const roles = specs.map(() => "context");
  return place(specs, roles, gaps, { slots, stage, pitch, inset: 3, focusWidth: 0, focusCells: [] });
}

/**
 * The columns of every slot from the left. The chosen one needs the whole height, so it has one to itself, before the
 * others of its own.
 *
 * @param {readonly ColumnSpec[]} specs
 * @param {number} focus
 */
function slotsOf(specs, focus) {
  /** @type {number[][]} */
  const slots = [];
  specs.forEach(({ place }, index) => {
    const at = place?.slot ?? index;
    (slots[at] ??= []).push(index);
  });
  return slots.flatMap((slot) => {
    const others = slot.filter((index) => index !== focus);
    return others.length && others.length < slot.length ? [[focus], others] : [slot];
  });
}

/**
 * Whether lanes begin or end before a slot, so that lines need room to get there.
 *
 * @param {readonly ColumnSpec[]} specs
 * @param {readonly (readonly number[])[]} slots
 * @param {number} at
 * @param {number} focus
 */
function branches(specs, slots, at, focus) {
  const lanes = (/** @type {readonly number[] | undefined} */ slot) =>
    slot?.[0] === focus ? 0 : (specs[slot?.[0] ?? 0]?.place?.lanes ?? 1);
  const [before, now] = [lanes(slots[at - 1]), lanes(slots[at])];
  return at > 0 && before > 0 && now > 0 && before !== now;
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
 * @param {readonly ColumnSpec[]} specs
 * @param {number} index
 * @param {{slots: readonly (readonly number[])[], at: number, focus: number}} where `at`: number of its slot.
 */
function gapBefore(specs, index, { slots, at, focus }) {
  const { ribbons, form, mixes } = specs[index] ?? {};
  if (at === 0) return index === focus ? 12 : 0;
  if (index === focus) return ribbons ? GAP.ribbons : GAP.link;
  const before = slots[at - 1] ?? [];
  if (before.includes(focus)) return GAP.after;
  // A list is narrower than its name and its legend.
  if (form === "barcode" || before.some((other) => specs[other]?.form === "barcode")) return GAP.list;
  return mixes ? GAP.mixed : GAP.same;
}

/** Few planes, as of a photo, may be larger than a source usually is. @param {number} stage */
const largestOfFew = (stage) => (stage < NARROW ? 56 : LARGEST_SOURCE);

/**
 * Width of what shows no maps.
 *
 * @param {ColumnSpec} spec
 * @param {Column["role"]} role
 * @param {number} stage Its width.
 */
const widthOf = ({ form, named }, role, stage) => WIDTH[form === "barcode" ? form : named ? (stage < NARROW ? "short" : "named") : "units"][role];

/**
 * @param {ColumnSpec | undefined} spec
 * @param {Column["role"]} role
 * @param {number} stage Its width.
 */
function narrowest(spec, role, stage) {
  if (!spec) return 0;
  if (spec.form !== "maps") return widthOf(spec, role, stage);
  if (role !== "source") return NARROWEST_MAP;
  return spec.channels <= 4 ? largestOfFew(stage) : NARROWEST_SOURCE;
}

/**
 * @param {readonly ColumnSpec[]} specs
 * @param {readonly Column["role"][]} roles
 * @param {readonly number[]} gaps Before every slot.
 * @param {{slots: readonly (readonly number[])[], stage: Stage, pitch: number, inset: number, focusWidth: number,
 *   focusCells: Cell[]}} frame
 * @returns {Layout}
 */
function place(specs, roles, gaps, { slots, stage, pitch, inset, focusWidth, focusCells }) {
  const largest = Math.floor(Math.min(pitch - inset - 1, LARGEST_SOURCE));
  /** @param {ColumnSpec} spec */
  const sourceWidth = (spec) => (spec.channels <= 4 ? Math.min(2 * largest, largestOfFew(stage.width)) : largest);
  const fixedWidths = specs.map((spec, index) => {
    const role = roles[index] ?? "context";
    if (role === "focus") return focusWidth;
    if (spec.form !== "maps") return widthOf(spec, role, stage.width);
    return role === "source" ? sourceWidth(spec) : null;
  });
  /** Width of a slot that holds something of a width of its own; null: it shares what is left. */
  const slotWidths = slots.map((slot) => {
    const widths = slot.flatMap((index) => fixedWidths[index] ?? []);
    const maps = slot.length > widths.length;
    return widths.length && !(maps && largestOf(widths) < NARROWEST_MAP) ? largestOf(widths) : null;
  });
  const taken =
    slotWidths.reduce((/** @type {number} */ sum, width) => sum + (width ?? 0), 0) + gaps.reduce((a, b) => a + b, 0);
  const flexible = slotWidths.filter((width) => width === null).length;
  const endRoom = roles.at(-1) === "focus" ? 13 : 0;
  const free = stage.width - taken - endRoom;
  const fits = free >= flexible * NARROWEST_MAP;
  const share = Math.floor(
    fits ? Math.min(pitch - inset, flexible ? free / flexible : pitch) : Math.min(pitch - inset, SCROLLED_MAP),
  );
  const slack = Math.min(
    flexible ? (focusWidth ? WIDEST_SLACK.lens : WIDEST_SLACK.even) : WIDEST_SLACK.list,
    Math.max(0, free - flexible * share) / slots.length,
  );
  const before = slots.map((_, at) => (gaps[at] ?? 0) + (at ? slack : 0) + (fits || !at ? 0 : SCROLLED_GAP));
  let x = 0;
  /** @type {Column[]} */
  const columns = [];
  slots.forEach((slot, at) => {
    x += before[at] ?? 0;
    const beside = Math.min((at && before[at]) || Infinity, before[at + 1] ?? Infinity);
    const widest = slotWidths[at] ?? share;
    for (const index of slot) {
      const role = roles[index] ?? "context";
      const width = fixedWidths[index] ?? Math.min(share, widest);
      const spec = /** @type {ColumnSpec} */ (specs[index]);
      const lane = role === "focus" ? null : laneOf(spec.place, stage);
      const rows = Math.max(1, spec.shown.length);
      const cells =
        role === "focus" ? focusCells : lane ? contextCells(spec, width, lane.rows / rows, rows) : contextCells(spec, width, pitch);
      const contentHeight = cells.reduce((most, cell) => Math.max(most, cell.y + cell.height), 0);
      columns[index] = { x: Math.round(x + (widest - width) / 2), width, room: width + beside, slot: at, role, cells, contentHeight, lane };
    }
    x += widest;
  });
  return { columns, width: Math.max(Math.ceil(x + endRoom), 0), height: Math.round(ROWS * pitch - 2 * inset), pitch };
}

/**
 * @param {Place | undefined} place
 * @param {Stage} stage
 * @returns {Lane | null}
 */
function laneOf(place, { lanes: room }) {
  if (!place || place.lanes < 2 || !room) return null;
  const height = room.height / place.lanes;
  const head = height < LOW_LANE ? HEAD.low : HEAD.high;
  return { y: Math.round(room.y + place.lane * height), head, rows: Math.floor(height - head - MORE) };
}

/**
 * How many channels a column shows in a lane: as many as its share of the rows.
 *
 * @param {Place | undefined} place
 */
export const rowsOf = (place) => Math.max(1, Math.floor(ROWS / (place?.lanes ?? 1)));

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
