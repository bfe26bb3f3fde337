import { largestOf } from "../../geometry/extremes.js";
import { fixed, MINUS } from "../../geometry/scale.js";
import { channelName, nodeNamed } from "../../state/scene.js";
import { h, setHidden, setStyle, setText } from "../../widgets/dom.js";
import { Explanations } from "./explained.js";

/** @import { ModelDetail, NodeDetail } from "../../api/client.js" */
/** @import { Explained } from "../../layer-views/arithmetic/types.js" */
/** @import { LayerSource } from "../../state/sources.js" */
/** @import { Pixel } from "../../state/types.js" */

/** Rows before the others are folded into one. */
const MOST = 10;

/** @typedef {{ name: string, a: number | null, b: number | null }} Row null: too small to have been told. */

/** What adds up to a value, in A above and in B below. */
export class PairedTerms {
  #list = h("ol", { class: "paired-terms num" });
  #note = h("p", { class: "paired-note" });
  #both = { a: new Explanations(), b: new Explanations() };
  #key = "";

  /**
   * @param {LayerSource} source
   * @param {() => void} changed Paint again: an answer has come.
   */
  constructor(source, changed) {
    this.source = source;
    this.changed = changed;
    const head = h("h3", { class: "paired-head" }, "What adds up to this value", h("small", {}, "A above, B below"));
    this.element = h("div", {}, head, this.#list, this.#note);
  }

  /**
   * @param {ModelDetail} model
   * @param {NodeDetail} node
   * @param {Pixel} pixel
   */
  paint(model, node, pixel) {
    const sides = this.source.sides?.();
    if (!sides) return;
    const a = this.#both.a.of(sides.a, pixel, this.changed);
    const b = this.#both.b.of(sides.b, pixel, this.changed);
    const adds = a?.operation === "sum" && b?.operation === "sum";
    setHidden(this.#list, Boolean(a && b && !adds));
    setText(this.#note, a && b && !adds ? "Nothing is added up here. Choose A or B above the maps to see how each value is made." : "");
    this.#list.classList.toggle("stale", !a || !b);
    if (!a || !b || !adds) return;
    const key = [sides.a, sides.b].map((side) => side.address("explain", pixel.node, { ...pixel })).join();
    if (key === this.#key) return;
    this.#key = key;
    this.#write(rowsOf(model, node, a, b, sides.a.known), [value(a), value(b)]);
  }

  /**
   * @param {readonly Row[]} rows
   * @param {readonly [number, number]} sums
   */
  #write(rows, sums) {
    const most = largestOf(rows.flatMap(({ a, b }) => [Math.abs(a ?? 0), Math.abs(b ?? 0)])) || 1;
    const items = rows.map(({ name, a, b }) => {
      const bars = h("span", { class: "paired-bars", "aria-hidden": "true" }, bar(a, most, "a"), bar(b, most, "b"));
      return h("li", {}, h("span", {}, name), bars, h("b", {}, added(a)), h("b", {}, added(b)));
    });
    const sum = h("li", { class: "sum" }, h("span", {}, "\u03a3 + bias"), h("span"), ...sums.map((each) => h("b", {}, fixed(each, 3))));
    this.#list.replaceChildren(...items, sum);
  }
}

/** @param {Explained} explained */
const value = (explained) => explained.value;

/**
 * The terms of both by what they come from, the largest of either first; what is left, together.
 *
 * @param {ModelDetail} model
 * @param {NodeDetail} node
 * @param {Explained} a
 * @param {Explained} b
 * @param {(node: string) => string} known How a layer of A is named in B.
 * @returns {Row[]}
 */
function rowsOf(model, node, a, b, known) {
  const renamed = a.terms.map((term) => ({ ...term, node: known(term.node ?? "") }));
  const [first, second] = [renamed, b.terms].map((terms) => new Map(terms.map((term) => [keyOf(term), term])));
  if (!first || !second) return [];
  const all = [...new Map([...first, ...second])].map(([key, term]) => {
    return { name: nameOf(model, node, term), a: first.get(key)?.sum ?? null, b: second.get(key)?.sum ?? null };
  });
  const size = (/** @type {Row} */ row) => Math.max(Math.abs(row.a ?? 0), Math.abs(row.b ?? 0));
  const rows = all.sort((one, other) => size(other) - size(one)).slice(0, MOST);
  const left = { a: remaining(a, rows.map((row) => row.a)), b: remaining(b, rows.map((row) => row.b)) };
  const more = Math.max(a.terms.length + a.rest.count, b.terms.length + b.rest.count) - rows.length;
  return more > 0 ? [...rows, { name: `${more} others`, ...left }] : rows;
}

/**
 * What the rows leave of a sum.
 *
 * @param {Explained} explained
 * @param {readonly (number | null)[]} shown
 */
function remaining({ terms, rest }, shown) {
  const all = terms.reduce((sum, term) => sum + term.sum, rest.sum);
  return shown.reduce((/** @type {number} */ left, each) => left - (each ?? 0), all);
}

/** @param {Explained["terms"][number]} term */
const keyOf = ({ node, channel, y, x }) => `${node}/${channel}/${y}/${x}`;

/**
 * @param {ModelDetail} model
 * @param {NodeDetail} node
 * @param {Explained["terms"][number]} term
 */
function nameOf(model, node, term) {
  const from = term.node ?? "";
  const source = nodeNamed(model, from);
  const name = source ? channelName(model, source, term.channel) : String(term.channel);
  return node.inputs.length > 1 ? `${from} ${name}` : name;
}

/** @param {number | null} sum */
function added(sum) {
  if (sum === null) return "\u2013";
  const text = fixed(sum, 3);
  return sum === 0 || text.startsWith(MINUS) ? text : `+${text}`;
}

/**
 * From the middle to the left or to the right.
 *
 * @param {number | null} sum
 * @param {number} most
 * @param {"a" | "b"} lane
 */
function bar(sum, most, lane) {
  const made = h("i", { class: `${lane} ${(sum ?? 0) < 0 ? "neg" : "pos"}` });
  setStyle(made, "--share", String(Math.abs(sum ?? 0) / most));
  return made;
}
