/** A value that is a sum of products and a bias: convolutions and dense layers. */

import { bySize, largestCell, placeOf } from "../../draw/products.js";
import { valueAt } from "../../draw/tensor.js";
import { addUp, decimalsFor, equals, read } from "../../geometry/rounding.js";
import { TIMES, fixed, rounded } from "../../geometry/scale.js";
import { viewOf } from "../index.js";
import { chip, largestOf, name, plus, reach, sign, word } from "./cells.js";
import { CURVES } from "./curves.js";

/** @import { NodeDetail } from "../../api/client.js" */
/** @import { Activation } from "../../state/types.js" */
/** @import { Term } from "../../draw/products.js" */
/** @import { Cell, Explained, Grid, Row, Share, Question, Working } from "./types.js" */

/** Wider patches are shown as colours alone: their numbers would be too small to read. */
const WIDEST_IN_NUMBERS = 7;
/** Layers with more weights are explained by the server. */
const MOST_WEIGHTS = 4_000_000;
/** So many of the largest terms set the colours of kernels and products. */
const LEADERS = 10;
/** So few terms keep the order of their channels. */
const FEW = 3;
/** Patches of more cells are large enough in their row. */
const MOST_OPENED = 64;
/** Height of a row of numbers, and of the gap between grids that stand below each other, CSS pixels. */
const NUMBERS = 21;
const GAP = 5;

/**
 * @typedef {object} Told
 * @property {string} layout
 * @property {string[]} captions
 * @property {NodeDetail} source Whose channels the terms are.
 * @property {Activation} patch Its values.
 * @property {number | null} bias null where the layer has none.
 * @property {Explained} [explained] Where the server told the terms: its value, and what it left out.
 */

/**
 * @param {Question} question
 * @param {readonly Term[]} terms
 * @param {Told} told
 * @returns {Working}
 */
export function sumOf(question, terms, told) {
  const { own, pixel } = question;
  const { explained } = told;
  const value = explained?.value ?? valueAt(own, pixel.channel, pixel.y, pixel.x);
  const rest = explained?.rest ?? { count: 0, sum: 0 };
  const adds = terms.map((term) => term.sum);
  const decimals = decimalsFor(reach(own));
  const order = bySize(adds);
  const leaders = order.slice(0, LEADERS);
  const largest = {
    kernel: largestOf(leaders.flatMap((index) => terms[index]?.kernel ?? [])),
    product: largestOf(leaders.flatMap((index) => terms[index]?.products ?? [])),
  };
  const { line, sum, exactly } = totalLine(question, [...adds, rest.sum], told.bias, value, decimals);
  return {
    ...{
      layout: told.layout,
      captions: told.captions,
      count: terms.length,
      rows: `${told.source.kind === "input" ? "Colours" : told.source.output_shape.length > 1 ? "Channels" : "Values"} of ${told.source.name}`,
      adds,
      rest,
      total: sum,
      decimals,
      inOrder: terms.length <= FEW,
      ...openedHeight(terms[0]),
    },
    row: (index, share) => {
      const term = /** @type {Term} */ (terms[index]);
      return termRow(term, share, told, { title: titleOf(question, told.source, term.channel), largest, decimals });
    },
    current: order[0] ?? 0,
    rowOf: (pointed) =>
      pointed.node === told.source.name ? terms.findIndex((term) => term.channel === pointed.channel) : -1,
    lines: [line],
    notes: floatNote(exactly, value, decimals),
  };
}

/**
 * Numbers of a wide patch, its kernel and its products stand below each other.
 *
 * @param {Term | undefined} term
 */
function openedHeight(term) {
  if (!term || term.width <= FEW || numbersOf(term, 0, 0).length === 0) return {};
  return { opened: 3 * ((term.patch.length / term.width) * NUMBERS + GAP) };
}

/**
 * The terms as the server tells them where not every map that is read is here, or the weights are too many to fetch.
 *
 * @param {Question} question
 * @param {Activation} input
 * @returns {Explained | null | undefined} undefined where they can be worked out here; null while on their way.
 */
export function toldTerms({ node, explained }, input) {
  const weights = (node.parameters[`${node.name}.weight`] ?? []).reduce((all, size) => all * size, 1);
  return input.data.length && weights <= MOST_WEIGHTS ? undefined : explained();
}

/**
 * Kernel and bias of the layer; null while they are on their way.
 *
 * @param {Question} question
 */
export function weightsOf({ node, parameter, pixel }) {
  const weights = parameter("weight");
  const biased = `${node.name}.bias` in node.parameters;
  const biases = biased ? parameter("bias") : null;
  if (!(weights?.data instanceof Float32Array) || (biased && !biases)) return null;
  const bias = biases ? Number(biases.data[pixel.channel]) : null;
  return { kernel: { shape: weights.shape, data: weights.data }, bias };
}

/**
 * Σ + bias = value, and what the activation after it makes of it; the printed numbers add up.
 *
 * @param {Question} question
 * @param {readonly number[]} adds
 * @param {number | null} bias
 * @param {number} value
 * @param {number} decimals
 */
function totalLine(question, adds, bias, value, decimals) {
  const { own } = question;
  const exact = adds.reduce((sum, each) => sum + each, 0);
  const { parts, holds } = addUp(bias === null ? [exact] : [exact, bias], value, decimals);
  const [sum, added] = parts;
  /** @type {Cell[]} */
  const line = [word("Σ"), chip(exact, own, sum?.text ?? "", sum?.adjusted)];
  if (bias !== null) {
    line.push(word("+ bias"), chip(bias, own, added?.text ?? "", added?.adjusted));
    line.push(word(holds ? "=" : "≈"), chip(value, own, fixed(value, decimals)));
  }
  line.push(...afterwards(question, decimals));
  return { line, sum: (sum?.units ?? 0) / 10 ** decimals, exactly: exact + (bias ?? 0) };
}

/**
 * What becomes of the value where an activation alone reads it.
 *
 * @param {Question} question
 * @param {number} decimals
 * @returns {Cell[]}
 */
function afterwards({ model, node, pixel, activation }, decimals) {
  const readers = model.nodes.filter((each) => each.inputs.includes(node.name));
  const [only] = readers;
  const after = only && readers.length === 1 && CURVES[only.kind] ? activation(only.name) : undefined;
  const value = after ? valueAt(after, pixel.channel, pixel.y, pixel.x) : NaN;
  if (!only || !after || Number.isNaN(value)) return [];
  return [word(`${viewOf(only.kind).title} →`, "after"), chip(value, after, fixed(value, decimals))];
}

/**
 * @param {number} exact
 * @param {number} value
 * @param {number} decimals
 */
function floatNote(exact, value, decimals) {
  if (fixed(exact, decimals) === fixed(value, decimals)) return [];
  return [[`In float32, as the network adds, the last digit is another (by ${rounded(Math.abs(exact - value), 1)}).`]];
}

/**
 * @param {Question} question
 * @param {NodeDetail} source
 * @param {number} channel
 */
function titleOf(question, source, channel) {
  const name = question.channelName(source, channel);
  return source.kind === "input" && /^[a-z]/.test(name) ? name.charAt(0).toUpperCase() : name;
}

/**
 * @param {Term} term
 * @param {Share | null} share
 * @param {Told} told
 * @param {{title: string, largest: {kernel: number, product: number}, decimals: number}} style
 * @returns {Row}
 */
function termRow(term, share, { source, patch }, { title, largest, decimals }) {
  const at = (/** @type {number} */ cell) => {
    const place = placeOf(term, cell);
    return place && { node: source.name, ...place };
  };
  const values = [term.patch, term.kernel, term.products];
  const tones = [patch, largest.kernel, largest.product];
  const grids = (/** @type {Partial<Grid>[]} */ numbers, relation = "=") =>
    values.flatMap((each, index) => {
      const before = index ? [sign(index === 1 ? TIMES : relation)] : [];
      const grid = { kind: "grid", values: each, width: term.width, tone: tones[index] ?? 0, at, ...numbers[index] };
      return [...before, /** @type {Cell} */ (grid)];
    });
  return {
    label: `${title} adds ${share?.text}, running sum ${share?.run}`,
    cells: [
      name(title),
      ...grids([]),
      { kind: "bar", from: share?.from ?? 0, to: share?.to ?? 0 },
      word(plus(share), "end adds", share?.adjusted),
    ],
    target: at(largestCell(term)),
    descends: true,
    detail: () => {
      if (term.patch.length > MOST_OPENED) return [];
      const numbers = numbersOf(term, share?.printed ?? term.sum, decimals);
      return grids(numbers, relationOf(numbers, decimals));
    },
  };
}

/**
 * The numbers in the cells of an open row; the products add up to what the row adds.
 *
 * @param {Term} term
 * @param {number} sum As printed.
 * @param {number} decimals
 * @returns {Partial<Grid>[]}
 */
function numbersOf({ patch, kernel, products, width }, sum, decimals) {
  if (width > WIDEST_IN_NUMBERS || patch.length > MOST_OPENED) return [];
  const { parts } = addUp(products, sum, decimals);
  const inside = (/** @type {number} */ cell) => !Number.isNaN(patch[cell] ?? NaN);
  return [
    { texts: patch.map((value, cell) => (inside(cell) ? fixed(value, 2) : "0")) },
    { texts: kernel.map((value) => fixed(value, 2)) },
    {
      texts: parts.map(({ text }, cell) => (inside(cell) ? text : "0")),
      adjusted: parts.map(({ adjusted }) => adjusted),
    },
  ];
}

/**
 * Whether the printed factors give the printed products.
 *
 * @param {readonly Partial<Grid>[]} numbers
 * @param {number} decimals
 */
function relationOf([patch, kernel, products], decimals) {
  const at = (/** @type {Partial<Grid> | undefined} */ grid, /** @type {number} */ cell) =>
    read(grid?.texts?.[cell] ?? "");
  const off = products?.texts?.some(
    (text, cell) => equals(at(patch, cell) * at(kernel, cell), fixed(read(text), decimals), decimals) !== "=",
  );
  return off ? "≈" : "=";
}
