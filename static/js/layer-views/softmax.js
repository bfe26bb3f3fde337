import { grouped } from "../geometry/scale.js";
import { names, strong } from "./words.js";

/** @import { LayerView } from "./words.js" */

/** @type {LayerView} */
export const softmax = {
  glyph: "softmax",
  token: "softmax",
  title: "Softmax",
  link: "eˣ/Σ",
  ribbons: true,
  sentence: ({ node, sources }) => [
    ...["turns the ", strong(grouped(node.output_shape[0] ?? 0)), ` scores of ${names(sources)} into probabilities `],
    "that add up to 1: e to the power of each score, divided by the sum of them all.",
  ],
  settings: () => [["formula", "eᶻ / Σ eᶻ"]],
};
