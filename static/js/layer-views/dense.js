import { grouped } from "../geometry/scale.js";
import { costs, names, number, strong } from "./words.js";

/** @import { LayerView } from "./words.js" */

/** @type {LayerView} */
export const dense = {
  glyph: "dense",
  token: "dense",
  title: "Dense",
  link: "Σ",
  ribbons: true,
  sentence: ({ node, sources }) => [
    ...[
      "weighs all ",
      strong(grouped(number(node, "in_features", 0))),
      ` values of ${names(sources)} once for each of its `,
    ],
    ...[strong(grouped(number(node, "out_features", 0))), " outputs and adds them up: ", ...costs(node), "."],
  ],
  settings: (node) => [
    ["inputs", grouped(number(node, "in_features", 0))],
    ["outputs", grouped(number(node, "out_features", 0))],
    ["bias", node.config.bias === false ? "no" : "yes"],
  ],
};
