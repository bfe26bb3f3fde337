import { barHeights, histogram } from "../../draw/chart.js";
import { plane, scaleFor, summary, valueAt } from "../../draw/tensor.js";
import { decimalsFor, equals, read } from "../../geometry/rounding.js";
import { brief, fixed } from "../../geometry/scale.js";
import { number } from "../words.js";
import { chip, name, neighbours, reach, sign, word } from "./cells.js";

/** @import { Activation } from "../../state/types.js" */
/** @import { Arithmetic, Cell } from "./types.js" */

const HEIGHT = 62;
const BINS = 40;

/** (x − mean) / √(variance + ε) × γ + β, with every number, and the map's values before and after. @type {Arithmetic} */
export const working = (question) => {
  const { node, own, inputs, pixel } = question;
  const [input] = inputs;
  const [source = ""] = node.inputs;
  const [mean, variance, gamma, beta] = ["running_mean", "running_var", "weight", "bias"].map((each) => {
    const array = question.parameter(each);
    return array ? Number(array.data[pixel.channel]) : NaN;
  });
  if (!input || mean === undefined || variance === undefined || gamma === undefined || beta === undefined) return null;
  if (Number.isNaN(mean + variance + gamma + beta)) return null;
  const { channel, y, x } = pixel;
  const decimals = decimalsFor(Math.max(reach(input), reach(own)));
  const text = (/** @type {number} */ value) => fixed(value, decimals);
  const epsilon = number(node, "epsilon", 1e-5);
  const before = valueAt(input, channel, y, x);
  const value = valueAt(own, channel, y, x);
  const spread = Math.sqrt(variance + epsilon);
  const scaled = (before - mean) / spread;
  const standard = equals((read(text(before)) - read(text(mean))) / read(text(spread)), text(scaled), decimals);
  const result = equals(read(text(scaled)) * read(text(gamma)) + read(text(beta)), text(value), decimals);
  const plain = (/** @type {number} */ each) => chip(each, own, text(each));
  const { way, ...shared } = neighbours(question);
  /** @type {Cell[][]} */
  const lines = [
    [
      word("(x"),
      chip(before, input, text(before)),
      sign("−"),
      word("μ"),
      plain(mean),
      word(") / σ"),
      plain(spread),
      word(standard),
      plain(scaled),
    ],
    [word("× γ"), plain(gamma), word("+ β"), plain(beta), word(result), plain(value)],
  ];
  return {
    ...shared,
    layout: "change",
    captions: ["", "x", "", "(x − μ) / σ × γ + β"],
    axis: [-reach(input), reach(input)],
    row: (row) => {
      const [from, to] = [valueAt(input, row, y, x), valueAt(own, row, y, x)];
      return {
        label: `${row}: ${text(from)} becomes ${text(to)}`,
        cells: [name(String(row)), chip(from, input, text(from)), { kind: "bar", from, to }, chip(to, own, text(to))],
        ...way(row, source),
      };
    },
    lines,
    notes: [[`σ = √(variance ${text(variance)} + ε), as in training: mean and variance of this map do not count.`]],
    figure: {
      markup: pictures(input, own, channel),
      height: HEIGHT,
      label: "How often which value occurs, before and after",
    },
  };
};

/**
 * @param {Activation} before
 * @param {Activation} after
 * @param {number} channel
 */
function pictures(before, after, channel) {
  const one = (/** @type {Activation} */ activation, /** @type {string} */ title, /** @type {number} */ left) => {
    const values = plane(activation, channel);
    const { min, max } = summary(values);
    const { low, high } = scaleFor(min, max, min < 0 ? "diverging" : "sequential");
    const bars = barHeights(histogram(values, { low, high }, BINS), 36, -1).map((height, bin) =>
      height ? `<rect x="${left + bin * 4}" y="${48 - height}" width="3" height="${height}"/>` : "",
    );
    const caption = (/** @type {number} */ at, /** @type {string} */ anchor, /** @type {string} */ words) =>
      `<text x="${left + at}" y="60" text-anchor="${anchor}">${words}</text>`;
    const middle = low < 0 ? 80 : 0;
    return (
      `<path class="zero" d="M${left + middle} 8V48"/>${bars.join("")}${caption(0, "start", brief(low))}` +
      `${caption(80, "middle", title)}${caption(160, "end", brief(high))}`
    );
  };
  return one(before, "before", 0) + one(after, "after", 188);
}
