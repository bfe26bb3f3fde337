/**
 * Values of the layers on the learner's photo, and the terms behind them, as the server computes them.
 *
 * @import { Measure, Subject } from "./subject.js"
 */

import { getJson, getNpy, urls } from "../../../api/client.js";
import { largestOf } from "../../../geometry/extremes.js";
import { extent } from "../../../geometry/graph.js";
import { nodeOf } from "./subject.js";

/** @typedef {{values: Float32Array, channels: number, height: number, width: number}} Maps */

/**
 * Every value of one layer.
 *
 * @param {Subject} subject
 * @param {string | undefined} name
 * @param {AbortSignal} signal
 * @returns {Promise<Maps>}
 */
export async function mapsOf(subject, name, signal) {
  const node = nodeOf(subject, name);
  const { model, image, crop } = subject;
  const { data } = await getNpy(urls.trace(model.id, image, crop, `nodes/${encodeURIComponent(node.name)}`), signal);
  if (!(data instanceof Float32Array)) throw new Error(`${node.name}: its values are no float32`);
  return { values: data, ...extent(node) };
}

/**
 * The arithmetic of one value; of a layer that is not selected, of the value in its middle.
 *
 * @param {Subject} subject
 * @param {string | undefined} name
 * @param {AbortSignal} signal
 * @param {{y: number, x: number}} [place]
 */
async function termsOf(subject, name, signal, place) {
  const node = nodeOf(subject, name);
  const { height, width } = extent(node);
  const { pixel, model, image, crop } = subject;
  const own = pixel.node === node.name ? pixel : { channel: 0, y: height >> 1, x: width >> 1 };
  const { y, x } = place ?? own;
  const query = { channel: own.channel, y, x, limit: 4096 };
  return getJson(urls.trace(model.id, image, crop, `explain/${encodeURIComponent(node.name)}`, query), signal);
}

/** @typedef {{patch: number[][], kernel: number[][] | null, products: number[][]}} Term */

/** @param {readonly Term[]} terms @param {"patch" | "kernel" | "products"} part @returns {number[]} */
const numbers = (terms, part) => terms.flatMap((term) => (term[part] ?? []).flat());

/**
 * How many numbers behind the selected value and one far away in the same map are not the same.
 *
 * @param {"patch" | "kernel"} part
 * @returns {Measure}
 */
const changed = (part) => async (subject, [name], signal) => {
  const [near, far] = await Promise.all([
    termsOf(subject, name, signal, { y: 10, x: 45 }),
    termsOf(subject, name, signal, { y: 30, x: 30 }),
  ]);
  const [one, other] = [numbers(near.terms, part), numbers(far.terms, part)];
  return { number: one.filter((each, at) => each !== other[at]).length };
};

/** @param {Maps} maps @returns {number[]} */
function meansOf({ values, channels, height, width }) {
  const size = height * width;
  const sum = (/** @type {number} */ channel) => values.subarray(channel * size, (channel + 1) * size).reduce((all, each) => all + each, 0);
  return Array.from({ length: channels }, (_, channel) => sum(channel) / size);
}

/** @param {readonly number[]} means */
const largest = (means) => means.indexOf(largestOf(means));

/**
 * Pixels across of which the gradient of a value is not zero: counted, not deduced.
 *
 * @type {Measure}
 */
async function listened(subject, [name, y, x], signal) {
  const { model, image, crop } = subject;
  const size = extent(nodeOf(subject, model.nodes[0]?.name));
  const columns = new Set();
  // A value that ReLUs have silenced everywhere listens to nothing: all channels together tell the field.
  for (let channel = 0; channel < extent(nodeOf(subject, name)).channels; channel += 1) {
    const query = { channel, y: y ?? 0, x: x ?? 0 };
    const { data } = await getNpy(urls.trace(model.id, image, crop, `gradient/${encodeURIComponent(name ?? "")}`, query), signal);
    data.forEach((value, at) => value !== 0 && columns.add(at % size.width));
  }
  const found = [...columns].sort((a, b) => a - b);
  return { number: found.length ? (found.at(-1) ?? 0) - (found[0] ?? 0) + 1 : 0 };
}

/** @type {Measure} */
async function reached(subject, [name, y, x], signal) {
  const address = `${urls.model(subject.model.id)}/reach?y=${y}&x=${x}`;
  /** @type {{nodes: {name: string, count: number}[]}} */
  const { nodes } = await getJson(address, signal);
  return { number: nodes.find((each) => each.name === name)?.count ?? 0 };
}

/** @type {Measure} */
async function branchShare(subject, [name], signal) {
  const node = nodeOf(subject, name);
  const parts = await Promise.all(node.inputs.map((each) => mapsOf(subject, each, signal)));
  const lengths = parts.map(({ values }) => Math.hypot(0, Math.sqrt(values.reduce((all, each) => all + each * each, 0))));
  const whole = lengths.reduce((all, each) => all + each, 0);
  return { number: (100 * (lengths[0] ?? 0)) / whole, percent: true };
}

/**
 * Of the pixels that a value reads, those whose gradient is not the weight that lies on them.
 *
 * @type {Measure}
 */
async function gradientNotWeight(subject, [name], signal) {
  const { pixel, model, image, crop } = subject;
  const { height, width } = extent(nodeOf(subject, model.nodes[0]?.name));
  const query = { channel: pixel.channel, y: pixel.y, x: pixel.x };
  const [{ data }, told] = await Promise.all([
    getNpy(urls.trace(model.id, image, crop, `gradient/${encodeURIComponent(name ?? "")}`, query), signal),
    termsOf(subject, name, signal),
  ]);
  let count = 0;
  for (const { channel, y, x, step, kernel } of told.terms) {
    kernel.forEach((/** @type {number[]} */ row, /** @type {number} */ i) =>
      row.forEach((weight, j) => {
        const at = (channel * height + y + i * step[0]) * width + x + j * step[1];
        if (data[at] !== Math.fround(weight)) count += 1;
      }),
    );
  }
  return { number: count };
}

/** The addition once more, with zeros for its first input. @type {Measure} */
async function mutedBranchDiffers(subject, [name], signal) {
  const node = nodeOf(subject, name);
  const shortcut = (await mapsOf(subject, node.inputs[1], signal)).values;
  const branch = new Float32Array(shortcut.length);
  return { number: shortcut.filter((value, at) => Math.fround(value + (branch[at] ?? 0)) !== value).length };
}

/** @type {Readonly<Record<string, Measure>>} */
export const MEASURES = {
  products: async (subject, [name], signal) => ({ number: numbers((await termsOf(subject, name, signal)).terms, "products").length }),
  sum: async (subject, [name], signal) => ({ number: (await termsOf(subject, name, signal)).term_sum, decimals: 4 }),
  bias: async (subject, [name], signal) => ({ number: (await termsOf(subject, name, signal)).bias ?? 0, decimals: 4 }),
  value: async (subject, [name], signal) => ({ number: (await termsOf(subject, name, signal)).value, decimals: 4 }),
  weights_changed: changed("kernel"),
  pixels_changed: changed("patch"),
  percent: async (subject, [name], signal) => {
    const { values } = await mapsOf(subject, name, signal);
    return { number: Math.round(1e4 * values.reduce((all, each) => all + each, 0)) / 100, percent: true };
  },
  zeros: async (subject, [name], signal) => {
    const { values } = await mapsOf(subject, name, signal);
    return { number: (100 * values.filter((each) => each === 0).length) / values.length, percent: true };
  },
  strongest: async (subject, [name], signal) => ({ number: largest(meansOf(await mapsOf(subject, name, signal))) }),
  strongest_mean: async (subject, [name], signal) => ({ number: largestOf(meansOf(await mapsOf(subject, name, signal))) }),
  least: async (subject, [name], signal) => {
    const { values } = await mapsOf(subject, name, signal);
    return { number: values.reduce((least, each) => Math.min(least, each), Infinity) };
  },
  gradient_not_weight: gradientNotWeight,
  listened,
  reached,
  branch_share: branchShare,
  muted_branch_differs: mutedBranchDiffers,
};
