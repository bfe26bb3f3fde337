/**
 * The Explain page: what is asked of the network on screen, and what every method says to it.
 *
 * @import { ClassProbability } from "../api/client.js"
 * @import { Ask, Entry, Options, Picture, Question } from "./explain-types.js"
 */

import { signal } from "./store.js";
import { view } from "./view.js";
import { largestOf, smallestOf } from "../geometry/extremes.js";

/** Tiles in their order. */
export const METHODS = /** @type {const} */ ([
  "gradient",
  "gradient_times_input",
  "smooth_grad",
  "integrated_gradients",
  "lrp",
  "grad_cam",
  "occlusion",
  "rise",
  "guided_backprop",
  "edges_only",
]);

/** @typedef {typeof METHODS[number]} MethodName */

/** The control, and the film in random order: both ask no network which pixels come first. */
export const CONTROL = "edges_only";
export const RANDOM = "random";

/** Steps of the film. */
export const STEPS = 64;

/** A map that ends below has forgotten. */
export const FORGOTTEN = 0.3;

export const explain = {
  ask: signal(/** @type {Ask} */ ({ of: "class", a: null, b: null, node: "", channel: 0, place: "mean" })),
  method: signal(/** @type {MethodName} */ ("lrp")),
  scale: signal(/** @type {"own" | "one"} */ ("own")),
  film: signal(/** @type {"deletion" | "insertion"} */ ("deletion")),
  /** Step of the film, 0 to STEPS. */
  at: signal(10),
  playing: signal(false),
  opacity: signal(0.85),
  sign: signal(/** @type {"against" | "both" | "for"} */ ("both")),
  pixel: signal({ y: 51, x: 39 }),
  /** Options that differ from the usual, by method; `variant` of grad_cam is the method that stands in its tile. */
  options: signal(/** @type {Readonly<Record<string, Options>>} */ ({})),

  /** Labels of the network on screen, and all of them with their shares, likeliest first. */
  classes: signal(/** @type {readonly string[]} */ ([])),
  top: signal(/** @type {readonly ClassProbability[]} */ ([])),
  question: signal(/** @type {Question | null} */ (null)),
  entries: signal(/** @type {ReadonlyMap<string, Entry>} */ (new Map())),
  /** The method that is being computed, or `cascade`; empty when nothing is. */
  running: signal(""),
  /** Seconds that everything took; null until it is here. */
  seconds: signal(/** @type {number | null} */ (null)),
  /** Maps of random networks, done and in all. */
  cascade: signal(/** @type {{ done: number, total: number } | null} */ (null)),
  /** Why nothing more comes, as a sentence; empty while all is well. */
  trouble: signal(""),
};

/** Everything that drawing depends on. */
export const explainSignals = () => [
  ...[explain.ask, explain.method, explain.scale, explain.question, explain.entries, explain.running],
  ...[explain.options, explain.classes, view.theme],
];

/** @type {Entry} */
export const NOTHING = { blocked: null, picture: null, film: null, memories: [], progress: null };

/** @param {string} method */
export const entryOf = (method) => explain.entries.value.get(method) ?? NOTHING;

/** @returns {Picture | null}  Of the chosen method. */
export const chosenPicture = () => entryOf(explain.method.value).picture;

/** @returns {{ height: number, width: number }}  Of the maps, in pixels. */
export function mapSize() {
  const [height, width] = explain.question.value?.shape ?? [64, 64];
  return { height, width };
}

/** @param {Partial<Ask>} change */
export function askFor(change) {
  explain.ask.value = { ...explain.ask.value, ...change };
}

/**
 * The next or previous method, around the ends.
 *
 * @param {number} step
 */
export function stepMethod(step) {
  const at = METHODS.indexOf(explain.method.value);
  const next = METHODS[(at + step + METHODS.length) % METHODS.length];
  if (next) explain.method.value = next;
}

/** @param {number} y @param {number} x */
export function pointAt(y, x) {
  const { height, width } = mapSize();
  const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.max(0, Math.min(most - 1, Math.round(value)));
  const next = { y: within(y, height), x: within(x, width) };
  const now = explain.pixel.value;
  if (next.y !== now.y || next.x !== now.x) explain.pixel.value = next;
}

/** @param {number} step */
export function seek(step) {
  explain.at.value = Math.max(0, Math.min(STEPS, Math.round(step)));
}

/**
 * The size that reaches the full colour.
 *
 * @param {Picture} picture
 */
export function reachOf(picture) {
  const { ranking } = picture;
  return explain.scale.value === "own" ? ranking.strong : commonShare() * ranking.size;
}

/** One range for all maps: the share of its map at which the colour is full, the middle one of all methods. */
export function commonShare() {
  const shares = METHODS.flatMap((name) => {
    const ranking = entryOf(name).picture?.ranking;
    return ranking?.size ? [ranking.strong / ranking.size] : [];
  }).toSorted((a, b) => a - b);
  return shares[Math.floor(shares.length * 0.65)] ?? 1;
}

/**
 * Rank correlation by stage, in the mean over random networks: [stage, mean, least, greatest], 1 at stage 0.
 *
 * @param {Entry} entry
 * @returns {(readonly [stage: number, mean: number, least: number, greatest: number])[]}
 */
export function forgetting({ memories }) {
  /** @type {Map<number, number[]>} */
  const stages = new Map();
  for (const { stage, correlation } of memories) stages.set(stage, [...(stages.get(stage) ?? []), correlation]);
  const rows = [...stages].toSorted(([a], [b]) => a - b).map(([stage, found]) => {
    const mean = found.reduce((sum, each) => sum + each, 0) / found.length;
    return /** @type {const} */ ([stage, mean, smallestOf(found), largestOf(found)]);
  });
  return rows.length ? [[0, 1, 1, 1], ...rows] : [];
}

/**
 * What is left of the map in the network that is random throughout; null until one is.
 *
 * @param {Entry} entry
 */
export function leftOver(entry) {
  const last = forgetting(entry).at(-1);
  const stages = entry.memories[0]?.stages.length;
  return last && last[0] === stages ? last[1] : null;
}

/**
 * Whether a film is better than the control's in both directions; null until both are here.
 *
 * @param {Entry} entry
 * @param {string} [control]
 */
export function beats({ film }, control = CONTROL) {
  const other = entryOf(control).film;
  if (!film || !other) return null;
  return film.areas.deletion < other.areas.deletion && film.areas.insertion > other.areas.insertion;
}
