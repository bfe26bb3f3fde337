import { extent } from "../../geometry/graph.js";
import { compact, grouped, shapeText, TIMES } from "../../geometry/scale.js";
import { shortName } from "../../layer-views/index.js";
import { by } from "../../layer-views/words.js";
import { glyph, h, setAttribute, setText } from "../../widgets/dom.js";
import { textWidth } from "../../widgets/text-width.js";

/** @import { NodeDetail } from "../../api/client.js" */
/** @import { Form } from "../../geometry/graph.js" */
/** @import { Column } from "../../geometry/layout.js" */
/** @import { LayerView } from "../../layer-views/words.js" */
/** @import { BlockMark } from "./branches.js" */

/** A sheet this wide has its shape with spaces in it. */
const ROOMY = 190;

/** Sizes of the texts as the style sheet has them, CSS pixels; bold letters are wider by so much. */
const [SMALL, MIDDLE, LARGE, BOLD] = [11, 12, 15, 1.15];
/** Shapes of neighbours stay so far apart. */
const APART = 3;
/** Letters that every name may have. */
const SHORT = 6;

/**
 * As much of a line, from its end, as there is room for.
 *
 * @param {string} line
 * @param {number} room CSS pixels.
 */
function within(line, room) {
  if (textWidth(line) * SMALL - APART <= room) return line;
  let text = line;
  while (text.length > SHORT && textWidth(text) * SMALL + APART > room) text = `…${text.replace("…", "").slice(1)}`;
  return text;
}

/** The name of a column, and the numbers below it. */
export class StripHead {
  #text = h("b");
  #shape = h("small", { "data-lesson": "shapes" });
  /** @type {BlockMark | null} */
  #block = null;
  /** The name of the open block above it. */
  #above = "";
  /** Its shape, as the sheet has it. */
  #long = "";
  ledger = h("div", { class: "strip-ledger", "data-lesson": "costs" });

  /**
   * @param {NodeDetail} node
   * @param {LayerView} view
   * @param {Form} form
   */
  constructor(node, view, form) {
    this.node = node;
    this.view = view;
    this.form = form;
    this.glyphs = [glyph(view.glyph, view.token, 16), glyph(view.glyph, view.token, 20)];
    this.element = h("button", { class: "strip-head", type: "button", "data-head": node.name }, this.#text, this.#shape);
    this.standFor(null);
  }

  /**
   * @param {BlockMark | null} block A folded block, of which this layer is the last.
   * @param {string} [above] The name of the open block that it stands in.
   */
  standFor(block, above = "") {
    this.#block = block;
    this.#above = above;
    const { name, output_shape: shape, parameter_count: parameters, macs, receptive_field: field } = this.node;
    const cost = `${grouped(parameters)} parameters, ${grouped(macs)} multiply-adds; sees ${by(field.size)} px`;
    // in a lane there is no room for the ledger below the maps
    const title = `${name}: ${this.view.title}, output ${shapeText(shape)}; ${cost}`;
    setAttribute(this.element, "title", block ? `${block.name}, ${block.last - block.first + 1} layers; the last of them is shown. ${title}` : title);
  }

  /** @param {Column} column */
  write({ role, width, room }) {
    const [small, large] = this.glyphs;
    const focus = role === "focus";
    const sign = focus ? large : small;
    const first = this.element.firstElementChild;
    if (sign && first?.localName !== "svg") this.element.prepend(sign);
    else if (sign && first !== sign) first?.replaceWith(sign);
    const name = this.#block && !focus ? this.#block.name.replaceAll(".", "/") : this.node.name;
    setText(this.#text, focus ? name : shortName(name, this.#above).map((line) => within(line, room)).join("\n"));
    this.#long = focus ? this.#longShape(width) : "";
    setText(this.#shape, this.#long || this.#shortShape(room));
    setAttribute(this.element, "aria-current", focus ? "true" : null);
    this.#writeLedger(focus);
  }

  /**
   * On the sheet the name stands beside buttons: where there is no room for the whole of it, as in a narrow column.
   *
   * @param {number} room CSS pixels.
   */
  fit(room) {
    const { name } = this.node;
    const short = shortName(name).join(" ");
    setText(this.#text, textWidth(name) * LARGE * BOLD <= room || short.includes("…") ? name : short);
  }

  /**
   * What the sheet shows instead of maps.
   *
   * @param {readonly string[]} texts The longest first, as long as there is room for; none for the maps.
   * @param {number} room CSS pixels.
   */
  tell(texts, room) {
    const { channels, height, width } = extent(this.node);
    const square = height === width ? [`${height}²${TIMES}${channels}`, `${height}²`] : [];
    const all = texts.length ? texts : [this.#long, this.#long.replaceAll(" ", ""), ...square];
    setText(this.#shape, all.find((text) => textWidth(text) * MIDDLE <= room) ?? "");
  }

  /** @param {number} width Of the sheet, whose head has room for buttons too. */
  #longShape(width) {
    const text = shapeText(this.node.output_shape);
    return width < ROOMY ? text : text.replaceAll(TIMES, ` ${TIMES} `);
  }

  /** @param {number} room CSS pixels. */
  #shortShape(room) {
    const { channels, height, width: across } = extent(this.node);
    if (this.form !== "maps") return String(channels);
    if (this.node.inputs.length && this.view.token === "relu") return "";
    const plane = height === across ? `${height}²` : `${height}${TIMES}${across}`;
    const whole = `${plane}${TIMES}${channels}`;
    return textWidth(whole) * SMALL + APART <= room ? whole : plane;
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
}
