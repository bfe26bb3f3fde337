import { shapeText } from "../geometry/scale.js";
import { strong } from "./words.js";

/** @import { LayerView } from "./words.js" */

/** @type {LayerView} */
export const input = {
  glyph: "input",
  token: "input",
  title: "Input",
  link: "",
  sentence: ({ node }) => [
    ...["the photo as numbers: ", strong(shapeText(node.output_shape)), " values"],
    node.output_shape[0] === 3 ? ", one plane each for red, green and blue." : ".",
  ],
  settings: () => [],
};
