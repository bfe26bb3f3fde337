/**
 * Where the layers of any acyclic graph stand: slots from left to right, and branches that run beside each other in
 * lanes, one below the other. What passes over other layers is left to arcs.
 */

import { largestOf } from "./extremes.js";

/**
 * @typedef {object} Place
 * @property {number} slot Counted from the left; layers of different lanes may share one.
 * @property {number} lane Counted from the top.
 * @property {number} lanes How many there are at this place; 1: the layer has the whole height.
 */

/** @typedef {{from: number, to: number, along: "from" | "to"}} Wire Numbers of layers; in whose lane the line runs. */
/** @typedef {{places: Place[], wires: Wire[], skips: {from: number, to: number}[]}} LanePlan */

/** With more lanes there is no height for a map and a name in each: the branches stand one after the other. */
const MOST_LANES = 6;

/**
 * @param {readonly (readonly number[])[]} inputs Of every layer, in topological order, the numbers of those it reads.
 * @returns {LanePlan}
 */
export function lanePlan(inputs) {
  const passed = passedOver(inputs);
  /** @type {Place[]} */
  const places = [];
  /** Number of the chain that each layer is in, −1 where a layer has the whole height. */
  const chainOf = inputs.map(() => -1);
  let slot = 0;
  for (let at = 0; at < inputs.length; ) {
    const end = passed[at] ? endOfRegion(passed, at) : at + 1;
    const chains = passed[at] ? chainsOf(inputs, at, end) : [];
    if (areBranches(chains)) {
      chains.forEach((chain) => chain.forEach((each) => (chainOf[each] = chain[0] ?? -1)));
      slot = placeChains(inputs, chains, { at, end, slot }, places);
    } else for (let each = at; each < end; each += 1) places[each] = { slot: slot++, lane: 0, lanes: 1 };
    at = end;
  }
  return { places, ...connections(inputs, places, chainOf) };
}

/**
 * Whether chains are worth lanes of their own: a short way around a long one is a skip, and has an arc.
 *
 * @param {readonly (readonly number[])[]} chains
 */
function areBranches(chains) {
  if (chains.length !== 2) return chains.length > 2 && chains.length <= MOST_LANES;
  const [one = 0, other = 0] = chains.map((chain) => chain.length);
  return 2 * Math.min(one, other) >= Math.max(one, other);
}

/**
 * Which layers some connection passes over: the others see everything that comes before them, and have the height.
 *
 * @param {readonly (readonly number[])[]} inputs
 */
function passedOver(inputs) {
  const change = new Array(inputs.length + 1).fill(0);
  inputs.forEach((sources, to) => {
    for (const from of sources) {
      if (to - from < 2) continue;
      change[from + 1] += 1;
      change[to] -= 1;
    }
  });
  let over = 0;
  return inputs.map((_, at) => (over += change[at]) > 0);
}

/**
 * @param {readonly boolean[]} passed
 * @param {number} at
 */
function endOfRegion(passed, at) {
  let end = at;
  while (passed[end]) end += 1;
  return end;
}

/**
 * The layers of a region as chains, each from a branch's first layer to its last. One that splits off from inside
 * another comes right after it.
 *
 * @param {readonly (readonly number[])[]} inputs
 * @param {number} start
 * @param {number} end
 * @returns {number[][]}
 */
function chainsOf(inputs, start, end) {
  /** @type {number[][]} */
  const chains = [];
  for (let at = start; at < end; at += 1) {
    const before = (inputs[at] ?? []).filter((source) => source >= start);
    const open = chains.filter((chain) => before.includes(chain.at(-1) ?? -1));
    const longest = open.reduce((best, chain) => (chain.length > (best?.length ?? 0) ? chain : best), open[0]);
    if (longest) longest.push(at);
    else {
      const parent = chains.findIndex((chain) => chain.some((each) => before.includes(each)));
      chains.splice(parent < 0 ? chains.length : parent + 1, 0, [at]);
    }
  }
  return chains;
}

/**
 * Chains below each other, each as far right as it can be, so that what is merged stands beside where it is merged.
 *
 * @param {readonly (readonly number[])[]} inputs
 * @param {readonly (readonly number[])[]} chains
 * @param {{at: number, end: number, slot: number}} region
 * @param {Place[]} places Filled in.
 * @returns {number} The slot after them.
 */
function placeChains(inputs, chains, { at, end, slot }, places) {
  /** How many layers of the region follow on the longest way. */
  const after = new Map();
  for (let each = end - 1; each >= at; each -= 1) {
    for (const source of inputs[each] ?? []) {
      if (source >= at) after.set(source, Math.max(after.get(source) ?? 0, (after.get(each) ?? 0) + 1));
    }
  }
  const depth = Math.max(largestOf(after.values()), 0) + 1;
  chains.forEach((chain, lane) => {
    for (const each of chain) {
      places[each] = { slot: slot + depth - 1 - (after.get(each) ?? 0), lane, lanes: chains.length };
    }
  });
  return slot + depth;
}

/**
 * Connections that layers beside each other do not show by that: wires where a lane is free for them, else skips.
 *
 * @param {readonly (readonly number[])[]} inputs
 * @param {readonly Place[]} places
 * @param {readonly number[]} chainOf
 * @returns {Pick<LanePlan, "wires" | "skips">}
 */
function connections(inputs, places, chainOf) {
  const last = new Map();
  chainOf.forEach((chain, at) => chain >= 0 && last.set(chain, at));
  /** @type {Wire[]} */
  const wires = [];
  /** @type {{from: number, to: number}[]} */
  const skips = [];
  inputs.forEach((sources, to) => {
    for (const from of new Set(sources)) {
      const [own = -1, other = -1] = [chainOf[to], chainOf[from]];
      const next = (places[to]?.slot ?? 0) - (places[from]?.slot ?? 0) === 1;
      if (own < 0 && other < 0) {
        if (!next) skips.push({ from, to });
      } else if (own === other) {
        const beside = chainOf.slice(from + 1, to).every((chain) => chain !== own);
        if (beside) wires.push({ from, to, along: "to" });
        else skips.push({ from, to });
      } else if (own >= 0 && own === to) wires.push({ from, to, along: "to" });
      else if (other >= 0 && last.get(other) === from) wires.push({ from, to, along: "from" });
      else skips.push({ from, to });
    }
  });
  return { wires, skips };
}
