import { isHere } from "../../draw/tensor.js";
import { extent, formOf, segments } from "../../geometry/graph.js";
import { ROWS } from "../../geometry/layout.js";
import { viewOf } from "../../layer-views/index.js";
import { channelName } from "../../state/scene.js";
import { h, place, setAttribute, setHidden, setStyle, setText } from "../../widgets/dom.js";
import { StripCell } from "./cell.js";
import { StripHead } from "./head.js";
import { comparedParts } from "./late.js";
import { StripLegend } from "./legend.js";
import { StripPicture } from "./picture.js";

/** @import { ModelDetail, NodeDetail } from "../../api/client.js" */
/** @import { Cell } from "../../geometry/cells.js" */
/** @import { Column } from "../../geometry/layout.js" */
/** @import { Distances, LayerSource } from "../../state/sources.js" */
/** @import { LayerOnScreen } from "../../state/types.js" */
/** @import { Filters } from "./filters.js" */

/** @typedef {{head: number, rows: number, ledger: boolean}} Frame Heights that all columns share, CSS pixels. */

/** Cells this far out of view are made all the same: scrolling shows them sooner than they could be painted. */
const SPARE = 120;

/** One layer of the strip: head, maps, legend and ledger. */
export class StripColumn {
  /** @type {Map<number, StripCell>} */
  #cells = new Map();
  #legend = new StripLegend();
  #picture = new StripPicture();
  #more = h("p", { class: "strip-more" });
  /** Of two that are compared: names over the lanes of the sheet, and the bar below them. */
  #beside = /** @type {{names: import("./compared.js").StripLaneNames, distance: import("./compared.js").StripDistance} | null} */ (null);
  #scrolls = false;
  /** Whether its signs stand for layers that are equal: there are no maps to mark. */
  equal = false;
  /** Where its maps begin, and whether there is room below the legend, and where. */
  #foot = { there: false, head: 0, top: 0 };
  /** In what it is still to be placed; null: it stands there. @type {Frame | null} */
  #due = null;
  /** Where it stood last. @type {Column | null} */
  #placed = null;
  /** Height of its maps, and where they begin in the strip. */
  rows = 0;
  mapsTop = 0;
  /** @type {number | null} The number of the selected cell. */
  #selected = null;
  /** @type {Cell[]} Those in view, or nearly: the others are not made. */
  near = [];
  /** How far the sheet is scrolled. */
  top = 0;
  /** What its picture was drawn of. @type {readonly unknown[]} */
  #drawn = [];
  /** Whether the values of some of its cells are not here yet. */
  lacking = false;

  #source;

  /**
   * @param {LayerSource} source Whose layer it shows.
   * @param {ModelDetail} model
   * @param {NodeDetail} node
   * @param {NodeDetail | undefined} input
   */
  constructor(source, model, node, input) {
    this.#source = source;
    const view = viewOf(node.kind);
    this.model = model;
    this.node = node;
    this.view = view;
    this.form = formOf(node, model.classes.length);
    this.parts = this.form === "barcode" ? segments(node, input, ROWS) : [];
    this.channels = this.form === "barcode" ? this.parts.length : extent(node).channels;
    /** @type {Column | null} */
    this.layout = null;
    this.heading = new StripHead(node, view, this.form);
    this.head = this.heading.element;
    this.maps = h("div", { class: "strip-maps", role: "listbox", "aria-label": `${node.name}, ${view.title}` });
    if (this.form !== "units") this.maps.append(this.#picture.element);
    this.ledger = this.heading.ledger;
    this.element = h("section", {
      class: "strip-column",
      "data-node": node.name,
      "data-kind": node.kind,
      "data-form": this.form,
    });
    this.element.append(this.head, this.maps, this.#more, this.#legend.element, this.ledger);
  }

  /** Whether it is the sheet of three lanes. */
  get laned() {
    return this.layout?.role === "focus" && this.layout.cells[0]?.beside !== undefined;
  }

  /** The numbers of the layer; null while there are none. */
  get layer() {
    return this.#source.layer(this.node.name);
  }

  /** @returns {IterableIterator<StripCell>} */
  get cells() {
    return this.#cells.values();
  }

  /** @param {number} channel */
  cell(channel) {
    return this.#cells.get(channel);
  }

  /**
   * The barcode segment that holds a value, or the channel itself.
   *
   * @param {number} channel
   */
  cellNumber(channel) {
    if (this.form !== "barcode") return channel;
    return this.parts.findIndex(({ from, to }) => channel >= from && channel < to);
  }

  /**
   * Where it is to stand. Of a hundred columns that all move, most are out of view: they get there when they appear.
   *
   * @param {Column} column
   * @param {Frame} frame
   */
  place(column, frame) {
    const { lane } = column;
    const { head, rows } = lane ?? frame;
    this.layout = column;
    this.rows = rows;
    this.mapsTop = (lane?.y ?? 0) + head;
    this.#due = frame;
    setAttribute(this.element, "data-role", column.role);
    setAttribute(this.element, "data-lesson", column.role === "focus" ? "sheet" : null);
  }

  /** Stand where it has been placed, with its cells, before it is seen. */
  appear() {
    const [column, frame, before] = [this.layout, this.#due, this.#placed];
    if (!column || !frame) return;
    this.#due = null;
    this.#placed = column;
    const scrolled = this.#scrolls;
    this.#scroll(column);
    this.#arrange(column, frame);
    this.heading.write(column);
    const hidden = this.form === "barcode" ? 0 : this.channels - column.cells.length;
    setText(this.#more, hidden > 0 ? `+${hidden}` : "");
    const same = !this.#scrolls && !scrolled && before?.role === column.role && sameCells(before.cells, column.cells);
    if (!same) this.showCells(true);
  }

  /** @param {Column} column Its maps scroll when it is the sheet, and higher than there is room. */
  #scroll({ role, contentHeight }) {
    const scrolls = role === "focus" && contentHeight > this.rows + 2;
    // A browser remembers how far it was scrolled; asking for that later would lay the page out before it is in place.
    if (this.top && !scrolls) this.maps.scrollTop = 0;
    if (!scrolls || !this.#scrolls) this.top = 0;
    this.#scrolls = scrolls;
    this.maps.classList.toggle("scrolls", scrolls);
    if (scrolls) setStyle(this.maps, "--content", `${contentHeight}px`);
  }

  /**
   * @param {Column} column
   * @param {Frame} frame
   */
  #arrange(column, frame) {
    const { x, width, lane } = column;
    const { head, rows } = lane ?? frame;
    setAttribute(this.element, "data-lane", lane ? (head < frame.head ? "low" : "high") : null);
    place(this.element, { left: x, top: lane?.y ?? 0, width });
    place(this.head, { height: head });
    place(this.maps, { top: head, height: rows });
    place(this.#more, { top: head + rows - (lane ? 2 : 10) });
    place(this.#legend.element, { top: head + rows + 8 });
    place(this.ledger, { top: head + rows + 38 });
    this.#foot = { there: frame.ledger && lane === null, head, top: head + rows + 38 };
  }

  /**
   * What of the maps is in view, and a little around: as much as does not have the sheet scroll further.
   *
   * @param {number} around CSS pixels.
   */
  window(around) {
    const width = (this.layout?.width ?? 0) + 2 * around;
    return { x: -around, y: this.top - around, width, height: this.rows + (this.#scrolls ? around : 2 * around) };
  }

  /** Remember how far the sheet is scrolled. */
  scrolled() {
    if (this.#scrolls) this.top = this.maps.scrollTop;
  }

  /**
   * Make the cells that are in view, or nearly; of hundreds on a scrolling sheet most are not.
   *
   * @param {boolean} [moved] Whether their places may have changed.
   * @returns {boolean} Whether there are new ones.
   */
  showCells(moved = false) {
    const { layout } = this;
    if (!layout || (!moved && !this.#scrolls)) return false;
    const top = this.top;
    this.near = layout.cells.filter(
      ({ channel, y, height }) =>
        !this.#scrolls || channel === this.#selected || (y + height > top - SPARE && y < top + this.rows + SPARE),
    );
    const known = this.near.length === this.#cells.size && this.near.every(({ channel }) => this.#cells.has(channel));
    if (moved || !known) this.#placeCells(this.near, layout.role === "focus");
    return !known;
  }

  /**
   * @param {readonly Cell[]} places
   * @param {boolean} large
   */
  #placeCells(places, large) {
    const wanted = new Set(places.map((cell) => cell.channel));
    for (const [channel, cell] of this.#cells) {
      if (wanted.has(channel)) continue;
      cell.element.remove();
      this.#cells.delete(channel);
    }
    places.forEach((place, index) => {
      const cell = this.#cells.get(place.channel) ?? this.#addCell(place.channel);
      cell.place(place, large);
      const at = this.maps.children[index];
      if (at !== cell.element) this.maps.insertBefore(cell.element, at ?? null);
    });
  }

  /**
   * Whether it is to be drawn anew, which it then is.
   *
   * @param {number} drawings The strip's count of what changes every column.
   * @param {number} news And of what may change this one.
   * @param {boolean} late
   */
  differs(drawings, news, late) {
    const [layer, before] = [this.layer, this.#drawn];
    const { activation, stale } = layer ?? {};
    const model = this.layout?.role === "focus" ? this.model : null;
    // Maps that come one by one are put into the activation that is there, and so are values that come after it.
    this.#drawn = [drawings, activation, activation?.planes && news, activation?.data, late && stale, this.#source.distances?.(), model];
    return this.#drawn.some((each, at) => each !== before[at]);
  }

  /** The channels whose values its cells show; of a column that shows a choice none before it is known. */
  wantedChannels() {
    const activation = this.layer?.activation;
    const chosen = this.layout?.role !== "focus" && this.form === "maps" && this.near.length < this.channels;
    if (chosen && activation && !activation.channels && activation.alike === undefined) return [];
    return this.near.map(({ channel }) => channel);
  }

  /** @param {number} channel */
  #addCell(channel) {
    const part = this.parts[channel] ?? { from: 0, to: 0 };
    const named = channelName(this.model, this.node, channel);
    const name = this.form === "maps" && /^\d+$/.test(named) ? `channel ${named}` : named;
    const cell = new StripCell(channel, { form: this.form, kind: this.node.kind, name, ...part });
    this.#cells.set(channel, cell);
    cell.select(channel === this.#selected);
    return cell;
  }

  /**
   * Tell people and Tab which cell is selected.
   *
   * @param {number | null} channel null: none of this layer.
   */
  select(channel) {
    this.#selected = channel === null ? null : this.cellNumber(channel);
    for (const cell of this.cells) cell.select(cell.channel === this.#selected);
  }

  /**
   * Scroll the sheet, if it scrolls, until a channel is in view.
   *
   * @param {number} channel
   * @returns {boolean} Whether there are new cells.
   */
  reveal(channel) {
    const cell = this.layout?.cells.find((each) => each.channel === this.cellNumber(channel));
    if (!cell || !this.#scrolls) return false;
    const hidden = cell.y < this.top || cell.y + cell.height > this.top + this.rows;
    if (!hidden) return false;
    this.maps.scrollTop = cell.y - (this.rows - cell.height) / 2;
    this.scrolled();
    return this.showCells();
  }

  /**
   * Below the legend stands what the layer costs, or how far B is from A.
   *
   * @param {Distances | null} distances
   * @param {{relative: number | null, equal: boolean} | undefined} distance
   */
  #paintFoot(distances, distance) {
    const { there, head, top } = this.#foot;
    setHidden(this.ledger, !there || distances !== null);
    const parts = distances || this.laned ? comparedParts(() => {}) : null;
    if (parts && !this.#beside) {
      this.#beside = { names: new parts.StripLaneNames(), distance: new parts.StripDistance() };
      this.element.append(this.#beside.names.element, this.#beside.distance.element);
    }
    if (!this.#beside) return;
    const { names, distance: bar } = this.#beside;
    names.place(this.layout?.role === "focus" ? this.layout.cells[0] : undefined, head);
    place(bar.element, { top });
    setHidden(bar.element, !there || !distances);
    if (distances) bar.paint(distance ?? null, distances.most, distances.first === this.node.name);
  }

  /**
   * @param {LayerOnScreen | null} layer
   * @param {number} filled How many values of every map are to be seen.
   * @param {{perMap: boolean, channel: number, filters: Filters | null, late: boolean}} options `late`: whether one has been
   *   waiting for long for what is not here yet.
   */
  paint(layer, filled, { perMap, channel, filters, late }) {
    const activation = layer?.activation;
    const distances = this.#source.distances?.() ?? null;
    const distance = distances?.of.get(this.node.name);
    const lanes = this.laned;
    const equal = Boolean(activation?.change && !lanes && (activation.change.equal ?? distance?.equal));
    this.#paintFoot(distances, distance);
    this.equal = equal;
    this.element.classList.toggle("laned", lanes);
    this.lacking = !filters && !equal && this.near.some(({ channel }) => !activation || !isHere(activation, channel));
    this.element.classList.toggle("stale", late && (layer?.stale === true || this.lacking));
    this.element.classList.toggle("waiting", !layer || filled <= 0);
    const muted = lanes ? comparedParts(() => {})?.mutedIn(this.model.id, this.node.name) : null;
    for (const cell of this.cells) {
      cell.muted = !!muted?.(cell.channel);
      if (filters) cell.paintFilter(filters.of(cell.channel), filters.size, filters.palette);
      else if (equal) cell.showEqual();
      else if (layer) cell.paint(layer.activation, filled, perMap);
      else cell.clear();
    }
    if (this.layout && this.form !== "units" && this.near.length) this.#picture.paint(this.layout, this.near, this.#cells);
    const width = this.layout?.role === "focus" ? Infinity : (this.layout?.width ?? 0);
    if (!this.layout?.lane) this.#legend.paint(layer?.activation ?? null, { width, room: this.layout?.width ?? 0, maps: this.form === "maps", perMap, channel, filters });
  }
}

/**
 * Most columns only move sideways when another layer is chosen.
 *
 * @param {readonly Cell[]} before
 * @param {readonly Cell[]} after
 */
function sameCells(before, after) {
  const keys = /** @type {const} */ (["channel", "x", "y", "width", "height", "beside"]);
  return before.length === after.length && before.every((cell, at) => keys.every((key) => cell[key] === after[at]?.[key]));
}
