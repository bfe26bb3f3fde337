import { patchOf } from "../../draw/products.js";
import { plane, valueAt } from "../../draw/tensor.js";
import { addUp, decimalsFor } from "../../geometry/rounding.js";
import { TIMES, fixed } from "../../geometry/scale.js";
import { fieldBox } from "../../geometry/windows.js";
import { number } from "../words.js";
import { chip, largestOf, name, neighbours, reach, sign, word } from "./cells.js";

/** @import { Activation } from "../../state/types.js" */
/** @import { Arithmetic, Grid, Question } from "./types.js" */

/** Larger kernels are shown as colours alone. */
const WIDEST_IN_NUMBERS = 3;

/**
 * The fixed kernel: a row of Pascal's triangle with itself, row by row, and what it is divided by.
 *
 * @param {number} size
 */
export function binomialKernel(size) {
  let row = [1];
  for (let length = 1; length < size; length += 1) {
    row = Array.from({ length: length + 1 }, (_, at) => (row[at - 1] ?? 0) + (row[at] ?? 0));
  }
  const divisor = 4 ** (size - 1);
  return { row, divisor, kernel: row.flatMap((down) => row.map((across) => (down * across) / divisor)) };
}

/** Patch × the fixed kernel, channel by channel; nothing here was learnt. @type {Arithmetic} */
export const working = (question) => {
  const { node, own, inputs, pixel } = question;
  const [input] = inputs;
  const [source = ""] = node.inputs;
  if (!input) return null;
  const size = number(node, "kernel_size", 3);
  const { row: pascal, divisor, kernel } = binomialKernel(size);
  const { top, left } = fieldBox(node, pixel.y, pixel.x, input.shape);
  const window = { y: top, x: left, width: size, count: size * size };
  const decimals = decimalsFor(Math.max(reach(input), reach(own)));
  const { way, ...shared } = neighbours(question);
  return {
    ...shared,
    layout: "grids apart",
    captions: ["", "patch", "", "kernel", "", "product", "", "sum"],
    row: (channel) => {
      const patch = patchOf(input, channel, window);
      const value = valueAt(own, channel, pixel.y, pixel.x);
      const told = { patch, kernel, products: kernel.map((weight, at) => weight * (patch[at] || 0)), size, divisor };
      const row = way(channel, source);
      const middle = { y: Math.max(0, top + (size >> 1)), x: Math.max(0, left + (size >> 1)) };
      return {
        label: `${channel}: the blurred value is ${fixed(value, decimals)}`,
        cells: [
          name(question.channelName(node, channel)),
          ...gridsOf(question, channel, input, window, told, null),
          { kind: "bar", from: 0, to: value },
          word(fixed(value, decimals), "end adds"),
        ],
        ...row,
        target: row.descends ? { node: source, channel, ...middle } : row.target,
        detail: () => gridsOf(question, channel, input, window, told, { value, decimals }),
      };
    },
    axis: [Math.min(0, own.min), Math.max(0, own.max)],
    lines: [
      [
        word("Σ"),
        chip(valueAt(own, pixel.channel, pixel.y, pixel.x), own, fixed(valueAt(own, pixel.channel, pixel.y, pixel.x), decimals)),
        word(`kernel = (${pascal.join(", ")}) ${TIMES} (${pascal.join(", ")}) / ${divisor}`),
      ],
    ],
    notes: [notesOf(question, input)],
  };
};

/**
 * @param {Question} question
 * @param {number} channel
 * @param {Activation} input
 * @param {{y: number, x: number, width: number}} window
 * @param {{patch: number[], kernel: number[], products: number[], size: number, divisor: number}} told
 * @param {{value: number, decimals: number} | null} printed null: colours alone.
 */
function gridsOf({ node }, channel, input, window, { patch, kernel, products, size, divisor }, printed) {
  const inside = (/** @type {number} */ at) => !Number.isNaN(patch[at] ?? NaN);
  const at = (/** @type {number} */ cell) =>
    inside(cell)
      ? { node: node.inputs[0] ?? "", channel, y: window.y + Math.floor(cell / size), x: window.x + (cell % size) }
      : null;
  const parts = printed ? addUp(products, printed.value, printed.decimals).parts : [];
  const text = (/** @type {(value: number, at: number) => string} */ write) => (/** @type {number[]} */ values) =>
    printed && size <= WIDEST_IN_NUMBERS ? { texts: values.map((value, cell) => (inside(cell) ? write(value, cell) : "0")) } : {};
  const grid = (/** @type {number[]} */ values, /** @type {Grid["tone"]} */ tone, /** @type {Partial<Grid>} */ more) =>
    /** @type {Grid} */ ({ kind: "grid", values, width: size, tone, at, ...more });
  const adjusted = { adjusted: parts.map((part) => part.adjusted) };
  return [
    grid(patch, input, text((value) => fixed(value, 2))(patch)),
    sign(TIMES),
    grid(kernel, largestOf(kernel), printed && size <= WIDEST_IN_NUMBERS ? { texts: kernel.map((value) => `${value * divisor}/${divisor}`) } : {}),
    sign("="),
    grid(products, reach(input) * largestOf(kernel), { ...text((_, cell) => parts[cell]?.text ?? "")(products), ...adjusted }),
  ];
}

/**
 * What the blur is for, and how much it takes away here: the largest step between neighbours, before and after.
 *
 * @param {Question} question
 * @param {Activation} input
 */
function notesOf({ node, own, pixel: { channel } }, input) {
  const [before, after] = [steepest(input, channel), steepest(own, channel)].map((step) => fixed(step, 2));
  return [
    `The kernel is fixed, not learnt. A stride of ${number(node, "stride", 2)} alone makes fine detail look coarse (aliasing); ` +
      `blurred first it cannot, so the answer changes less when the photo moves by a pixel. Largest step between neighbours in this map: ${before} before, ${after} after.`,
  ];
}

/**
 * @param {Activation} activation
 * @param {number} channel
 */
function steepest(activation, channel) {
  const values = plane(activation, channel);
  const [, , width = 1] = activation.shape;
  let largest = 0;
  values.forEach((value, at) => {
    if ((at + 1) % width) largest = Math.max(largest, Math.abs((values[at + 1] ?? value) - value));
  });
  return largest;
}
