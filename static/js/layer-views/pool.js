import { by, costs, names, number, pair, sees, shapes, strong, windowSettings } from "./words.js";

/** @import { NodeDetail } from "../api/client.js" */
/** @import { Context, LayerView } from "./words.js" */

/** @type {LayerView} */
export const maxPool2d = {
  glyph: "pool",
  token: "pool",
  title: "Max pool",
  link: "max",
  sentence: (context) => windowed("keeps the largest value of each ", context),
  settings: (node) => [...windowSettings(node), ["ceil mode", node.config.ceil_mode ? "yes" : "no"]],
};

/** @type {LayerView} */
export const avgPool2d = {
  glyph: "pool",
  token: "pool",
  title: "Average pool",
  link: "mean",
  sentence: (context) => windowed("averages each ", context),
  settings: (node) => [
    ...windowSettings(node),
    ["ceil mode", node.config.ceil_mode ? "yes" : "no"],
    ["padding counts", node.config.count_include_pad ? "yes" : "no"],
  ],
};

/** @type {LayerView} */
export const blurPool2d = {
  glyph: "pool",
  token: "pool",
  title: "Blur pool",
  link: "blur",
  sentence: (context) => [
    ...windowed("averages, in the middle most, each ", context),
    ` Blurred first, fine detail cannot pass for coarse detail when only every ${ordinal(context.node)} value is kept (anti-aliasing).`,
  ],
  settings: (node) => [
    ["window", by(pair(node, "kernel_size"))],
    ["stride", by(pair(node, "stride"))],
    ["padding", `${number(node, "kernel_size", 3) >> 1} on every side, zeros`],
    ["kernel", "fixed: a row of Pascal’s triangle along each axis"],
  ],
};

/** @param {NodeDetail} node */
function ordinal(node) {
  const step = number(node, "stride", 2);
  return { 1: "", 2: "second", 3: "third" }[step] ?? `${step}th`;
}

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

/**
 * What a pool with a window does.
 *
 * @param {string} does
 * @param {Context} context
 */
function windowed(does, context) {
  const { node, sources } = context;
  return [
    ...[does, strong(by(pair(node, "kernel_size"))), ` window of ${names(sources)}: `, ...shapes(context), ", "],
    ...[...costs(node), "; ", ...sees(node), "."],
  ];
}
