/** A network of four layers, as the server describes one. */

/** @type {import("../../static/js/api/client.js").ModelDetail["input"]} */
export const SQUARE = { takes: "picture", channels: 3, height: 64, width: 64, mean: [0, 0, 0], std: [1, 1, 1], divisor: 255, order: "RGB" };

/**
 * @param {string} name
 * @param {number[]} shape
 * @param {[number, number, number]} field  Size, stride and offset, the same in both directions.
 */
const node = (name, shape, [size, stride, offset], kind = "conv2d") => ({
  name,
  kind,
  config: {},
  inputs: [],
  reads: [],
  output_shape: shape,
  parameters: {},
  parameter_count: 0,
  macs: 0,
  alternatives: null,
  receptive_field: { size: pair(size), stride: pair(stride), offset: pair(offset) },
});
/** @param {number} value @returns {[number, number]} */
const pair = (value) => [value, value];

export const INPUT = node("input", [3, 64, 64], [1, 1, 0], "input");
export const CONV = node("conv", [10, 62, 62], [3, 1, 0]);
export const POOL = node("pool", [10, 31, 31], [4, 2, 0], "max_pool2d");
export const OUTPUT = node("output", [10], [64, 0, 0], "dense");
/** @type {import("../../static/js/api/client.js").ModelDetail} */
export const MODEL = {
  id: "small",
  title: "Small",
  shows: "How small a network can be.",
  classes: ["koala", "orange"],
  parameter_count: 0,
  macs: 0,
  input: SQUARE,
  accuracy: null,
  card: {
    ...{ title: "Small", architecture: "", data: "", licence: "", command: "", notes: "" },
    ...{ seed: 1, epochs: 1, hours: 0, size_bytes: 0, validation: null, doubts: [] },
  },
  nodes: [INPUT, CONV, POOL, OUTPUT],
  output: "output",
  second: null,
};
