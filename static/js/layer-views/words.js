/** Words and numbers that several kinds of layer share. */

import { TIMES, grouped, shapeText } from "../geometry/scale.js";

/** @import { NodeDetail } from "../api/client.js" */

/** @typedef {string | {strong: string, says?: string}} Part A piece of a sentence; the strong ones are the numbers. `says`: what it means. */

/** Words of the field, each in one sentence. */
export const MEANS = {
  map: "Feature map: what one filter answers at every place, as a picture. There is one for each filter.",
  filter: "Filter: a small set of weights over all input channels. At every place it gives one number: how well it fits what lies there.",
  field: "Receptive field: the part of the photo that one value can depend on. Nothing outside it changes the value.",
};

/**
 * @typedef {object} Context What a sentence is made from.
 * @property {NodeDetail} node
 * @property {NodeDetail[]} sources Its inputs, in the layer's own order.
 * @property {{zeroFraction: number} | null} activation null while it has not arrived.
 */

/**
 * @typedef {object} LayerView How one kind of layer is drawn and explained.
 * @property {string} glyph Name in glyphs.js.
 * @property {string} token Colour token of the kind: `--t-…`.
 * @property {string} title
 * @property {string} link What happens on the way from its input, in a few characters; "Σ" of a layer with a bias
 *   becomes "Σ+b".
 * @property {boolean} [ribbons] Whether every input channel has its own share in one output.
 * @property {(context: Context) => Part[]} sentence Continues after the layer's name.
 * @property {(node: NodeDetail) => [string, string][]} settings Configuration as label and value.
 */

/** @param {string | number} text @returns {{strong: string}} */
export const strong = (text) => ({ strong: String(text) });

/**
 * @param {string} text
 * @param {string} [says]
 * @returns {Part}
 */
export const saying = (text, says) => (says ? { strong: text, says } : strong(text));

/**
 * Why a layer whose filter slides has so few weights; of other layers undefined.
 *
 * @param {NodeDetail} node
 */
export function sharing({ kind, parameter_count: parameters, output_shape: [, height = 1, width = 1] }) {
  if (kind !== "conv2d" || height * width < 2) return undefined;
  return `Weight sharing: these ${grouped(parameters)} numbers are the same at each of the ${grouped(height * width)} places of a map.`;
}

/**
 * @param {readonly number[]} pair Vertical, horizontal.
 */
export const by = (pair) => pair.map(grouped).join(TIMES);

/**
 * @param {NodeDetail} node
 * @param {string} key
 * @returns {number[]}
 */
export function pair(node, key) {
  const value = node.config[key];
  if (Array.isArray(value)) return value.map(Number);
  return typeof value === "number" ? [value, value] : [1, 1];
}

/**
 * @param {NodeDetail} node
 * @param {string} key
 * @param {number} otherwise
 */
export function number(node, key, otherwise) {
  const value = node.config[key];
  return typeof value === "number" ? value : otherwise;
}

/**
 * "30×30×10 → 28×28×10".
 *
 * @param {Context} context
 * @returns {Part[]}
 */
export function shapes({ node, sources }) {
  const from = sources.map((source) => shapeText(source.output_shape)).join(" and ");
  const means = node.output_shape.length > 1 ? MEANS.map : undefined;
  return [saying(`${from} → ${shapeText(node.output_shape)}`, means)];
}

/**
 * "each value sees 10×10 px".
 *
 * @param {NodeDetail} node
 * @returns {Part[]}
 */
export function sees({ receptive_field: { size } }) {
  return ["each value sees ", saying(`${by(size)} px`, MEANS.field)];
}

/**
 * "910 parameters, 705 600 multiply-adds", or that there are none.
 *
 * @param {NodeDetail} node
 * @returns {Part[]}
 */
export function costs(node) {
  const { parameter_count: parameters, macs } = node;
  /** @type {Part[]} */
  const parts = parameters ? [saying(grouped(parameters), sharing(node)), " parameters"] : ["no parameters"];
  if (macs) parts.push(", ", strong(grouped(macs)), " multiply-adds");
  return parts;
}

/**
 * The sources by name: "a", "a and b", "a, b and c".
 *
 * @param {readonly NodeDetail[]} sources
 */
export function names(sources) {
  const all = sources.map((source) => source.name);
  const last = all.pop() ?? "nothing";
  return all.length ? `${all.join(", ")} and ${last}` : last;
}

/**
 * Settings of a sliding window: size, stride, padding, dilation.
 *
 * @param {NodeDetail} node
 * @returns {[string, string][]}
 */
export function windowSettings(node) {
  const dilation = pair(node, "dilation");
  /** @type {[string, string][]} */
  const rows = [
    ["window", by(pair(node, "kernel_size"))],
    ["stride", by(pair(node, "stride"))],
    ["padding", paddingText(node.config.padding)],
  ];
  if (dilation.some((step) => step !== 1)) rows.push(["dilation", by(dilation)]);
  return rows;
}

/**
 * @param {unknown} padding `[top, left, bottom, right]`.
 */
export function paddingText(padding) {
  const sides = Array.isArray(padding) ? padding.map(Number) : [0, 0, 0, 0];
  if (sides.every((side) => side === 0)) return "none";
  if (sides.every((side) => side === sides[0])) return `${sides[0]} on every side`;
  const [top, left, bottom, right] = sides;
  return `top ${top}, left ${left}, bottom ${bottom}, right ${right}`;
}
