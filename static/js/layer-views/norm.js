import { rounded } from "../geometry/scale.js";
import { costs, names, number, shapes } from "./words.js";

/** @import { LayerView } from "./words.js" */

/** @type {LayerView} */
export const batchNorm2d = {
  glyph: "norm",
  token: "norm",
  title: "Batch norm",
  link: "×γ+β",
  sentence: (context) => [
    `brings every channel of ${names(context.sources)} to the mean and spread it had in training, `,
    ...["then scales it by γ and shifts it by β: ", ...shapes(context), ", ", ...costs(context.node), "."],
  ],
  settings: (node) => [
    ["formula", "(x − mean) / √(variance + ε) × γ + β"],
    ["ε", rounded(number(node, "epsilon", 1e-5))],
    ["momentum", rounded(number(node, "momentum", 0.1))],
  ],
};
