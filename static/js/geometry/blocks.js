/** The blocks that a network repeats: found by the names of its layers, or by where branches and resolutions end. */

import { largestOf } from "./extremes.js";

/** @typedef {{name: string, from: number, to: number}} Block Numbers of its layers, `to` the last one. */
/** @typedef {{name: string, kind: string, inputs: readonly string[], output_shape: readonly number[]}} Layer */

/** Fewer layers are seen at one glance as they are. */
const SMALLEST_BLOCK = 4;
/** A network of fewer layers needs no blocks. */
const SMALLEST_NETWORK = 24;

/**
 * @param {readonly Layer[]} layers In topological order.
 * @returns {Block[]} From left to right.
 */
export function blocksOf(layers) {
  if (layers.length < SMALLEST_NETWORK) return [];
  const named = byName(layers);
  return covered(named) >= layers.length / 2 ? named : byShape(layers);
}

/** @param {readonly Block[]} blocks */
const covered = (blocks) => blocks.reduce((sum, { from, to }) => sum + to - from + 1, 0);

/**
 * Layers that follow each other and share the beginning of their names: the longest beginning that still brings half
 * of them into blocks.
 *
 * @param {readonly Layer[]} layers
 */
function byName(layers) {
  const paths = layers.map(({ name }) => pathOf(name));
  const deepest = largestOf(paths.map((path) => path.length));
  /** @type {Block[]} */
  let best = [];
  for (let depth = 1; depth <= deepest; depth += 1) {
    const found = runs(paths, depth);
    const fine = covered(found) >= layers.length / 2 && found.length > 1;
    if (fine && covered(found) >= covered(best) * 0.8) best = found;
  }
  return best;
}

/**
 * Where in the network a layer is, by its name without the last part: "/layer1/layer1.0/conv1/Conv" is layer1, 0,
 * conv1; "block_2_1_depthwise_silu" is block, 2, 1, depthwise.
 *
 * @param {string} name
 */
function pathOf(name) {
  const parts = name.split(/[/.:]+/).filter(Boolean);
  const words = parts.length > 1 ? parts : name.split("_").filter(Boolean);
  const path = words.slice(0, -1);
  return path.filter((word, at) => word !== path[at - 1] || /^\d+$/.test(word));
}

/**
 * @param {readonly (readonly string[])[]} paths
 * @param {number} depth
 */
function runs(paths, depth) {
  /** @type {Block[]} */
  const found = [];
  let from = 0;
  const key = (/** @type {number} */ at) => ((paths[at]?.length ?? 0) >= depth ? paths[at]?.slice(0, depth).join(".") : "");
  for (let at = 1; at <= paths.length; at += 1) {
    if (at < paths.length && key(at) === key(from)) continue;
    const name = key(from);
    if (name && at - from >= SMALLEST_BLOCK) found.push({ name, from, to: at - 1 });
    from = at;
  }
  return distinct(found);
}

/** Pools end a block where no names do. */
const ENDS = new Set(["max_pool2d", "avg_pool2d", "blur_pool2d"]);
/** What belongs to the merge before it. */
const FOLLOWS = new Set(["relu", "leaky_relu", "batch_norm2d", "silu", "hard_swish", "sigmoid", "tanh"]);

/**
 * Blocks end where branches have come together again, and where the resolution drops.
 *
 * @param {readonly Layer[]} layers
 */
function byShape(layers) {
  const number = new Map(layers.map(({ name }, at) => [name, at]));
  let reach = 0;
  /** The last layer that reads each layer. */
  const open = new Array(layers.length).fill(0);
  layers.forEach(({ inputs }, at) => {
    for (const name of inputs) {
      const from = number.get(name) ?? at;
      open[from] = Math.max(open[from], at);
    }
  });
  /** @type {Block[]} */
  const found = [];
  let from = 1;
  layers.forEach(({ kind, inputs }, at) => {
    const merged = inputs.length > 1;
    reach = Math.max(reach, at ? open[at - 1] : 0);
    const closed = reach <= at;
    const follows = FOLLOWS.has(layers[at + 1]?.kind ?? "");
    const end = closed && ((merged && !follows) || (FOLLOWS.has(kind) && mergedBefore(layers, at) && !follows) || ENDS.has(kind));
    if (!end) return;
    if (at - from + 1 >= SMALLEST_BLOCK) found.push({ name: `block ${found.length + 1}`, from, to: at });
    from = at + 1;
  });
  return found;
}

/**
 * @param {readonly Layer[]} layers
 * @param {number} at
 */
function mergedBefore(layers, at) {
  let before = at;
  while (before > 0 && FOLLOWS.has(layers[before]?.kind ?? "")) before -= 1;
  return (layers[before]?.inputs.length ?? 0) > 1;
}

/**
 * The same name for several blocks would fold them together.
 *
 * @param {Block[]} blocks
 */
function distinct(blocks) {
  const count = new Map();
  return blocks.map((block) => {
    const times = (count.get(block.name) ?? 0) + 1;
    count.set(block.name, times);
    return times > 1 ? { ...block, name: `${block.name} (${times})` } : block;
  });
}

/**
 * What is seen while some blocks are folded: of those only the last layer.
 *
 * @param {readonly Layer[]} layers
 * @param {readonly Block[]} blocks
 * @param {ReadonlySet<string>} folded Names of blocks.
 * @returns {{shown: number[], standIn: number[], inputs: number[][]}} Numbers of the layers that are seen; for every
 *   layer the place in `shown` of itself or of what stands for it; and for each that is seen what it reads.
 */
export function foldedGraph(layers, blocks, folded) {
  const last = layers.map((_, at) => at);
  for (const { name, from, to } of blocks) if (folded.has(name)) last.fill(to, from, to + 1);
  const shown = layers.map((_, at) => at).filter((at) => last[at] === at);
  const place = new Map(shown.map((at, index) => [at, index]));
  const standIn = last.map((at) => place.get(at) ?? 0);
  const number = new Map(layers.map(({ name }, at) => [name, at]));
  /** @type {Set<number>[]} */
  const inputs = shown.map(() => new Set());
  layers.forEach((layer, at) => {
    for (const name of layer.inputs) {
      const source = standIn[number.get(name) ?? at] ?? 0;
      const reader = standIn[at] ?? 0;
      if (source < reader) inputs[reader]?.add(source);
    }
  });
  return { shown, standIn, inputs: inputs.map((each) => [...each]) };
}
