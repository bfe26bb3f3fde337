import { legendImage } from "../draw/colormap.js";
import { extent, formOf, segments } from "../geometry/graph.js";
import { ROWS } from "../geometry/layout.js";
import { brief, compact, fixed, grouped, shapeText, TIMES } from "../geometry/scale.js";
import { shortName, viewOf } from "../layer-views/index.js";
import { by } from "../layer-views/words.js";
import { glyph, h, place, s, setAttribute, setText } from "./dom.js";
import { MapCanvas } from "./map-canvas.js";
import { channelName, channelSummary, paletteOf } from "./scene.js";
import { StripCell } from "./strip-cell.js";

/** @import { ModelDetail, NodeDetail } from "../api/client.js" */
/** @import { Column } from "../geometry/layout.js" */
/** @import { LayerOnScreen } from "./scene.js" */

/** @typedef {{head: number, rows: number, ledger: boolean}} Frame Heights that all columns share, CSS pixels. */

/** One layer of the strip: head, maps, legend and ledger. */
export class StripColumn {
  /** @type {Map<number, StripCell>} */
  #cells = new Map();
  #legend = new MapCanvas("strip-ramp");
  #legendText = h("div", { class: "strip-range" });
  #headText = h("b");
  #headShape = h("small");
  #more = h("p", { class: "strip-more" });

  /**
   * @param {ModelDetail} model
   * @param {NodeDetail} node
   * @param {NodeDetail | undefined} source
   */
  constructor(model, node, source) {
    const view = viewOf(node.kind);
    this.model = model;
    this.node = node;
    this.view = view;
    this.form = formOf(node, model.classes.length);
    this.parts = this.form === "barcode" ? segments(node, source, ROWS) : [];
    this.channels = this.form === "barcode" ? this.parts.length : extent(node).channels;
    /** @type {Column | null} */
    this.layout = null;
    const title = `${node.name}: ${view.title}, output ${shapeText(node.output_shape)}`;
    this.glyphs = [glyph(view.glyph, view.token, 16), glyph(view.glyph, view.token, 20)];
    this.head = h(
      "button",
      { class: "strip-head", type: "button", title, "data-head": node.name },
      this.#headText,
      this.#headShape,
    );
    this.overlay = s("svg", { class: "strip-overlay", "aria-hidden": "true" });
    this.maps = h("div", { class: "strip-maps", role: "listbox", "aria-label": `${node.name}, ${view.title}` });
    this.maps.append(this.overlay);
    this.legend = h("div", { class: "strip-legend" }, this.#legend.element, this.#legendText);
    this.ledger = h("div", { class: "strip-ledger" });
    this.element = h("section", {
      class: "strip-column",
      "data-node": node.name,
      "data-kind": node.kind,
      "data-form": this.form,
    });
    this.element.append(this.head, this.maps, this.#more, this.legend, this.ledger);
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
   * @param {Column} column
   * @param {Frame} frame
   */
  place(column, frame) {
    this.layout = column;
    setAttribute(this.element, "data-role", column.role);
    place(this.element, { left: column.x, width: column.width });
    place(this.head, { height: frame.head });
    const scrolls = column.role === "focus" && column.contentHeight > frame.rows + 2;
    this.maps.classList.toggle("scrolls", scrolls);
    place(this.maps, { top: frame.head, height: frame.rows });
    place(this.#more, { top: frame.head + frame.rows - 10 });
    place(this.legend, { top: frame.head + frame.rows + 8 });
    place(this.ledger, { top: frame.head + frame.rows + 38 });
    this.ledger.hidden = !frame.ledger;
    setAttribute(this.overlay, "height", String(Math.max(frame.rows, column.contentHeight)));
    this.#placeCells(column);
    this.#writeHead(column);
    this.#writeLedger(column.role === "focus");
    const hidden = this.form === "barcode" ? 0 : this.channels - column.cells.length;
    setText(this.#more, hidden > 0 ? `+${hidden}` : "");
  }

  /** @param {Column} column */
  #placeCells(column) {
    const wanted = new Set(column.cells.map((cell) => cell.channel));
    for (const [channel, cell] of this.#cells) {
      if (wanted.has(channel)) continue;
      cell.element.remove();
      this.#cells.delete(channel);
    }
    column.cells.forEach((place, index) => {
      const cell = this.#cells.get(place.channel) ?? this.#addCell(place.channel);
      cell.place(place, column.role === "focus");
      const at = this.maps.children[index];
      if (at !== cell.element) this.maps.insertBefore(cell.element, at ?? this.overlay);
    });
  }

  /** @param {number} channel */
  #addCell(channel) {
    const part = this.parts[channel] ?? { from: 0, to: 0 };
    const named = channelName(this.model, this.node, channel);
    const name = this.form === "maps" && /^\d+$/.test(named) ? `channel ${named}` : named;
    const cell = new StripCell(channel, { form: this.form, kind: this.node.kind, name, ...part });
    this.#cells.set(channel, cell);
    return cell;
  }

  /** @param {Column} column */
  #writeHead({ role, width }) {
    const [small, large] = this.glyphs;
    const focus = role === "focus";
    const sign = focus ? large : small;
    if (sign && this.head.firstElementChild?.localName !== "svg") this.head.prepend(sign);
    else if (sign && this.head.firstElementChild !== sign) this.head.firstElementChild?.replaceWith(sign);
    setText(this.#headText, focus ? this.node.name : shortName(this.node.name).join("\n"));
    setText(
      this.#headShape,
      focus ? shapeText(this.node.output_shape).replaceAll(TIMES, ` ${TIMES} `) : this.#shortShape(width),
    );
    setAttribute(this.head, "aria-current", focus ? "true" : null);
  }

  /** @param {number} width */
  #shortShape(width) {
    const { channels, height, width: across } = extent(this.node);
    if (this.form !== "maps") return String(channels);
    if (this.node.inputs.length && this.view.token === "relu") return "";
    const plane = height === across ? `${height}²` : `${height}${TIMES}${across}`;
    return width < 32 ? plane : `${plane}${TIMES}${channels}`;
  }

  /** @param {boolean} focus */
  #writeLedger(focus) {
    const { parameter_count: parameters, macs, kind, receptive_field: field } = this.node;
    const count = focus ? grouped : compact;
    const square = field.size[0] === field.size[1];
    const sees = focus ? by(field.size).replace(TIMES, ` ${TIMES} `) : square ? String(field.size[0]) : by(field.size);
    const rows = [parameters ? count(parameters) : "", macs ? count(macs) : "", this.form === "barcode" ? "" : sees];
    const texts = kind === "input" ? ["", "", ""] : rows.map((text) => text || "·");
    if (this.ledger.dataset.texts === texts.join("|")) return;
    this.ledger.dataset.texts = texts.join("|");
    this.ledger.replaceChildren(...texts.map((text) => h("span", { class: text === "·" && "nil" }, text)));
  }

  /**
   * Tell people and Tab which cell is selected.
   *
   * @param {number | null} channel null: none of this layer.
   */
  select(channel) {
    const number = channel === null ? null : this.cellNumber(channel);
    for (const cell of this.cells) cell.select(cell.channel === number);
  }

  /**
   * Scroll the sheet, if it scrolls, until a channel is in view.
   *
   * @param {number} channel
   */
  reveal(channel) {
    const cell = this.layout?.cells.find((each) => each.channel === this.cellNumber(channel));
    if (!cell || !this.maps.classList.contains("scrolls")) return;
    const { scrollTop, clientHeight } = this.maps;
    const hidden = cell.y < scrollTop || cell.y + cell.height > scrollTop + clientHeight;
    if (hidden) this.maps.scrollTop = cell.y - (clientHeight - cell.height) / 2;
  }

  /**
   * @param {LayerOnScreen | null} layer
   * @param {number} painted
   * @param {{perMap: boolean, channel: number}} options
   */
  paint(layer, painted, { perMap, channel }) {
    this.element.classList.toggle("stale", layer?.stale === true);
    this.element.classList.toggle("waiting", !layer || painted <= 0);
    for (const cell of this.cells) {
      if (layer) cell.paint(layer.activation, painted, perMap);
      else cell.clear();
    }
    this.#writeLegend(layer, perMap, channel);
  }

  /**
   * @param {LayerOnScreen | null} layer
   * @param {boolean} perMap
   * @param {number} channel
   */
  #writeLegend(layer, perMap, channel) {
    const focus = this.layout?.role === "focus";
    this.legend.hidden = !layer || (this.layout?.width ?? 0) < 16;
    if (!layer) return;
    const { activation } = layer;
    const { scale, map } = paletteOf(activation, channel);
    const key = [map.kind, map.table[0], scale.low, scale.high, perMap, focus, this.layout?.width].join();
    if (this.legend.dataset.key === key) return;
    this.legend.dataset.key = key;
    this.#legend.show(legendImage(map));
    const own = perMap && map.kind !== "grey" && this.form === "maps";
    this.#legendText.replaceChildren(
      ...rangeTexts(scale, map.kind === "diverging", focus, own ? (this.layout?.width ?? 0) : 0).map((text) =>
        h("span", {}, text),
      ),
    );
    const { min, max } = own ? channelSummary(activation, channel) : activation;
    this.legend.title = `${own ? `channel ${channel}: ` : ""}smallest ${fixed(min, 3)}, largest ${fixed(max, 3)}`;
  }
}

/**
 * @param {{low: number, high: number}} scale
 * @param {boolean} signed
 * @param {boolean} focus
 * @param {number} own Width of the column where every map has its own scale, else 0.
 */
function rangeTexts({ low, high }, signed, focus, own) {
  if (own && !focus) return [own < 44 ? "map" : "per map"];
  if (high === low) return ["all 0"];
  if (!focus) return signed ? [`±${brief(high)}`] : [brief(low), brief(high)];
  const decimals = high >= 100 ? 1 : high >= 0.1 ? 2 : 4;
  return signed
    ? [fixed(low, decimals), "0", fixed(high, decimals)]
    : [fixed(low, low ? decimals : 0), fixed(high, decimals)];
}
