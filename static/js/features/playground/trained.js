/** The filters of a network's first convolution, as kernels of the playground. */

import { kernelSlice } from "../../draw/kernels.js";
import { cellText } from "../../geometry/filters.js";
import { RANGES } from "../../geometry/legal-settings.js";
import { parameter } from "../../state/parameters.js";

/** @import { ModelDetail, NodeDetail } from "../../api/client.js" */
/** @import { PlaneName, Playground } from "../../state/playground.js" */

const SLICES = /** @type {const} */ (["red", "green", "blue"]);

/**
 * The first convolution, if it reads the photo itself and its filters fit the table of cells.
 *
 * @param {ModelDetail | null} model
 * @returns {NodeDetail | null}
 */
export function firstConvolution(model) {
  const node = model?.nodes.find(({ kind }) => kind === "conv2d");
  const source = model?.nodes.find(({ name }) => name === node?.inputs[0]);
  /** @type {Record<string, any>} */
  const config = node?.config ?? {};
  const [height = 0, width = 0] = config.kernel_size ?? [];
  const fits = source?.kind === "input" && height === width && height <= RANGES.size[1] && (config.groups ?? 1) === 1;
  return fits && [1, 3].includes(source?.output_shape[0] ?? 0) ? (node ?? null) : null;
}

/** @param {NodeDetail} node */
export const filterCount = ({ output_shape: [filters = 0] }) => filters;

/**
 * The settings of the layer, as far as the playground has them: with these the map is the layer's own.
 *
 * @param {NodeDetail} node
 * @returns {Partial<Pick<Playground, "stride" | "padding" | "dilation" | "mode">>}
 */
export function settingsOf(node) {
  /** @type {Record<string, any>} */
  const { stride = [1], padding = [0], dilation = [1] } = node.config;
  const even = (/** @type {number[]} */ numbers) => numbers.every((each) => each === numbers[0]);
  if (!even(padding) || !even(stride) || !even(dilation)) return {};
  return { stride: stride[0] ?? 1, padding: padding[0] ?? 0, dilation: dilation[0] ?? 1, mode: "zeros" };
}

/**
 * The cells of one filter for the planes it is laid on; null until the weights are there.
 *
 * @param {ModelDetail} model
 * @param {NodeDetail} node
 * @param {number} index
 * @param {PlaneName} plane
 * @param {() => void} arrived
 * @returns {{cells: string[], size: number, bias: string} | null}
 */
export function trainedCells(model, node, index, plane, arrived) {
  const weights = parameter(model.id, `${node.name}.weight`, arrived);
  const biased = `${node.name}.bias` in node.parameters;
  const bias = biased ? parameter(model.id, `${node.name}.bias`, arrived) : null;
  if (!(weights?.data instanceof Float32Array) || (biased && !bias)) return null;
  const [, depth = 1, size = 1] = weights.shape;
  const kernels = { shape: weights.shape, data: weights.data };
  const slice = SLICES.findIndex((each) => each === plane);
  const slices = plane === "rgb" ? [...Array(depth).keys()] : [Math.min(depth - 1, Math.max(0, slice))];
  const values = slices.flatMap((each) => [...kernelSlice(kernels, index, each)]);
  // One colour alone is not what the bias was trained for.
  const whole = slices.length === depth;
  return { cells: values.map(cellText), size, bias: whole && bias ? cellText(bias.data[index] ?? 0) : "0" };
}
