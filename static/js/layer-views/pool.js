import { by, costs, names, pair, sees, shapes, strong, windowSettings } from "./words.js";

/** @import { LayerView } from "./words.js" */

/** @type {LayerView} */
export const maxPool2d = {
  glyph: "pool",
  token: "pool",
  title: "Max pool",
  link: "max",
  sentence: (context) => [
    ...["keeps the largest value of each ", strong(by(pair(context.node, "kernel_size"))), " window of "],
    ...[
      `${names(context.sources)}: `,
      ...shapes(context),
      ", ",
      ...costs(context.node),
      "; ",
      ...sees(context.node),
      ".",
    ],
  ],
  settings: (node) => [...windowSettings(node), ["ceil mode", node.config.ceil_mode ? "yes" : "no"]],
};

/** @type {LayerView} */
export const avgPool2d = {
  glyph: "pool",
  token: "pool",
  title: "Average pool",
  link: "mean",
  sentence: (context) => [
    ...["averages each ", strong(by(pair(context.node, "kernel_size"))), " window of "],
    ...[
      `${names(context.sources)}: `,
      ...shapes(context),
      ", ",
      ...costs(context.node),
      "; ",
      ...sees(context.node),
      ".",
    ],
  ],
  settings: (node) => [
    ...windowSettings(node),
    ["ceil mode", node.config.ceil_mode ? "yes" : "no"],
    ["padding counts", node.config.count_include_pad ? "yes" : "no"],
  ],
};

/** @type {LayerView} */
export const globalAvgPool2d = {
  glyph: "pool",
  token: "pool",
  title: "Global average pool",
  link: "mean",
  sentence: (context) => [
    `averages every map of ${names(context.sources)} to one value: `,
    ...[...shapes(context), ", ", ...costs(context.node), "."],
  ],
  settings: () => [["window", "the whole map"]],
};
