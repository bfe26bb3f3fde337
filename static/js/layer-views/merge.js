import { costs, names, number, shapes } from "./words.js";

/** @import { LayerView } from "./words.js" */

/** @type {LayerView} */
export const add = {
  glyph: "add",
  token: "add",
  title: "Add",
  link: "⊕",
  sentence: (context) => [
    `adds ${names(context.sources)}, value by value: `,
    ...[...shapes(context), ", ", ...costs(context.node), "."],
  ],
  settings: () => [["formula", "a + b"]],
};

/** @type {LayerView} */
export const multiply = {
  glyph: "multiply",
  token: "add",
  title: "Multiply",
  link: "⊗",
  sentence: (context) => [
    `multiplies ${names(context.sources)}, value by value: `,
    ...[...shapes(context), ", ", ...costs(context.node), "."],
  ],
  settings: () => [["formula", "a × b"]],
};

/** @type {LayerView} */
export const concat = {
  glyph: "concat",
  token: "add",
  title: "Concatenate",
  link: "list",
  sentence: (context) => [
    `puts the channels of ${names(context.sources)} one after the other: `,
    ...[...shapes(context), ". Nothing is computed."],
  ],
  settings: (node) => [["axis", String(number(node, "axis", 1))]],
};
