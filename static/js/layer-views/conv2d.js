import { TIMES } from "../geometry/scale.js";
import { MEANS, by, costs, names, number, pair, saying, sees, shapes, strong, windowSettings } from "./words.js";

/** @import { LayerView } from "./words.js" */

/** @type {LayerView} */
export const conv2d = {
  glyph: "conv",
  token: "conv",
  title: "Convolution",
  link: "Σ",
  ribbons: true,
  sentence(context) {
    const { node, sources } = context;
    const groups = number(node, "groups", 1);
    const depth = number(node, "in_channels", 1) / groups;
    const filters = number(node, "out_channels", node.output_shape[0] ?? 1);
    const kernel = `${by(pair(node, "kernel_size"))}${TIMES}${depth}`;
    const grouping = groups > 1 ? ` in ${groups} separate groups` : "";
    return [
      ...["slides ", saying(`${filters} ${filters === 1 ? "filter" : "filters"}`, MEANS.filter), " of ", strong(kernel), grouping],
      ...[` over ${names(sources)}: `, ...shapes(context), ", ", ...costs(node), "; ", ...sees(node), "."],
    ];
  },
  settings(node) {
    const groups = number(node, "groups", 1);
    return [
      ["filters", String(number(node, "out_channels", node.output_shape[0] ?? 1))],
      ["input channels", String(number(node, "in_channels", 1))],
      ...windowSettings(node),
      ...(groups > 1 ? [/** @type {[string, string]} */ (["groups", String(groups)])] : []),
      ["bias", node.config.bias === false ? "no" : "yes"],
    ];
  },
};
