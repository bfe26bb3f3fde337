import { evenLayout, lensLayout } from "../../geometry/layout.js";
import { filledValues } from "../../state/playback.js";
import { onSystemTheme } from "../../state/scene.js";
import { view } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, place, setAttribute, setHidden } from "../../widgets/dom.js";
import { comparedParts } from "./late.js";
import { columnSpec, StripLineup } from "./lineup.js";
import { StripMarks } from "./marks.js";
import { followPointer } from "./pointer.js";
import { filtersOf, showsFilters, StripSheet } from "./sheet.js";
import { ledgerLabels, stripToolbar } from "./toolbar.js";
import { isInView, lacksSomething, showColumn, tellView, wantInView } from "./view.js";

/** @import { ModelDetail } from "../../api/client.js" */
/** @import { ColumnSpec, Layout } from "../../geometry/layout.js" */
/** @import { Frame, StripColumn } from "./column.js" */

const HEAD = 60;
const LEGEND = 30;
const LEDGER = 68;
/** The line "+54" under columns that show some of their channels. */
const MORE = 14;
/** Below this height the ledger gives its room to the maps. */
const SHORT = 600;
/** Milliseconds. Most waits are shorter, and what fades for the blink of an eye only flickers. */
const LATE = 250;

/**
 * Every layer of the network beside the others, one column each, one row a channel; the chosen one on a sheet.
 * `data-state` is "ready" once every layer of the shown result is painted.
 */
export class NetworkStrip extends BaseElement {
  #lineup = new StripLineup(() => this.requestPaint());
  /** @type {Layout | null} */
  #layout = null;
  #layoutKey = "";
  /** @type {Frame} */
  #frame = { head: HEAD, rows: 0, ledger: true };
  #size = { width: 0, height: 0 };
  /** How far the stage is scrolled, read when it scrolls: asking at every paint would lay the page out again. */
  #left = 0;
  /** Whether it is to be scrolled there. */
  #moved = false;
  #dirty = true;
  #revealed = "";
  #arranged = "";
  #drawnKey = "";
  /** Counts what changes every column, and what changes some. */
  #drawings = 0;
  #news = 0;
  #wanted = "";
  /** @type {StripSheet | null} */
  #sheet = null;
  /** Runs while something is awaited; a transition with a delay would have every frame drawn meanwhile. */
  #waits = 0;
  #late = false;
  #marks = new StripMarks(() => this.requestPaint());
  #labels = ledgerLabels();
  /** @type {import("./compared.js").DistanceLabels | null} */
  #distances = null;
  #track = h("div", { class: "strip-track" }, this.#labels);
  #stage = h("div", { class: "strip-stage" }, this.#track);
  #room = h("div", { class: "strip-room" }, this.#stage);

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    setAttribute(this, "data-state", "loading");
    this.replaceChildren(stripToolbar(this.source, signal), h("div", { "data-place": "edits" }), this.#room);
    followPointer(this.source, this.#room, (name) => this.#lineup.columns.get(name), signal);
    const { status } = this.subject;
    const { selection, hover, layout, playback, pace, probe, sheet, order, slice, folded } = view;
    this.#sheet = new StripSheet(signal);
    this.#track.prepend(...this.#lineup.elements);
    this.#track.append(this.#sheet.element, ...this.#marks.elements);
    for (const each of [view.scaling, view.theme, playback, pace, sheet, order, slice]) each.subscribe(() => this.#touch(), { signal });
    for (const each of this.source.signals) each.subscribe(() => this.#hear(), { signal });
    order.subscribe(() => this.#lineup.columns.get(selection.value.node)?.maps.scrollTo(0, 0), { signal });
    this.watch(selection, hover, layout, probe, status, folded);
    onSystemTheme(() => this.#touch(), signal);
    const sizes = new ResizeObserver(() => this.#measure());
    sizes.observe(this.#room);
    signal.addEventListener("abort", () => sizes.disconnect());
    this.#stage.addEventListener("scroll", () => this.#scrolled(), { signal, capture: true, passive: true });
    const show = (/** @type {Event} */ event) => showColumn(this.#lineup.starts, this.#stage, event);
    this.addEventListener("show-layer", show, { signal });
    this.addEventListener("follow-focus", () => this.#focusSelected(), { signal });
    this.#stage.addEventListener("focusin", (event) => this.#showFocused(event), { signal });
  }

  get #view() {
    return { left: this.#left, width: this.#size.width };
  }

  #scrolled() {
    this.#left = this.#stage.scrollLeft;
    for (const column of this.#lineup.shown) column.scrolled();
    this.requestPaint();
  }

  #measure() {
    const { clientWidth: width, clientHeight: height } = this.#room;
    if (width === this.#size.width && height === this.#size.height) return;
    this.#size = { width, height };
    this.#touch();
  }

  /** @override */
  paint() {
    const model = this.source.model.value;
    if (!model) return;
    if (!this.#lineUp(model) || !this.#size.width) return;
    this.#arrange(model);
    const focus = this.#lineup.columns.get(view.selection.value.node);
    const near = (/** @type {StripColumn} */ column) => column === focus || isInView(column, this.#view, this.#size.width / 2);
    for (const column of this.#lineup.shown) if (near(column)) column.appear();
    if (focus?.showCells()) this.#dirty = true;
    this.#sheet?.paint(focus, this.#frame.head);
    this.#label();
    this.#draw();
    this.#mark(model, focus);
    this.#scroll();
    tellView({ starts: this.#lineup.starts, width: this.#layout?.width ?? 0 }, this.#left, this.#size.width);
    this.#want();
    this.#settle(model);
  }

  /**
   * @param {ModelDetail} model
   * @returns {boolean} Whether it is known how they stand.
   */
  #lineUp(model) {
    const state = this.#lineup.order(this.source, model, view.selection.value.node);
    if (state === "waiting") setAttribute(this, "data-state", "loading");
    if (state !== "new") return state === "same";
    this.#layoutKey = "";
    this.#dirty = true;
    return true;
  }

  /**
   * Place the columns, when something that moves them has changed.
   *
   * @param {ModelDetail} model
   */
  #arrange(model) {
    const { node: chosen, channel } = view.selection.value;
    const request = `${view.layout.value}/${chosen}/${channel}`;
    const { plan } = this.#lineup;
    if (!plan || (!this.#dirty && request === this.#arranged)) return;
    this.#arranged = request;
    const { places, room } = plan;
    const columns = this.#lineup.shown;
    const numbers = new Map(columns.map((column, at) => [column.node.name, at]));
    const specs = columns.map((column, at) => columnSpec(column, model, places[at], { numbers, changed: () => this.#touch() }));
    const focus = view.layout.value === "lens" ? columns.findIndex((column) => column.node.name === chosen) : -1;
    const key = [focus, this.#size.width, this.#size.height, ...specs.map((spec) => [spec.lanes, ...spec.shown, ...(spec.order ?? [])].join(" "))].join("|");
    if (key === this.#layoutKey) return;
    const moved = !this.#layoutKey.startsWith(`${focus}|`);
    this.#layoutKey = key;
    const ledger = this.#size.height >= SHORT;
    const head = HEAD + room;
    const cut = (/** @type {ColumnSpec} */ { form, shown, channels }) => form !== "barcode" && shown.length < channels;
    const more = specs.some((spec, index) => index !== focus && cut(spec)) ? MORE : 0;
    const height = this.#size.height - head - LEGEND - more - (ledger ? LEDGER : 6);
    const lanes = { y: room, height: HEAD + height + more };
    const stage = { width: this.#size.width, height, lanes };
    this.#layout = focus < 0 ? evenLayout(specs, stage) : lensLayout(specs, focus, stage);
    const rows = this.#layout.height + more;
    // Where width keeps the maps small, what is left below them is the ledger's.
    this.#frame = { head, rows, ledger: ledger || this.#size.height - head - rows - LEGEND >= LEDGER };
    columns.forEach((column, index) => {
      const place = this.#layout?.columns[index];
      if (place) column.place(place, this.#frame);
    });
    this.#lineup.placed(this.#layout);
    this.#placeLabels(this.#layout.width, head);
    if (moved) this.#keepInView();
  }

  /**
   * @param {number} width
   * @param {number} head
   */
  #placeLabels(width, head) {
    place(this.#track, { width });
    this.#track.classList.toggle("wide", width > this.#size.width);
    place(this.#labels, { top: head + this.#frame.rows + LEGEND + 8 });
  }

  /** Below the columns stands what they cost, or how far apart two of them are. */
  #label() {
    const distances = this.source.distances?.() ?? null;
    setHidden(this.#labels, !this.#frame.ledger || distances !== null);
    const parts = distances && comparedParts(() => this.#touch());
    if (parts && !this.#distances) this.#track.append((this.#distances = new parts.DistanceLabels()).element);
    if (!this.#distances) return;
    place(this.#distances.element, { top: this.#frame.head + this.#frame.rows + LEGEND + 8 });
    this.#distances.paint(this.#frame.ledger ? distances : null);
  }

  /** What has other numbers now is drawn anew. */
  #hear() {
    this.#news += 1;
    this.#arranged = this.#wanted = "";
    this.requestPaint();
  }

  /** Everything in view is drawn anew. */
  #touch() {
    this.#dirty = true;
    this.requestPaint();
  }

  /**
   * Canvases are looked at only when numbers, colours or places have changed, and where they are in view: hovering
   * leaves them alone, scrolling draws what has not been seen yet.
   */
  #draw() {
    const { node: chosen, channel: current } = view.selection.value;
    const key = `${this.#layoutKey}/${chosen}/${current}`;
    if (this.#dirty || key !== this.#drawnKey) this.#drawings += 1;
    this.#dirty = false;
    this.#drawnKey = key;
    const perMap = view.scaling.value === "map";
    for (const [at, column] of this.#lineup.shown.entries()) {
      if (!isInView(column, this.#view) || !column.differs(this.#drawings, this.#news, this.#late)) continue;
      const number = this.#lineup.plan?.shown[at] ?? at;
      const filters = showsFilters(column) ? filtersOf(column, () => this.#touch()) : null;
      const channel = column.node.name === chosen ? current : 0;
      column.paint(column.layer, filledValues(number, column.node), { perMap, channel, filters, late: this.#late });
    }
  }

  #want() {
    const key = [this.#drawings, this.#left, this.#lineup.columns.get(view.selection.value.node)?.top].join("/");
    if (key !== this.#wanted) wantInView(this.source, this.#lineup.shown, this.#view);
    this.#wanted = key;
  }

  /**
   * @param {ModelDetail} model
   * @param {StripColumn | undefined} focus
   */
  #mark(model, focus) {
    if (!focus?.layout) return;
    this.#reveal(focus, view.selection.value.channel);
    this.#marks.paint(model, this.#lineup, focus, { frame: this.#frame, stage: this.#view });
  }

  /**
   * Once for every newly selected channel: its cell is the one that Tab stops at, and is in view.
   *
   * @param {StripColumn} focus
   * @param {number} channel
   */
  #reveal(focus, channel) {
    const { width, height } = this.#size;
    const key = [focus.node.name, channel, focus.layout?.role, width, height].join("/");
    if (key === this.#revealed) return;
    this.#revealed = key;
    for (const column of this.#lineup.shown) column.select(column === focus ? channel : null);
    focus.element.classList.remove("away");
    if (focus.reveal(channel)) this.#touch();
  }

  /**
   * The strip is ready when what it shows is complete and on its canvases.
   *
   * @param {ModelDetail} model
   */
  #settle(model) {
    const { status, shown, pending } = this.subject;
    const there = !lacksSomething(this.#lineup.shown, this.#view);
    const complete = there && shown.value?.complete === true && shown.value.model.id === model.id;
    const ready = complete && !pending.value && status.value !== "loading";
    setAttribute(this, "data-state", ready ? "ready" : "loading");
    if (ready) {
      clearTimeout(this.#waits);
      this.#waits = 0;
      this.#late = false;
    } else {
      this.#waits ||= setTimeout(() => {
        this.#late = true;
        this.#touch();
      }, LATE);
    }
  }

  #keepInView() {
    const place = this.#layout?.columns.find((column) => column.role === "focus");
    if (!place || !this.#layout || this.#layout.width <= this.#size.width) return;
    const left = place.x + place.width / 2 - this.#size.width / 2;
    this.#left = Math.max(0, Math.min(left, this.#layout.width - this.#size.width));
    this.#moved = true;
  }

  /** Scroll to where the paint expects it, at its end: that has the page laid out. */
  #scroll() {
    if (this.#moved) this.#stage.scrollTo({ left: this.#left, behavior: "instant" });
    this.#moved = false;
  }

  /**
   * A cell that got the focus by Tab is selected already; one on a scrolled sheet is brought into view. So is a head,
   * and at once what comes after it: out of view nothing can be reached by Tab.
   *
   * @param {FocusEvent} event
   */
  #showFocused(event) {
    if (event.target instanceof Element) event.target.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (this.#stage.scrollLeft === this.#left) return;
    this.#scrolled();
    this.paint();
  }

  /** Put the focus on the selected map, after its layer or channel has changed by key. */
  #focusSelected() {
    this.paint();
    const { node, channel } = view.selection.value;
    const column = this.#lineup.columns.get(node);
    column?.cell(column.cellNumber(channel))?.element.focus();
  }
}

customElements.define("network-strip", NetworkStrip);
