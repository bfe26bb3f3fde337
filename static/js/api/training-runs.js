/**
 * Runs of `convscope train` as the server tells them: rows as they come, and weights at the steps that are kept.
 *
 * @import { components } from "./types.js"
 * @import { Film, RunLook, RunRows } from "./training-types.js"
 */

import { getJson, postJson, request } from "./client.js";
import { decodeMessage } from "./live.js";

/** @typedef {components["schemas"]["TrainingRunSchema"]} TrainingRun */
/** @typedef {components["schemas"]["TrainingRunName"]} TrainingRunName */

const ROOT = "/api/training/trained";

/**
 * @param {string} run
 * @param {string} part
 * @param {Record<string, string | number>} query
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
async function frame(run, part, query, signal) {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  const answer = await request(`${ROOT}/${encodeURIComponent(run)}/${part}?${search}`, signal);
  return decodeMessage(await answer.arrayBuffer());
}

/** @returns {Promise<TrainingRunName[]>} The one written last first. */
export const listTrainingRuns = () => getJson(ROOT);

/**
 * @param {string} run
 * @param {{revision: number, steps: number, scores: number}} known  What is here already.
 * @returns {Promise<RunRows>}
 */
export const rowsOfRun = (run, known) => frame(run, "rows", known);

/**
 * @param {string} run
 * @param {{step: number, layer: string, filter: number, channel: number}} asked
 * @param {AbortSignal} signal
 * @returns {Promise<RunLook>}
 */
export const lookAtRun = (run, asked, signal) => frame(run, "look", asked, signal);

/**
 * @param {string} run
 * @param {{layer: string, filter: number, channel: number, frames: number}} asked
 * @param {AbortSignal} signal
 * @returns {Promise<Film>}
 */
export const filmOfRun = (run, asked, signal) => frame(run, "film", asked, signal);

/**
 * Put the network of a run, with the weights of a kept step, among the models.
 *
 * @param {string} run
 * @param {number} step
 * @returns {Promise<{id: string, title: string}>}
 */
export const openTrainingRun = (run, step) => postJson(`${ROOT}/${encodeURIComponent(run)}/model?step=${step}`);

/** @param {string} run @param {"steps" | "scores" | "metrics"} table */
export const tableOfRun = (run, table) => `${ROOT}/${encodeURIComponent(run)}/${table}.csv`;
