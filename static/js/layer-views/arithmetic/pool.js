import { patchOf } from "../../draw/products.js";
import { plane, valueAt } from "../../draw/tensor.js";
import { addUp, decimalsFor, equals, read } from "../../geometry/rounding.js";
import { fixed, percent } from "../../geometry/scale.js";
import { fieldBox } from "../../geometry/windows.js";
import { pair, strong } from "../words.js";
import { chip, name, neighbours, reach, sign, word } from "./cells.js";

/** @import { Activation } from "../../state/types.js" */
/** @import { Part } from "../words.js" */
/** @import { Arithmetic, Cell, Grid, Row, Question } from "./types.js" */

/** Windows of more columns are shown as colours alone. */
const WIDEST_IN_NUMBERS = 4;

/** @typedef {{y: number, x: number, width: number, count: number, step: readonly number[]}} Window */

/**
 * @param {Question} question
 * @param {Activation} input
 * @returns {Window}
 */
function windowOf({ node, pixel: { y, x } }, input) {
  const { top, left } = fieldBox(node, y, x, input.shape);
  const [height = 1, width = 1] = pair(node, "kernel_size");
  return { y: top, x: left, width, count: height * width, step: pair(node, "dilation") };
}

/**
 * Number of the largest value, the first of equal ones; padding never wins.
 *
 * @param {readonly number[]} values
 */
function winnerOf(values) {
  let best = -1;
  values.forEach((value, at) => {
    if (!Number.isNaN(value) && (best < 0 || value > (values[best] ?? NaN))) best = at;
  });
  return Math.max(0, best);
}

/** @param {readonly number[]} values */
const differ = (values) => new Set(values.filter((value) => !Number.isNaN(value))).size > 1;

/** Every channel's window with its winner, and how often which place wins in this map. @type {Arithmetic} */
export const largest = (question) => {
  const { node, own, inputs } = question;
  const [input] = inputs;
  const [source = ""] = node.inputs;
  if (!input) return null;
  const window = windowOf(question, input);
  const decimals = decimalsFor(reach(input));
  const text = (/** @type {number} */ value) => (Number.isNaN(value) ? "–" : fixed(value, decimals));
  const { way, ...shared } = neighbours(question);
  const few = window.count === 4;
  return {
    ...shared,
    layout: few ? "windows" : "places",
    captions: few
      ? ["", "window", "its four values, largest in bold", "", "", "", "", "max"]
      : ["", "window", "its largest value", "", "max"],
    row: (channel) => {
      const values = patchOf(input, channel, window);
      const winner = winnerOf(values);
      const place = placeIn(window, winner);
      const value = values[winner] ?? NaN;
      const rings = differ(values) ? [ringAt(winner, window.width)] : [];
      const shown = few
        ? values.map((each, at) => word(text(each), at === winner && rings.length ? "end won" : "end"))
        : [word(`row ${place.y}, column ${place.x}`, "end")];
      const row = way(channel, source);
      return {
        label: `${question.channelName(node, channel)}: the largest is ${text(value)}`,
        cells: [
          name(String(channel)),
          { kind: "grid", values, width: window.width, tone: input, rings },
          ...shown,
          sign("→"),
          word(text(value), "end adds"),
        ],
        ...row,
        target: row.descends ? { node: source, channel, ...place } : row.target,
        detail: () =>
          opened(question, channel, input, window, { winner, decimals, after: [sign("max →"), chip(value, own, text(value))] }),
      };
    },
    lines: [],
    notes: [shares(question, input, window)],
  };
};

/** Every channel's window, its sum and its divisor. @type {Arithmetic} */
export const mean = (question) => {
  const { node, own, inputs, pixel } = question;
  const [input] = inputs;
  const [source = ""] = node.inputs;
  if (!input) return null;
  const whole = node.kind === "global_avg_pool2d";
  const [, rows = 1, columns = 1] = input.shape;
  const window = whole ? { y: 0, x: 0, width: columns, count: rows * columns, step: [1, 1] } : windowOf(question, input);
  const decimals = decimalsFor(Math.max(reach(input), reach(own)));
  const text = (/** @type {number} */ value) => fixed(value, decimals);
  const divisor = divisorOf(question, input, window);
  const { way, ...shared } = neighbours(question);
  /** @param {number} channel @returns {Row} */
  const row = (channel) => {
    const values = whole ? plane(input, channel) : patchOf(input, channel, window);
    let sum = 0;
    for (const value of values) sum += value || 0;
    const value = valueAt(own, channel, pixel.y, pixel.x);
    const way_ = way(channel, source);
    const at = winnerOf(whole ? [] : Array.from(values));
    const relation = equals(read(text(sum)) / divisor, text(value), decimals);
    return {
      label: `${question.channelName(node, channel)}: ${text(sum)} divided by ${divisor} is ${text(value)}`,
      cells: [
        name(String(channel)),
        { kind: "grid", values, width: window.width, tone: input },
        ...[
          word("Σ", "sign"),
          word(text(sum), "end"),
          word(`÷ ${divisor}`),
          sign(relation),
          word(text(value), "end adds"),
        ],
      ],
      ...way_,
      target: way_.descends ? { node: source, channel, ...placeIn(window, at) } : way_.target,
      detail: () => {
        const after = [sign("mean →"), chip(value, own, text(value))];
        const told = { after, sum: read(text(sum)), decimals };
        return whole ? wholeMap(question, channel, input, told) : opened(question, channel, input, window, told);
      },
    };
  };
  const padded = window.count - insideOf(input, window);
  const note = node.config.count_include_pad ? "counted as zeros" : "not counted";
  return {
    ...shared,
    ...{ layout: "means", captions: ["", whole ? "map" : "window", "", "sum", "divisor", "", "mean"], row, lines: [] },
    notes: padded ? [[strong(padded), ` of the window's ${window.count} cells are padding, ${note}.`]] : [],
  };
};

/**
 * @param {Activation} input
 * @param {Window} window
 */
const insideOf = (input, window) => patchOf(input, 0, window).filter((value) => !Number.isNaN(value)).length;

/**
 * What the sum is divided by: the cells inside, or with those of the padding; never what ceil mode adds beyond it.
 *
 * @param {Question} question
 * @param {Activation} input
 * @param {Window} window
 */
function divisorOf({ node }, input, window) {
  if (!node.config.count_include_pad) return insideOf(input, window);
  const [, rows = 1, columns = 1] = input.shape;
  const [, , bottom = 0, right = 0] = /** @type {number[]} */ (node.config.padding ?? []);
  const height = window.count / window.width;
  return Math.min(height, rows + bottom - window.y) * Math.min(window.width, columns + right - window.x);
}

/**
 * @param {Window} window
 * @param {number} at
 */
function placeIn({ y, x, width, step: [stepY = 1, stepX = 1] }, at) {
  return { y: y + Math.floor(at / width) * stepY, x: x + (at % width) * stepX };
}

/**
 * @param {number} at
 * @param {number} width
 * @returns {[number, number, number, number]}
 */
const ringAt = (at, width) => [at % width, Math.floor(at / width), 1, 1];

/**
 * The window with what lies around it, and what comes out.
 *
 * @param {Question} question
 * @param {number} channel
 * @param {Activation} input
 * @param {Window} window
 * @param {{after: Cell[], winner?: number, sum?: number, decimals: number}} told `sum`: what its numbers add up to.
 * @returns {Cell[]}
 */
function opened({ node }, channel, input, window, { after, winner, sum, decimals }) {
  const edge = window.step.some((step) => step !== 1) ? 0 : 1;
  const height = window.count / window.width;
  const width = window.width + 2 * edge;
  const around = { ...window, y: window.y - edge, x: window.x - edge, width, count: (height + 2 * edge) * width };
  const values = patchOf(input, channel, around);
  const own = patchOf(input, channel, window);
  const zeros = own.map((value) => value || 0);
  const parts = sum === undefined ? [] : addUp(zeros, sum, decimals).parts;
  /** @param {number} at Number of the cell in the window, or -1 around it. */
  const within = (at) => {
    const [row, column] = [Math.floor(at / width) - edge, (at % width) - edge];
    return row >= 0 && row < height && column >= 0 && column < window.width ? row * window.width + column : -1;
  };
  const texts = values.map((value, at) => {
    if (Number.isNaN(value)) return within(at) < 0 ? "" : "pad";
    return parts[within(at)]?.text ?? fixed(value, within(at) < 0 ? 2 : decimals);
  });
  /** @type {Grid} */
  const grid = {
    ...{ kind: "grid", values, width, tone: input, window: [edge, edge, window.width, height] },
    ...{
      texts: window.width > WIDEST_IN_NUMBERS ? [] : texts,
      adjusted: values.map((_, at) => parts[within(at)]?.adjusted === true),
    },
    rings:
      winner === undefined || !differ(own)
        ? []
        : [[edge + (winner % window.width), edge + Math.floor(winner / window.width), 1, 1]],
    at: (cell) =>
      Number.isNaN(values[cell] ?? NaN) ? null : { node: node.inputs[0] ?? "", channel, ...placeIn(around, cell) },
  };
  return [grid, ...after];
}

/**
 * A map that is averaged as a whole, and what comes out; its numbers where there are few.
 *
 * @param {Question} question
 * @param {number} channel
 * @param {Activation} input
 * @param {{after: Cell[], sum: number, decimals: number}} told `sum`: what its numbers add up to.
 * @returns {Cell[]}
 */
function wholeMap({ node }, channel, input, { after, sum, decimals }) {
  const [, , width = 1] = input.shape;
  const values = plane(input, channel);
  const { parts } = width > WIDEST_IN_NUMBERS ? { parts: [] } : addUp(Array.from(values), sum, decimals);
  const [texts, adjusted] = [parts.map(({ text }) => text), parts.map((part) => part.adjusted)];
  const at = (/** @type {number} */ cell) => {
    return { node: node.inputs[0] ?? "", channel, y: Math.floor(cell / width), x: cell % width };
  };
  return [{ kind: "grid", values, width, tone: input, texts, adjusted, at }, ...after];
}

/** @type {WeakMap<Activation, Map<number, Part[]>>} */
const counted = new WeakMap();

/**
 * How often which place of the window wins in this map.
 *
 * @param {Question} question
 * @param {Activation} input
 * @param {Window} window
 * @returns {Part[]}
 */
function shares(question, input, window) {
  const { own, pixel } = question;
  const known = counted.get(own) ?? new Map();
  counted.set(own, known);
  const cached = known.get(pixel.channel);
  if (cached) return cached;
  const [, height = 1, width = 1] = own.shape;
  const wins = new Array(window.count).fill(0);
  let level = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const values = patchOf(input, pixel.channel, windowOf({ ...question, pixel: { ...pixel, y, x } }, input));
      if (differ(values)) wins[winnerOf(values)] += 1;
      else level += 1;
    }
  }
  const share = (/** @type {number} */ count) => strong(percent(count / (height * width), 0));
  const corners = window.count === 4 && window.width === 2;
  const places = wins.map((_, at) =>
    corners ? ["↖", "↗", "↙", "↘"][at] : `${Math.floor(at / window.width)},${at % window.width}`,
  );
  /** @type {Part[]} */
  const note = ["Winners in this map: "];
  wins.forEach((count, at) => note.push(`${places[at]} `, share(count), " "));
  if (level) note.push("all equal ", share(level));
  known.set(pixel.channel, note);
  return note;
}
