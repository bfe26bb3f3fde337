import { percent, rounded } from "../geometry/scale.js";
import { costs, names, number, shapes, strong } from "./words.js";

/** @import { Context, LayerView, Part } from "./words.js" */

/** @type {LayerView} */
export const relu = {
  glyph: "relu",
  token: "relu",
  title: "ReLU",
  link: "max 0",
  sentence: (context) => [
    `sets every negative value of ${names(context.sources)} to zero: `,
    ...[...shapes(context), ", ", ...costs(context.node)],
    ...zeroShare(context),
  ],
  settings: () => [["formula", "max(0, x)"]],
};

/**
 * @param {Context} context
 * @returns {Part[]}
 */
function zeroShare({ activation }) {
  return activation ? ["; ", strong(percent(activation.zeroFraction, 0)), " of its values are now 0."] : ["."];
}

/**
 * An activation that bends every value by the same curve.
 *
 * @param {string} title
 * @param {string} link
 * @param {string} formula
 * @param {string} effect What it does, as the start of a sentence.
 * @returns {LayerView}
 */
function curve(title, link, formula, effect) {
  return {
    glyph: "relu",
    token: "relu",
    title,
    link,
    sentence: (context) => [
      `${effect} of ${names(context.sources)}: `,
      ...[...shapes(context), ", ", ...costs(context.node), "."],
    ],
    settings: () => [["formula", formula]],
  };
}

/** @type {LayerView} */
export const leakyRelu = {
  ...curve("Leaky ReLU", "leaky", "x if x > 0, else slope × x", "shrinks every negative value"),
  settings: (node) => [
    ["formula", "x if x > 0, else slope × x"],
    ["slope", rounded(number(node, "negative_slope", 0.01))],
  ],
};
export const silu = curve("SiLU", "x·σ(x)", "x / (1 + e⁻ˣ)", "weighs every value by its own sigmoid, each");
export const tanh = curve(
  "Tanh",
  "tanh",
  "(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)",
  "squeezes every value between −1 and 1 along an S, each",
);
export const sigmoid = curve("Sigmoid", "σ(x)", "1 / (1 + e⁻ˣ)", "squeezes every value between 0 and 1, each");
export const hardSwish = curve(
  "Hard swish",
  "h-swish",
  "x × min(max(x + 3, 0), 6) / 6",
  "bends every value in three straight pieces, each",
);
export const dropout = {
  ...curve(
    "Dropout",
    "=",
    "x (only training drops values)",
    "passes on every value unchanged, since nothing is being trained, each",
  ),
  glyph: "generic",
};
