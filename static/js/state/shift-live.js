/**
 * The Shift lab asks the server about what is chosen, and keeps what comes.
 *
 * @import { BorderMessage, CurveMessage, PoolingMessage, ResultMessage, SweepMessage } from "../api/live-messages.js"
 * @import { LiveAnswer } from "../api/messages.js"
 * @import { LiveWish, Variants } from "./shift-types.js"
 * @import { Signal } from "./store.js"
 * @import { Subject } from "./subject.js"
 */

import { encodeFrame } from "../api/live.js";
import { LiveLink } from "./live-link.js";
import { CURVE, SWEEP, shift } from "./shift.js";
import { effect } from "./store.js";

/** Milliseconds without a move after which all that takes longer is asked for, too. */
const REST = 120;
/** Milliseconds after which an answer to an older state is none any more: while the photo is moved it is as good as that. */
const LATE = 200;
/** @type {ConstructorParameters<typeof LiveLink>[1]} */
const FRAMES = { topic: "/shift-camera", encode: (seq, { payload = new Uint8Array(0), ...state }) => encodeFrame(seq, /** @type {any} */ ({ ...state, payload })) };

/**
 * From now on.
 *
 * @param {Subject} subject
 * @param {AbortSignal} [signal]
 */
export function followShift(subject, signal) {
  const options = signal ? { signal } : {};
  let resting = 0;
  let waiting = 0;
  /** @type {LiveWish | null} */
  let newest = null;
  /** @type {ConstructorParameters<typeof LiveLink>[0]} */
  const listeners = {
    onTrouble: (sentence) => (shift.trouble.value = sentence),
    onAnswer(answer, wish, last) {
      if (answer.type === "result" && newest && (wish.payload || placeOf(wish) === placeOf(newest))) {
        clearTimeout(waiting);
        waiting = 0;
        shift.late.value = false;
      }
      keep(answer, wish);
      if (answer.type === "result" && last && !wish.variants && !wish.payload) resting = setTimeout(ask, REST);
    },
  };
  const link = new LiveLink(listeners);
  /** The line for frames, while a camera is watched. @type {LiveLink | null} */
  let camera = null;
  const ask = (whole = true) => {
    clearTimeout(resting);
    const wish = currentWish(subject, whole);
    if (!wish) return undefined;
    if (newest && placeOf(newest) !== placeOf(wish)) waiting ||= setTimeout(() => (shift.late.value = true), LATE);
    newest = wish;
    shift.settled.value = false;
    if (wish.payload) return (camera ??= new LiveLink(listeners, FRAMES)).ask(wish);
    camera?.close();
    camera = null;
    return link.ask(wish);
  };
  const { place, border, pooling, layers, size, seen } = shift;
  effect([subject.shown, border, pooling, layers, size, seen], () => ask(), options);
  effect([place, shift.frame], () => ask(false), options);
  signal?.addEventListener("abort", () => (clearTimeout(resting), clearTimeout(waiting), link.close(), camera?.close()));
}

/**
 * @param {Subject} subject
 * @param {boolean} whole  With all that takes longer than the maps: not while the photo is being moved.
 * @returns {LiveWish | null}  null while there is no photo.
 */
function currentWish(subject, whole) {
  const shown = subject.shown.value;
  const { place, border, pooling, layers, size, seen } = shift;
  if (!shown || shown.model !== subject.model.value) return null;
  const passing = shown.image.frame === "passing";
  const frame = passing ? shift.frame.value : null;
  if (passing && !frame) return null;
  const { left, top, width } = shown.crop;
  // of what passes only the maps: all that takes longer is told of a frame that stays
  whole &&= !passing;
  const own = whole && size.value === null;
  return {
    ...{ model: shown.model.id, image: frame?.name ?? shown.image.id, crop: [left, top, width] },
    ...(frame && { payload: frame.pixels }),
    ...{ transform: "shift", ...place.value, angle: 0, factor: 1 },
    ...{ border: border.value, pooling: pooling.value, layers: [...layers.value], size: size.value },
    ...{ curve: whole ? CURVE : 0, variants: whole },
    sweep: own && shown.model.classes.length && seen.value.has("sweep") ? SWEEP : 0,
    contrast: own && seen.value.has("contrast"),
  };
}

/* What a result belongs to: of two wishes with the same name it would be the same. */

/** @param {LiveWish} wish */
const belongsTo = ({ model, image, crop, border, size }) => [model, image, crop, border, size];

/** Of a curve; beside it, its dy. @param {LiveWish} wish */
export const curveOf = (wish) => JSON.stringify([...belongsTo(wish), wish.pooling, nodes(wish)]);

/** @param {LiveWish} wish */
export const sweepOf = (wish) => JSON.stringify(belongsTo(wish));

/** @param {LiveWish} wish */
const poolingsOf = (wish) => JSON.stringify([...belongsTo(wish), wish.dx, wish.dy, nodes(wish)]);

/** @param {LiveWish} wish */
const bordersOf = (wish) => JSON.stringify([...belongsTo({ ...wish, border: "trained" }), wish.pooling, wish.dx, wish.dy, nodes(wish)]);

/** Of maps and sentences. @param {LiveWish} wish */
const placeOf = (wish) => JSON.stringify([...belongsTo(wish), wish.pooling, wish.dx, wish.dy, nodes(wish)]);

/** @param {LiveWish} wish */
const nodes = ({ layers }) => layers.map(({ node }) => node);

/**
 * @param {LiveAnswer} answer
 * @param {LiveWish} wish
 */
function keep(answer, wish) {
  if (answer.type === "result") keepResult(answer, wish);
  else if (answer.type === "pooling") keepVariant(shift.poolings, answer.pooling, poolingsOf(wish), answer, wish);
  else if (answer.type === "border") keepVariant(shift.borders, answer.border, bordersOf(wish), answer, wish);
  else if (answer.type === "curve") keepCurve(answer, wish);
  else if (answer.type === "sweep") keepSweep(answer, wish);
  else if (answer.type === "contrast") shift.contrast.value = { ...answer, dx: wish.dx, dy: wish.dy };
  else if (answer.type === "done" && wish.variants) shift.settled.value = true;
}

/**
 * @param {ResultMessage} result
 * @param {LiveWish} asked
 */
function keepResult(result, asked) {
  shift.result.value = { ...result, asked };
  settleChannels(result);
  leaveBehind(shift.poolings, poolingsOf(asked));
  leaveBehind(shift.borders, bordersOf(asked));
}

/**
 * Channels that were left to the server are from now on the ones it chose, under other borders and for other photos.
 *
 * @param {ResultMessage} result
 */
function settleChannels({ layers: found }) {
  const chosen = shift.layers.value;
  const open = (/** @type {number} */ index) => chosen[index]?.channel === null && chosen[index].node === found[index]?.node;
  if (!chosen.some((_, index) => open(index))) return;
  shift.layers.value = chosen.map((choice, index) => (open(index) ? { ...choice, channel: found[index]?.channel ?? 0 } : choice));
}

/**
 * What is known of another place is marked as such, once.
 *
 * @template {string} Name
 * @param {Signal<Variants<Name> | null>} kept
 * @param {string} of
 */
function leaveBehind(kept, of) {
  const known = kept.value;
  if (!known || known.of === of || [...known.byName.values()].every(({ stale }) => stale)) return;
  kept.value = { ...known, byName: staled(known.byName) };
}

/**
 * @template {string} Name
 * @param {Variants<Name>["byName"]} all
 */
const staled = (all) => new Map([...all].map(([name, each]) => [name, { ...each, stale: true }]));

/**
 * @template {string} Name
 * @param {Signal<Variants<Name> | null>} kept
 * @param {Name} name
 * @param {string} of
 * @param {PoolingMessage | BorderMessage} message
 * @param {LiveWish} wish
 */
function keepVariant(kept, name, of, { trained, layers }, wish) {
  const before = kept.value;
  const known = before?.of === of ? before.byName : staled(before?.byName ?? new Map());
  const byName = new Map([...known, [name, { layers, trained, stale: false }]]);
  kept.value = { of, dx: wish.dx, dy: wish.dy, nodes: nodes(wish), byName };
}

/**
 * @param {CurveMessage} message
 * @param {LiveWish} wish
 */
function keepCurve({ range, dy, points }, wish) {
  const of = curveOf(wish);
  const before = shift.curve.value;
  const known = before?.of === of && before.dy === dy ? before.points : new Map();
  for (const point of points) known.set(point.dx, point);
  shift.curve.value = { of, dy, range, points: known };
}

/**
 * @param {SweepMessage} message
 * @param {LiveWish} wish
 */
function keepSweep({ max_shift: range, dy, top, probability, summary }, wish) {
  const of = sweepOf(wish);
  const before = shift.sweep.value?.of === of ? shift.sweep.value : null;
  const rows = new Map([...(before?.rows ?? []), [dy, { top, probability }]]);
  shift.sweep.value = { of, range, rows, summary: summary ?? before?.summary ?? null };
}
