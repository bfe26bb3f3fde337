import { plane, summary, valueAt } from "../../draw/tensor.js";
import { largestOf, smallestOf } from "../../geometry/extremes.js";
import { decimalsFor } from "../../geometry/rounding.js";
import { fixed, percent, rounded } from "../../geometry/scale.js";
import { strong } from "../words.js";
import { chip, name, neighbours, reach } from "./cells.js";
import { CURVES } from "./curves.js";

/** @import { Curve } from "./curves.js" */
/** @import { Arithmetic, Question } from "./types.js" */

const WIDTH = 348;
const HEIGHT = 104;
const FLOOR = HEIGHT - 20;
const SAMPLES = 96;
/** The smooth curves bend within this. */
const BEND = 4;

/** The curve with the value on it, and every channel at this place before and after. @type {Arithmetic} */
export const working = (question) => {
  const { node, own, inputs, pixel } = question;
  const [input] = inputs;
  const [source = ""] = node.inputs;
  if (!input) return null;
  const curve = CURVES[node.kind];
  const { y, x } = pixel;
  const largest = Math.max(reach(input), curve ? 0 : reach(own)) || 1;
  const decimals = decimalsFor(largest);
  const text = (/** @type {number} */ value) => (value === 0 ? "0" : fixed(value, decimals));
  const { way, ...shared } = neighbours(question);
  return {
    ...shared,
    layout: "change",
    captions: ["", "before", "", curve?.after ?? "after"],
    axis: [-largest, largest],
    row: (channel) => {
      const before = valueAt(input, channel, y, x);
      const after = valueAt(own, channel, y, x);
      return {
        label: `${channel}: ${text(before)} becomes ${text(after)}`,
        cells: [
          name(question.channelName(node, channel)),
          chip(before, input, text(before)),
          { kind: "bar", from: 0, to: before },
          chip(after, own, text(after)),
        ],
        ...way(channel, source),
      };
    },
    lines: [],
    notes: notesOf(question, curve, decimals),
    ...(curve ? { figure: figureOf(question, curve, node.kind === "relu" ? largest : Math.max(largest, BEND)) } : {}),
  };
};

/**
 * @param {Question} question
 * @param {Curve | undefined} curve
 * @param {number} decimals
 */
function notesOf({ node, own, inputs, pixel: { channel, y, x } }, curve, decimals) {
  const before = valueAt(/** @type {any} */ (inputs[0]), channel, y, x);
  const after = valueAt(own, channel, y, x);
  if (!curve) return [["Only training drops values: now every value is passed on as it is."]];
  const spatial = own.shape.length > 1;
  const { zeros, count } = summary(spatial ? plane(own, channel) : own.data);
  const share = [strong(percent(zeros / count, 0)), ` of this ${spatial ? "map" : "list"} is zero. `];
  const notes = [[...(node.kind === "relu" ? share : []), `What it was made from: ${node.inputs[0]} (←)`]];
  const recomputed = curve.apply(Number(before.toFixed(decimals)), node);
  if (fixed(recomputed, decimals) !== fixed(after, decimals)) {
    notes.push([`Rounded: the curve was given ${rounded(before, 8)} and gave ${rounded(after, 8)}.`]);
  }
  return notes;
}

/**
 * @param {Question} question
 * @param {Curve} curve
 * @param {number} largest
 */
function figureOf({ node, inputs, own, pixel: { channel, y, x } }, curve, largest) {
  const ys = Array.from({ length: SAMPLES + 1 }, (_, at) => curve.apply((at / SAMPLES) * 2 * largest - largest, node));
  const [low, high] = [Math.min(0, smallestOf(ys)), largestOf(ys)];
  const across = (/** @type {number} */ value) => (WIDTH / 2 + (value / largest) * (WIDTH / 2 - 8)).toFixed(1);
  const down = (/** @type {number} */ value) => (FLOOR - ((value - low) / (high - low || 1)) * (FLOOR - 12)).toFixed(1);
  const path = ys.map(
    (value, at) => `${at ? "L" : "M"}${across((at / SAMPLES) * 2 * largest - largest)} ${down(value)}`,
  );
  const [px, py] = [across(valueAt(/** @type {any} */ (inputs[0]), channel, y, x)), down(valueAt(own, channel, y, x))];
  const middle = WIDTH / 2;
  const zero = down(0);
  const caption = (/** @type {number} */ at, /** @type {string} */ anchor, /** @type {string} */ text) =>
    `<text x="${at}" y="${HEIGHT - 4}" text-anchor="${anchor}">${text}</text>`;
  const decimals = Math.max(0, decimalsFor(largest) - 1);
  const end = fixed(largest, decimals);
  return {
    markup:
      `<path class="zero" d="M8 ${zero}H${WIDTH - 8}M${middle} 4V${FLOOR}"/><path class="curve" d="${path.join("")}"/>` +
      `<path class="step" d="M${px} ${zero}V${py}H${middle}"/><circle cx="${px}" cy="${py}" r="5"/>` +
      caption(8, "start", fixed(-largest, decimals)) +
      caption(middle, "middle", "0") +
      caption(WIDTH - 8, "end", end),
    height: HEIGHT,
    label: "The curve, and where this value lies on it",
  };
}
