import { grouped } from "../../geometry/scale.js";
import { arrange, bySizeOf } from "../../layer-views/arithmetic/arrange.js";
import { plus, word } from "../../layer-views/arithmetic/cells.js";
import { arithmeticOf } from "../../layer-views/arithmetic/index.js";
import { parameter } from "../../state/parameters.js";
import { sliding } from "../../state/playback.js";
import { pointAway } from "../../state/pointing.js";
import { channelName, nodeNamed } from "../../state/scene.js";
import { descend, selectPixel, view } from "../../state/view.js";
import { h, onWidth, s, setAttribute, setHidden, setText } from "../../widgets/dom.js";
import { partNode } from "../../widgets/terms.js";
import { Explanations } from "./explained.js";
import { askForShown } from "./working-needs.js";
import { WorkingPictures } from "./working-pictures.js";
import { WorkingLine, WorkingRow } from "./working-rows.js";
import { zoomNow } from "../../widgets/zoom.js";

/** @import { ModelDetail, NodeDetail } from "../../api/client.js" */
/** @import { Placed } from "../../layer-views/arithmetic/arrange.js" */
/** @import { Arithmetic, Question, Share, Working } from "../../layer-views/arithmetic/types.js" */
/** @import { LayerSource } from "../../state/sources.js" */
/** @import { Activation, Pixel } from "../../state/types.js" */
/** @import { Surroundings } from "./working-cells.js" */

/** Rows before the others are folded into one, and how many more a click on that one brings. */
const FOLDED = 10;
const PAGE = 100;
/** Heights in CSS pixels: everything of the page but the rows; a row; what an opened row adds. */
const ELSEWHERE = 574;
const ROW = 29;
const OPENED = 68;

/** The arithmetic behind the current value, whatever the kind of its layer. */
export class InspectorWorking {
  #figure = s("svg", { class: "working-figure", role: "img" });
  #about = h("p", { class: "working-about" });
  #captions = h("div", { class: "row-line captions", "aria-hidden": "true" });
  #list = h("ol", { class: "working-rows" });
  #pictures = new WorkingPictures();
  #table = h("div", { class: "working-table" }, this.#list, this.#pictures.element);
  #width = 0;
  #others = new WorkingLine("button", "row-line others");
  #othersBar = new WorkingPictures();
  #fold = h("button", { type: "button", class: "fact-link" }, "Show the first ones only");
  #foot = new WorkingLine("div", "row-line foot");
  #lines = h("div", { class: "working-lines" });
  #notes = h("div", { class: "working-notes" });
  /** @type {WorkingRow[]} */
  #rows = [];
  /** @type {WorkingLine[]} */
  #sums = [];
  /** @type {Map<string, Arithmetic>} */
  #known = new Map();
  #explanations = new Explanations();
  #most = FOLDED;
  #node = "";
  /** The rows that stay while the window slides, and of which table. @type {{of: string, rows: number[]} | null} */
  #kept = null;
  /** Signs of rounding that the table has had, explained. @type {Set<string>} */
  #signs = new Set();
  /** The layer whose arithmetic the table shows. */
  #drawn = "";
  #figureMarkup = "";

  /**
   * @param {LayerSource} source
   * @param {AbortSignal} signal
   * @param {() => void} changed Paint again.
   */
  constructor(source, signal, changed) {
    this.source = source;
    this.changed = changed;
    this.element = h("div", { class: "inspector-working", "data-lesson": "working" });
    this.element.append(
      this.#figure,
      this.#about,
      this.#captions,
      this.#table,
      h("div", { class: "working-others" }, this.#others.element, this.#othersBar.element),
      this.#fold,
      this.#foot.element,
      this.#lines,
      this.#notes,
    );
    onWidth(this.#table, signal, (width) => {
      this.#width = width;
      changed();
    });
    this.#list.addEventListener("click", (event) => this.#click(event), { signal });
    for (const name of ["pointermove", "focusin"])
      this.#list.addEventListener(name, (event) => this.#point(event), { signal });
    for (const name of ["pointerleave", "focusout"]) this.#list.addEventListener(name, pointAway, { signal });
    this.#others.element.addEventListener("click", () => this.#unfold(this.#most + PAGE), { signal });
    this.#fold.addEventListener("click", () => this.#unfold(FOLDED), { signal });
  }

  /** @param {number} most */
  #unfold(most) {
    this.#most = most;
    this.changed();
  }

  /** @param {Event} event */
  #rowOf(event) {
    const item = event.target instanceof Element ? event.target.closest("li") : null;
    return this.#rows.find((row) => row.element === item);
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const row = this.#rowOf(event);
    // Enter on a row comes without a place.
    const place = (event.detail ? row?.placeUnder(event) : null) ?? row?.row?.target;
    if (!place || !row?.row) return;
    const model = this.source.model.value;
    if (row.row.descends) descend(model, place);
    else selectPixel(model, place);
  }

  /** @param {Event} event */
  #point(event) {
    const target = this.#rowOf(event)?.row?.target;
    const now = view.hover.value;
    if (!target || (now?.node === target.node && now.channel === target.channel)) return;
    view.hover.value = { ...target };
  }

  /**
   * @param {ModelDetail} model
   * @param {NodeDetail} node
   * @param {Activation} activation
   * @param {Pixel} pixel
   */
  paint(model, node, activation, pixel) {
    if (this.#node !== node.name) {
      [this.#node, this.#most] = [node.name, FOLDED];
      this.#signs.clear();
    }
    const sheet = this.#known.get(node.kind);
    if (!sheet) {
      void arithmeticOf(node.kind).then((arithmetic) => {
        this.#known.set(node.kind, arithmetic);
        this.changed();
      });
    }
    const { here, hover } = askForShown(this.source, model, node, pixel, this.#most);
    const subject = sheet && here ? this.#subject(model, node, activation, pixel) : null;
    const working = subject && sheet ? sheet(subject) : null;
    // While the next value's numbers are on their way those of the last one stay, faded: nothing jumps.
    setHidden(this.element, !working && this.#drawn !== node.name);
    this.element.classList.toggle("waiting", !working);
    setAttribute(this.element, "data-ready", working ? node.kind : "");
    if (!working) return;
    this.#drawn = node.name;
    this.#draw(working, pixel, hover);
  }

  /**
   * @param {ModelDetail} model
   * @param {NodeDetail} node
   * @param {Activation} own
   * @param {Pixel} pixel
   * @returns {Question | null} null until all inputs are there.
   */
  #subject(model, node, own, pixel) {
    const sources = node.inputs.flatMap((name) => nodeNamed(model, name) ?? []);
    const inputs = node.inputs.flatMap((name) => this.source.layer(name)?.activation ?? []);
    if (inputs.length !== node.inputs.length) return null;
    return {
      ...{ model, node, own, sources, inputs, pixel },
      activation: (name) => this.source.layer(name)?.activation,
      parameter: (name) => parameter(model.id, `${node.name}.${name}`, this.changed),
      explained: () => this.#explanations.of(this.source, pixel, this.changed),
      channelName: (of, channel) => channelName(model, of, channel),
    };
  }

  /**
   * @param {Working} working
   * @param {Pixel} pixel
   * @param {Pixel | null} hover
   */
  #draw(working, pixel, hover) {
    const hovered = hover ? working.rowOf(hover) : -1;
    const kept = this.#keep(working, pixel);
    const { rows, others, axis } = arrange(working, this.#most, hovered, kept);
    const bySize = bySizeOf(working, this.#most);
    setHidden(this.#about, !working.rows);
    setText(this.#about, `${working.rows}${working.adds ? (bySize && !kept ? ", the largest first" : ", in order") : ""}`);
    setAttribute(this.element, "class", `inspector-working ${working.layout}`);
    this.#table.classList.toggle("unfolded", this.#most > FOLDED);
    this.#drawFigure(working);
    const captions = working.captions.join("|");
    if (this.#captions.dataset.key !== captions) {
      this.#captions.dataset.key = captions;
      this.#captions.replaceChildren(...working.captions.map((text) => h("span", {}, text)));
    }
    const open = this.#opened(working, rows, hovered);
    const around = { channel: pixel.channel, axis, large: false, joined: false, pictures: this.#pictures };
    const joins = /^grids(?! apart)/.test(working.layout);
    this.#place(this.#list, this.#rows, rows.length, () => new WorkingRow());
    rows.forEach(({ index, share }, at) => {
      const row = working.row(index, share);
      const own = { channel: row.target?.channel ?? pixel.channel, joined: joins && at < rows.length - 1 };
      this.#rows[at]?.paint(row, { ...around, ...own }, open.has(index), index === hovered);
    });
    const opened = rows.map(({ index }) => Number(open.has(index))).join("");
    this.#pictures.paint([working.layout, opened, this.#width, innerHeight].join("/"));
    this.#drawOthers(others, { ...around, pictures: this.#othersBar });
    this.#othersBar.paint([working.layout, this.#width].join("/"));
    setHidden(this.#foot.element, !working.foot);
    if (working.foot) this.#foot.paint(working.foot, around);
    this.#place(this.#lines, this.#sums, working.lines.length, () => new WorkingLine("p", "working-line"));
    working.lines.forEach((line, at) => this.#sums[at]?.paint(line, around));
    this.#drawNotes(working);
  }

  /**
   * While the window slides rows stay where they are, by their number, though another may add more now.
   *
   * @param {Working} working
   * @param {Pixel} pixel
   * @returns {readonly number[] | null} null at rest.
   */
  #keep(working, { node, channel }) {
    if (!working.adds || !sliding() || view.pace.value === "layer") return (this.#kept = null);
    const of = [node, channel, this.#most].join();
    if (this.#kept?.of !== of) {
      const rows = arrange(working, this.#most, -1).rows.map(({ index }) => index);
      this.#kept = { of, rows: rows.sort((a, b) => a - b) };
    }
    return this.#kept.rows;
  }

  /**
   * As many rows as there is room for show their numbers, the largest first; the one pointed at always.
   *
   * @param {Working} working
   * @param {readonly Placed[]} rows
   * @param {number} hovered
   */
  #opened({ adds, current, opened = OPENED }, rows, hovered) {
    if (!adds) return new Set([hovered < 0 ? current : hovered]);
    const room = Math.floor((innerHeight / zoomNow() - ELSEWHERE - rows.length * ROW) / opened);
    const open = rows.slice(0, Math.max(1, room)).map(({ index }) => index);
    if (hovered >= 0 && !open.includes(hovered)) open.splice(-1, 1, hovered);
    return new Set(open);
  }

  /**
   * As many elements as there are things to show.
   *
   * @template {{element: HTMLElement}} T
   * @param {HTMLElement} parent
   * @param {T[]} items
   * @param {number} count
   * @param {() => T} make
   */
  #place(parent, items, count, make) {
    while (items.length < count) items.push(make());
    for (const item of items.splice(count)) item.element.remove();
    for (const item of items) if (item.element.parentElement !== parent) parent.append(item.element);
  }

  /** @param {Working} working */
  #drawFigure({ figure }) {
    setHidden(this.#figure, !figure);
    if (!figure || figure.markup === this.#figureMarkup) return;
    this.#figureMarkup = figure.markup;
    setAttribute(this.#figure, "viewBox", `0 0 348 ${figure.height}`);
    setAttribute(this.#figure, "aria-label", figure.label);
    this.#figure.innerHTML = figure.markup;
  }

  /**
   * @param {{count: number, share: Share | null} | null} others
   * @param {Surroundings} around
   */
  #drawOthers(others, around) {
    setHidden(this.#others.element, !others);
    setHidden(this.#fold, this.#most === FOLDED);
    if (!others) return;
    const { count, share } = others;
    const title = word(`${grouped(count)} others${share ? " together" : ""}`);
    this.#others.paint(
      share
        ? [title, { kind: "bar", from: share.from, to: share.to }, word(plus(share), "end adds", share.adjusted)]
        : [title],
      around,
    );
  }

  /** @param {Working} working */
  #drawNotes({ notes }) {
    const all = [...notes];
    // What has been there once in this layer stays explained: a line that came and went would move all below it.
    if (this.element.querySelector(":not([hidden]) > .adjusted")) this.#signs.add("Underlined: rounded to add up.");
    const texts = [...this.element.querySelectorAll(".text")];
    if (texts.some((each) => each.textContent === "≈")) this.#signs.add("≈: as rounded.");
    if (this.#signs.size) all.push([[...this.#signs].join(" ")]);
    const key = JSON.stringify(all);
    if (this.#notes.dataset.key === key) return;
    this.#notes.dataset.key = key;
    this.#notes.replaceChildren(...all.map((note) => h("p", { class: "inspector-note" }, ...note.map(partNode))));
  }
}
