/** Kind of layer → its arithmetic, fetched when a layer of the kind is first looked at. */

import { late } from "../../api/client.js";
import { working as conv2d } from "./conv2d.js";

/** @import { Arithmetic } from "./types.js" */

const pointwise = () => import("./pointwise.js").then((module) => module.working);

/** @type {Record<string, () => Promise<Arithmetic>>} */
const SHEETS = {
  input: () => import("./input.js").then((module) => module.working),
  conv2d: async () => conv2d,
  relu: pointwise,
  leaky_relu: pointwise,
  silu: pointwise,
  tanh: pointwise,
  sigmoid: pointwise,
  hard_swish: pointwise,
  dropout: pointwise,
  batch_norm2d: () => import("./norm.js").then((module) => module.working),
  max_pool2d: () => import("./pool.js").then((module) => module.largest),
  avg_pool2d: () => import("./pool.js").then((module) => module.mean),
  global_avg_pool2d: () => import("./pool.js").then((module) => module.mean),
  blur_pool2d: () => import("./blur.js").then((module) => module.working),
  add: () => import("./merge.js").then((module) => module.sum),
  multiply: () => import("./merge.js").then((module) => module.product),
  concat: () => import("./concat.js").then((module) => module.working),
  flatten: () => import("./flatten.js").then((module) => module.working),
  dense: () => import("./dense.js").then((module) => module.working),
  softmax: () => import("./softmax.js").then((module) => module.working),
};
const generic = () => import("./generic.js").then((module) => module.working);

/** @param {string} kind */
export const arithmeticOf = (kind) => late(SHEETS[kind] ?? generic);
