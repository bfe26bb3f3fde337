/** Activations as functions of one number. */

/** @import { NodeDetail } from "../../api/client.js" */

/** @typedef {{apply: (x: number, node: NodeDetail) => number, after: string}} Curve `after`: caption of its results. */

const sigmoid = (/** @type {number} */ x) => 1 / (1 + Math.exp(-x));

/** @type {Record<string, Curve>} */
export const CURVES = {
  relu: { apply: (x) => Math.max(0, x), after: "after max (0, x)" },
  leaky_relu: {
    apply: (x, node) => (x > 0 ? x : x * Number(node.config.negative_slope ?? 0.01)),
    after: "after max (x, slope·x)",
  },
  silu: { apply: (x) => x * sigmoid(x), after: "after x·σ(x)" },
  tanh: { apply: Math.tanh, after: "after tanh (x)" },
  sigmoid: { apply: sigmoid, after: "after σ(x)" },
  hard_swish: { apply: (x) => (x * Math.min(6, Math.max(0, x + 3))) / 6, after: "after x·min(max(x+3, 0), 6)/6" },
};
