/** Kind of layer → how it is drawn and explained. To add one: a file beside this one and a line here. */

import { dropout, hardSwish, leakyRelu, relu, sigmoid, silu } from "./activation.js";
import { conv2d } from "./conv2d.js";
import { dense } from "./dense.js";
import { flatten } from "./flatten.js";
import { generic } from "./generic.js";
import { input } from "./input.js";
import { add, concat, multiply } from "./merge.js";
import { batchNorm2d } from "./norm.js";
import { avgPool2d, globalAvgPool2d, maxPool2d } from "./pool.js";
import { softmax } from "./softmax.js";

/** @import { LayerView } from "./words.js" */

/** @type {Record<string, LayerView>} */
const VIEWS = {
  input,
  conv2d,
  relu,
  leaky_relu: leakyRelu,
  silu,
  sigmoid,
  hard_swish: hardSwish,
  dropout,
  max_pool2d: maxPool2d,
  avg_pool2d: avgPool2d,
  global_avg_pool2d: globalAvgPool2d,
  batch_norm2d: batchNorm2d,
  add,
  multiply,
  concat,
  flatten,
  dense,
  softmax,
};

/**
 * @param {string} kind
 * @returns {LayerView}
 */
export function viewOf(kind) {
  return VIEWS[kind] ?? generic(kind);
}

/**
 * A layer's name in two short lines for a narrow column: "conv_1_1" is "conv", "1_1".
 *
 * @param {string} name
 * @returns {string[]}
 */
export function shortName(name) {
  if (name === "softmax") return ["soft\u2011", "max"];
  if (name === "flatten") return ["flat"];
  const pool = /^(?:max|avg|average|global_avg)_?pool_?(\d*)$/i.exec(name);
  const [first = "", second = ""] = pool ? ["pool", pool[1]] : splitName(name);
  return [
    first.length > 8 ? `…${first.slice(-7)}` : first,
    second.length > 7 ? `${second.slice(0, 6)}…` : second,
  ].filter(Boolean);
}

/**
 * @param {string} name
 * @returns {string[]}
 */
function splitName(name) {
  const numbered = /^([a-z]+)[_.]?(\d[\d_.]*)$/i.exec(name);
  if (numbered) return [numbered[1] ?? "", numbered[2] ?? ""];
  const cut = name.search(/[_./](?=[^_./]*$)/);
  return cut > 0 && name.length > 6 ? [name.slice(0, cut), name.slice(cut + 1)] : [name];
}
