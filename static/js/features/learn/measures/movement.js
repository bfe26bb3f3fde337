/**
 * What a shift of the learner's photo does, as the Shift lab measures it.
 *
 * @import { Measure, Subject } from "./subject.js"
 */

import { request } from "../../../api/client.js";
import { largestOf } from "../../../geometry/extremes.js";

/** @typedef {{node: string, error: number | null, differing: number, compared: number, exact: boolean, differing_inside: number}} Moved */
/** @typedef {{nodes: Moved[], probabilities: {labels: string[], before: number[], after: number[]} | null}} Answer */

/**
 * @param {Subject} subject
 * @param {number} dx
 * @param {AbortSignal} signal
 * @param {"trained" | "zeros"} [border]
 * @returns {Promise<Answer>}
 */
async function moved({ model, image, crop }, dx, signal, border = "trained") {
  const { left, top, width } = crop;
  const body = JSON.stringify({ model: model.id, image, crop: [left, top, width], dx, dy: 0, border });
  const headers = { "Content-Type": "application/json" };
  return (await request("/api/equivariance", signal, { method: "POST", headers, body })).json();
}

/**
 * @param {Answer} answer
 * @param {string | undefined} name
 * @returns {Moved}
 */
function rowOf({ nodes }, name) {
  const row = nodes.find((each) => each.node === name);
  if (!row) throw new Error(`${name} has no map that could move`);
  return row;
}

/**
 * @param {(row: Moved) => number} count
 * @param {"trained" | "zeros"} [border]
 * @returns {Measure}
 */
const ofRow = (count, border) => async (subject, [name, dx], signal) => ({
  number: count(rowOf(await moved(subject, Number(dx), signal, border), name)),
});

/** The farthest that is tried for a distance at which a map moves along exactly. */
const FARTHEST = 16;

/** The shortest way at which every compared bit agrees, tried one after the other. @type {Measure} */
async function period(subject, [name], signal) {
  for (let dx = 1; dx <= FARTHEST; dx += 1) {
    if (rowOf(await moved(subject, dx, signal), name).exact) return { number: dx };
  }
  throw new Error(`${name} moves along exactly at no distance up to ${FARTHEST} pixels`);
}

/** @param {readonly number[]} shares */
const first = (shares) => shares.indexOf(largestOf(shares));

/** @param {Answer} answer */
function probabilitiesOf({ probabilities }) {
  if (!probabilities) throw new Error("this network names no classes");
  return probabilities;
}

/** @type {Readonly<Record<string, Measure>>} */
export const MEASURES = {
  differing: ofRow((row) => row.differing),
  compared: ofRow((row) => row.compared),
  differing_padded: ofRow((row) => row.differing, "zeros"),
  differing_inside: ofRow((row) => row.differing_inside, "zeros"),
  error: async (subject, [name, dx], signal) => ({
    number: 100 * (rowOf(await moved(subject, Number(dx), signal), name).error ?? 0),
    percent: true,
  }),
  period,
  sure: async (subject, [dx], signal) => {
    const { before, after } = probabilitiesOf(await moved(subject, Number(dx), signal));
    return { number: 100 * (after[first(before)] ?? 0), percent: true };
  },
  answers_changed: async (subject, [dx], signal) => {
    const { before, after } = probabilitiesOf(await moved(subject, Number(dx), signal));
    return { number: first(before) === first(after) ? 0 : 1 };
  },
};
