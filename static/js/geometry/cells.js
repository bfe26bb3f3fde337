/** Where the maps, values and segments of one column stand. */

/** @import { ColumnSpec } from "./layout.js" */

/**
 * @typedef {object} Cell
 * @property {number} channel
 * @property {number} x From the column's left edge.
 * @property {number} y From the top of the maps.
 * @property {number} width
 * @property {number} height
 * @property {number} [beside] Where A, B and what differs stand beside each other: how far from one to the next.
 */

/** @typedef {{cells: Cell[], width: number, cell: number, paired: boolean}} FocusGrid */

const ROWS = 10;
const WIDE_GAP = 8;
const TIGHT_GAP = 5;
/** A map on the sheet is never smaller than this; the sheet scrolls instead. */
export const SMALLEST_FOCUS = 48;
const LARGEST_FOCUS = 176;
const LARGEST_SINGLE = 240;
const WIDEST_SHEET = 440;
const LIST_WIDTH = 176;
const LIST_ROW = 28;
/** On the sheet of three lanes: the largest map, one of very many, room for numbers before and after, between two maps. */
const LANES = { largest: 66, one: 44, before: 20, after: 58, gap: 4 };

/**
 * Cells of a column beside the sheet: its rows are shared with every other column, few maps stand in the middle.
 *
 * @param {ColumnSpec} spec
 * @param {number} width
 * @param {number} pitch Distance between two rows.
 * @param {number} [rows] How many there are: fewer in a lane, where no map is higher than its row.
 * @returns {Cell[]}
 */
export function contextCells(spec, width, pitch, rows = ROWS) {
  if (spec.form === "barcode") return barcodeCells(spec, width, pitch, rows);
  const low = rows < ROWS;
  const side = low ? Math.min(width, Math.max(8, Math.floor(pitch - 4))) : width;
  const box = spec.form === "maps" ? fit(spec.aspect, side) : { width, height: Math.max(14, Math.round(pitch - 4)) };
  const spacing = Math.max(pitch, Math.min(box.height + 4, (rows * pitch) / Math.max(1, spec.shown.length)));
  return spec.shown.map((channel, row) => {
    const centre = (rows / 2) * pitch - (low ? 2 : 4) + (row - (spec.shown.length - 1) / 2) * spacing;
    return {
      channel,
      x: Math.round((width - box.width) / 2),
      y: Math.round(centre - box.height / 2),
      width: box.width,
      height: box.height,
    };
  });
}

/**
 * @param {ColumnSpec} spec
 * @param {number} width
 * @param {number} pitch
 * @param {number} [rows]
 * @returns {Cell[]}
 */
function barcodeCells(spec, width, pitch, rows = ROWS) {
  const total = rows * pitch - WIDE_GAP;
  const step = (total + 4) / spec.channels;
  return Array.from({ length: spec.channels }, (_, channel) => {
    const y = Math.round(channel * step);
    return { channel, x: 0, y, width, height: Math.round((channel + 1) * step) - y - 4 };
  });
}

/**
 * The largest box of this aspect in a square.
 *
 * @param {number} aspect
 * @param {number} side
 */
function fit(aspect, side) {
  const width = aspect >= 1 ? side : Math.max(1, Math.round(side * aspect));
  const height = aspect >= 1 ? Math.max(1, Math.round(side / aspect)) : side;
  return { width, height };
}

/**
 * The sheet of the chosen layer: two columns of five for up to ten maps, otherwise as large as fits, down to 48 px.
 *
 * @param {ColumnSpec} spec
 * @param {number} height
 * @param {number} room Width that others leave free.
 * @returns {FocusGrid}
 */
export function focusGrid(spec, height, room) {
  if (spec.form === "barcode") return whole(barcodeCells(spec, 72, (height + WIDE_GAP) / ROWS), 72);
  if (spec.form === "units") return list(spec, height);
  if (spec.lanes) return laneRows(spec, height);
  if (spec.channels <= 4) return single(spec, height, room);
  if (spec.channels <= ROWS) return pairs(spec, height, room);
  return scrolling(spec, height, room);
}

/**
 * Three lanes: one row a channel, its maps of A, of B and of what differs beside each other.
 *
 * @param {ColumnSpec} spec
 * @param {number} height
 * @returns {FocusGrid}
 */
function laneRows(spec, height) {
  const pitch = (height + WIDE_GAP) / ROWS;
  const many = spec.channels > ROWS;
  const side = Math.floor(many ? LANES.one : Math.max(LANES.one / 2, Math.min(LANES.largest, pitch - LANES.gap)));
  const box = fit(spec.aspect, side);
  const step = many ? box.height + LANES.gap : pitch;
  const offset = many ? 0 : ((ROWS - spec.channels) / 2) * pitch;
  const cells = Array.from({ length: spec.channels }, (_, place) => ({
    channel: spec.order?.[place] ?? place,
    x: LANES.before,
    y: Math.round(offset + place * step + (many ? 0 : (pitch - WIDE_GAP - box.height) / 2)),
    ...box,
    beside: box.width + LANES.gap,
  }));
  return whole(cells, LANES.before + 3 * box.width + 2 * LANES.gap + LANES.after);
}

/**
 * @param {Cell[]} cells
 * @param {number} width
 * @returns {FocusGrid}
 */
function whole(cells, width) {
  return { cells, width, cell: width, paired: false };
}

/**
 * @param {ColumnSpec} spec
 * @param {number} height
 */
function list(spec, height) {
  const step = spec.channels <= ROWS ? (height + WIDE_GAP) / ROWS : Math.max(LIST_ROW, (height + 4) / spec.channels);
  const offset = spec.channels <= ROWS ? ((ROWS - spec.channels) / 2) * step : 0;
  const cells = Array.from({ length: spec.channels }, (_, place) => ({
    channel: spec.order?.[place] ?? place,
    x: 0,
    y: Math.round(offset + place * step),
    width: LIST_WIDTH,
    height: Math.round(step - 4),
  }));
  return whole(cells, LIST_WIDTH);
}

/**
 * @param {ColumnSpec} spec
 * @param {number} height
 * @param {number} room
 */
function single(spec, height, room) {
  const count = Math.max(3, spec.channels);
  const most = Math.min(LARGEST_SINGLE, Math.max(SMALLEST_FOCUS * 2, room));
  const side = Math.floor(Math.min((height - (count - 1) * WIDE_GAP) / count, most));
  return gridOf(spec, 1, side, WIDE_GAP, height);
}

/**
 * @param {ColumnSpec} spec
 * @param {number} height
 * @param {number} room
 */
function pairs(spec, height, room) {
  const byHeight = Math.floor((height - 4 * WIDE_GAP) / 5);
  const byWidth = Math.floor((room - WIDE_GAP) / 2);
  const side = Math.max(SMALLEST_FOCUS, Math.min(byHeight, byWidth, LARGEST_FOCUS));
  return { ...gridOf(spec, 2, side, WIDE_GAP, 5 * side + 4 * WIDE_GAP), paired: true };
}

/**
 * @param {ColumnSpec} spec
 * @param {number} height
 * @param {number} room
 */
function scrolling(spec, height, room) {
  const sheet = Math.min(WIDEST_SHEET, Math.max(3 * SMALLEST_FOCUS + 2 * TIGHT_GAP, room));
  let best = { columns: 0, side: 0 };
  for (let columns = 2; columns * (SMALLEST_FOCUS + TIGHT_GAP) - TIGHT_GAP <= sheet; columns += 1) {
    const rows = Math.ceil(spec.channels / columns);
    const side = Math.floor(
      Math.min((sheet + TIGHT_GAP) / columns, (height + TIGHT_GAP) / rows, LARGEST_FOCUS) - TIGHT_GAP,
    );
    if (side > best.side) best = { columns, side };
  }
  if (best.side >= SMALLEST_FOCUS) return gridOf(spec, best.columns, best.side, TIGHT_GAP, 0);
  const columns = Math.floor((Math.min(sheet, 4 * 64) + TIGHT_GAP) / (SMALLEST_FOCUS + TIGHT_GAP));
  const side = Math.floor((Math.min(sheet, 4 * 64) + TIGHT_GAP) / columns) - TIGHT_GAP;
  return gridOf(spec, columns, side, TIGHT_GAP, 0);
}

/**
 * @param {ColumnSpec} spec
 * @param {number} columns
 * @param {number} side
 * @param {number} gap
 * @param {number} height Cells are centred in it when they take less.
 * @returns {FocusGrid}
 */
function gridOf(spec, columns, side, gap, height) {
  const box = fit(spec.aspect, side);
  const rows = Math.ceil(spec.channels / columns);
  const top = Math.max(0, Math.round((height - rows * box.height - (rows - 1) * gap) / 2));
  const cells = Array.from({ length: spec.channels }, (_, place) => ({
    channel: spec.order?.[place] ?? place,
    x: (place % columns) * (box.width + gap),
    y: top + Math.floor(place / columns) * (box.height + gap),
    width: box.width,
    height: box.height,
  }));
  return { cells, width: columns * box.width + (columns - 1) * gap, cell: side, paired: false };
}
