import { plane, valueAt } from "../../draw/tensor.js";
import { largestOf, smallestOf } from "../../geometry/extremes.js";
import { addUp, decimalsFor, equals, read } from "../../geometry/rounding.js";
import { TIMES, fixed } from "../../geometry/scale.js";
import { chip, name, neighbours, reach, sign } from "./cells.js";

/** @import { Activation, Pixel } from "../../state/types.js" */
/** @import { Arithmetic, Cell, Grid, Question } from "./types.js" */

/** Both branches and their sum, channel by channel. @type {Arithmetic} */
export const sum = (question) =>
  merged(question, "+", (values, value, decimals) => {
    const { parts, holds } = addUp(values, value, decimals);
    return { parts, relation: holds ? "=" : "≈" };
  });

/** Value × gate, channel by channel. @type {Arithmetic} */
export const product = (question) =>
  merged(question, TIMES, (values, value, decimals) => {
    const parts = values.map((each) => ({ text: fixed(each, decimals), adjusted: false }));
    const recomputed = parts.reduce((all, { text }) => all * read(text), 1);
    return { parts, relation: equals(recomputed, fixed(value, decimals), decimals) };
  });

/**
 * @param {Question} question
 * @param {string} operator
 * @param {(values: number[], value: number, decimals: number) => {parts: {text: string, adjusted: boolean}[], relation: string}} print
 */
function merged(question, operator, print) {
  const { node, own, inputs, sources, pixel } = question;
  const decimals = decimalsFor(Math.max(reach(own), largestOf(inputs.map(reach))));
  const { way, rowOf, ...shared } = neighbours(question);
  const between = (/** @type {(input: Activation, index: number) => Cell} */ cell) =>
    inputs.flatMap((input, index) => [...(index ? [sign(operator)] : []), cell(input, index)]);
  return {
    ...shared,
    rowOf: (/** @type {Pixel} */ pointed) => rowOf(pointed),
    layout: "merge",
    captions: captions(sources.map(({ name }) => name), node.name),
    row: (/** @type {number} */ channel) => {
      const here = { ...pixel, channel };
      const places = inputs.map((input) => readAt(input, here));
      const values = inputs.map((input, index) => valueOf(input, places[index] ?? here));
      const value = valueAt(own, channel, pixel.y, pixel.x);
      const { parts, relation } = print(values, value, decimals);
      const row = way(channel, node.inputs[0] ?? "");
      const strongest = values.reduce(
        (best, each, index) => (Math.abs(each) > Math.abs(values[best] ?? 0) ? index : best),
        0,
      );
      const target = { ...(places[strongest] ?? here), node: node.inputs[strongest] ?? "" };
      const texts = parts.map(({ text }) => text);
      return {
        label: `${channel}: ${texts.join(` ${operator} `)} ${relation} ${fixed(value, decimals)}`,
        cells: [
          name(String(channel)),
          ...between((input, index) => chip(values[index] ?? NaN, input, texts[index] ?? "", parts[index]?.adjusted)),
          sign(relation),
          chip(value, own, fixed(value, decimals)),
        ],
        ...row,
        target: row.descends ? target : row.target,
        detail: () => {
          if (pixelOnly(own)) return [];
          const maps = between((input, index) => mapOf(input, node.inputs[index] ?? "", places[index] ?? here));
          return [...maps, sign("="), mapOf(own, "", here)];
        },
      };
    },
    lines: [],
    notes: [],
  };
}

/**
 * Names above the columns; what all of them begin with, the name of their block, is left out: there is little room.
 *
 * @param {readonly string[]} sources
 * @param {string} own
 */
function captions(sources, own) {
  const all = [...sources, own].map((name) => name.split("_"));
  const least = smallestOf(all.map((parts) => parts.length)) - 1;
  const differs = (/** @type {number} */ at) => all.some((parts) => parts[at] !== all[0]?.[at]);
  let shared = 0;
  while (shared < least && !differs(shared)) shared += 1;
  const short = (/** @type {string} */ each) => each.split("_").slice(shared).join("_");
  return ["", ...sources.flatMap((source, index) => [...(index ? [""] : []), short(source)]), "", short(own)];
}

/**
 * Whether a channel is one value: there is no map to show.
 *
 * @param {Activation} activation
 */
export const pixelOnly = ({ shape: [, height = 1, width = 1] }) => height * width === 1;

/**
 * A whole map with its place marked; a click goes to a place in it.
 *
 * @param {Activation} activation
 * @param {string} node Empty where a click goes nowhere.
 * @param {Pixel} place
 * @returns {Grid}
 */
export function mapOf(activation, node, { channel, y, x }) {
  const [, , width = 1] = activation.shape;
  const at = (/** @type {number} */ cell) =>
    node ? { node, channel, y: Math.floor(cell / width), x: cell % width } : null;
  return { kind: "grid", values: plane(activation, channel), width, tone: activation, rings: [[x, y, 1, 1]], at };
}

/**
 * What is read of an input that may have fewer channels, rows or columns: one along such an axis stands for all.
 *
 * @param {Activation} activation
 * @param {Pixel} pixel
 */
function readAt({ node, shape: [channels = 1, height = 1, width = 1] }, { channel, y, x }) {
  return { node, channel: channels === 1 ? 0 : channel, y: height === 1 ? 0 : y, x: width === 1 ? 0 : x };
}

/**
 * @param {Activation} activation
 * @param {Pixel} place
 */
const valueOf = (activation, { channel, y, x }) => valueAt(activation, channel, y, x);
