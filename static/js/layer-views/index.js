/** Kind of layer → how it is drawn and explained. To add one: a file beside this one and a line here. */

import { dropout, hardSwish, leakyRelu, relu, sigmoid, silu, tanh } from "./activation.js";
import { conv2d } from "./conv2d.js";
import { dense } from "./dense.js";
import { flatten } from "./flatten.js";
import { generic } from "./generic.js";
import { input } from "./input.js";
import { add, concat, multiply } from "./merge.js";
import { batchNorm2d } from "./norm.js";
import { avgPool2d, blurPool2d, globalAvgPool2d, maxPool2d } from "./pool.js";
import { softmax } from "./softmax.js";

/** @import { LayerView } from "./words.js" */

/** @type {Record<string, LayerView>} */
const VIEWS = {
  input,
  conv2d,
  relu,
  leaky_relu: leakyRelu,
  silu,
  tanh,
  sigmoid,
  hard_swish: hardSwish,
  dropout,
  max_pool2d: maxPool2d,
  avg_pool2d: avgPool2d,
  global_avg_pool2d: globalAvgPool2d,
  blur_pool2d: blurPool2d,
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

/** Long words of architectures, as short as a column is narrow; the whole name is in its title. */
const SHORT = new Map([
  ["depthwise", "dw"],
  ["expand", "exp"],
  ["project", "proj"],
  ["shortcut", "skip"],
  ["squeeze", "mean"],
  ["reduce", "red"],
  ["excite", "exc"],
]);

/**
 * A layer's name in two short lines for a narrow column: "conv_1_1" is "conv", "1_1"; "block_2_1_depthwise_silu"
 * is "2.1 dw", "silu".
 *
 * @param {string} name
 * @param {string} [block] Below the name of this block its number is not repeated: "dw", "silu".
 * @returns {string[]}
 */
export function shortName(name, block = "") {
  if (name === "softmax") return ["soft\u2011", "max"];
  if (name === "flatten") return ["flat"];
  const pool = /^(?:max|avg|average|global_avg|(blur))_?pool_?(\d*)$/i.exec(name);
  const [first = "", second = ""] = pool ? [pool[1] ?? "pool", pool[2]] : (partOfBlock(name, block) ?? splitName(name));
  return [
    first.length > 8 ? `…${first.slice(-7)}` : first,
    second.length > 7 ? `${second.slice(0, 6)}…` : second,
  ].filter(Boolean);
}

/**
 * A step inside a numbered block: the number and where in the block, then what is done; null for other names.
 *
 * @param {string} name
 * @param {string} above
 */
function partOfBlock(name, above) {
  const [, block = "", numbers = "", steps = ""] = /^([a-z]+)((?:_\d+)+)((?:_[a-z]+\d*)+)$/i.exec(name) ?? [];
  if (!steps) return null;
  const number = numbers.slice(1).replaceAll("_", ".");
  const words = steps.slice(1).split("_");
  const last = words.pop() ?? "";
  const path = words.map((word) => SHORT.get(word) ?? word).join(" ");
  if (above.endsWith(`.${number}`)) return [path, SHORT.get(last) ?? last];
  const whole = number.includes(".") || block.length > 5 ? number : `${block} ${number}`;
  return [path ? `${number} ${path}` : whole, SHORT.get(last) ?? last];
}

/**
 * @param {string} name
 * @returns {string[]}
 */
function splitName(name) {
  const numbered = /^([a-z]+)[_.]?(\d[\d_.]*)$/i.exec(name);
  if (numbered) return [numbered[1] ?? "", numbered[2] ?? ""];
  const path = name.split("/").filter(Boolean);
  if (path.length > 1) return path.slice(-2);
  const cut = name.search(/[_./](?=[^_./]*$)/);
  return cut > 0 && name.length > 6 ? [name.slice(0, cut), name.slice(cut + 1)] : [name];
}
