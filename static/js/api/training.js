/**
 * The training lab's part of the server's interface: races, what they are told to do, and what is seen of them.
 *
 * @import { components } from "./types.js"
 * @import { Curve, Film, Look, Pictures, Scores } from "./training-types.js"
 */

import { getJson, request } from "./client.js";
import { decodeMessage } from "./live.js";

/** @typedef {components["schemas"]["RaceSchema"]} Race */
/** @typedef {components["schemas"]["RaceTask"]} RaceTask */
/** @typedef {components["schemas"]["NetSchema"]} RaceNet */
/** @typedef {components["schemas"]["SettingsSchema"]} RaceSettings */
/** @typedef {components["schemas"]["ChangeSchema"]} RaceChange */

const ROOT = "/api/training";

/**
 * @template T
 * @param {string} path
 * @param {Record<string, string | number | null | undefined>} [query] null and undefined leave a member out.
 * @returns {Promise<T>}
 */
async function frame(path, query = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== null && value !== undefined) search.set(name, String(value));
  const answer = await request(`${ROOT}/${path}?${search}`);
  return /** @type {any} */ (decodeMessage(await answer.arrayBuffer()));
}

/**
 * @param {string} path
 * @param {object} body
 */
async function send(path, body) {
  const headers = { "Content-Type": "application/json" };
  return (await request(`${ROOT}/${path}`, undefined, { method: "POST", headers, body: JSON.stringify(body) })).json();
}

/**
 * @param {string} task
 * @param {object} settings
 * @param {readonly string[]} nets
 * @param {readonly string[] | null} classes Of a brought task; null: all.
 * @returns {Promise<Race>}
 */
export const createRace = (task, settings, nets, classes = null) => send("runs", { task, settings, nets, classes });

/** @returns {Promise<RaceTask[]>} */
export const listTasks = () => getJson(`${ROOT}/tasks`);

/**
 * @param {readonly {name: string, file: Blob}[]} files With their folders in their names.
 * @returns {Promise<RaceTask>}
 */
export async function bringTask(files) {
  const form = new FormData();
  for (const { name, file } of files) form.append("file", file, name);
  return (await request(`${ROOT}/tasks`, undefined, { method: "POST", body: form })).json();
}

/** @param {string} task */
export const forgetTask = (task) => request(`${ROOT}/tasks/${task}`, undefined, { method: "DELETE" });

/** @param {string} run @returns {Promise<Race>} */
export const getRace = (run) => getJson(`${ROOT}/runs/${encodeURIComponent(run)}`);

/**
 * @param {string} run
 * @param {string} order
 * @param {object} [members]
 * @returns {Promise<Race>}
 */
export const orderRace = (run, order, members = {}) => send(`runs/${run}/orders`, { order, ...members });

/**
 * @param {string} run
 * @param {Record<string, string | number | null>} asked
 * @returns {Promise<Look>}
 */
export const lookAtRace = (run, asked) => frame(`runs/${run}/look`, asked);

/**
 * @param {string} run
 * @param {Record<string, string | number>} asked
 * @returns {Promise<Film>}
 */
export const filmOfRace = (run, asked) => frame(`runs/${run}/film`, asked);

/**
 * @param {string} run
 * @param {string} net
 * @param {number} step
 * @param {number} [dx]  By which the test pictures are moved.
 * @returns {Promise<Scores>}
 */
export const scoresOfRace = (run, net, step, dx = 0) => frame(`runs/${run}/scores`, { net, step, dx });

/**
 * @param {string} run
 * @param {string} net
 * @param {number} step
 * @returns {Promise<Curve>}
 */
export const curveOfRace = (run, net, step) => getJson(`${ROOT}/runs/${run}/shifts?net=${net}&step=${step}`);

/** @param {string} run @returns {Promise<Pictures>} */
export const picturesOfRace = (run) => frame(`runs/${run}/pictures`);

/** @param {string} task @returns {Promise<Pictures>} */
export const picturesOfTask = (task) => frame(`tasks/${task}/pictures`);

/**
 * Put a network after a step among the models.
 *
 * @param {string} run
 * @param {string} net
 * @param {number} step
 * @returns {Promise<{id: string, title: string}>}
 */
export const openTrained = (run, net, step) => send(`runs/${run}/nets/${net}/model?step=${step}`, {});

/**
 * @param {string} run
 * @param {string} file Of a network, such as `cnn.onnx`; or `steps.csv`.
 * @param {number} [step]
 */
export const fileOfRace = (run, file, step) =>
  `${ROOT}/runs/${run}/${step === undefined ? file : `nets/${file}?step=${step}`}`;

/** @typedef {components["schemas"]["OwnAnswer"]} OwnAnswer */
/** @typedef {{model: string, classes: {name: string, images: string[]}[], ask?: string | null}} OwnQuestion */

/** @param {OwnQuestion} question @returns {Promise<OwnAnswer>} */
export const learnOwn = (question) => send("own", question);

/** @param {OwnQuestion} question @returns {Promise<{id: string, title: string}>} */
export const openOwn = (question) => send("own/model", question);

/** @param {OwnQuestion} question @returns {Promise<RaceTask>} */
export const raceOwn = (question) => send("own/task", question);

/** @typedef {components["schemas"]["OwnSet"]} OwnSet */

/** @param {OwnSet} classes @returns {Promise<{id: string}>} */
export const keepOwn = (classes) => send("own/sets", classes);

/** @param {string} id @returns {Promise<OwnSet>} */
export const keptOwn = (id) => getJson(`${ROOT}/own/sets/${id}`);

/** @typedef {components["schemas"]["OwnProgress"]} OwnProgress */

/** @param {OwnQuestion & {passes: number}} question @returns {Promise<OwnProgress>} */
export const trainOwn = (question) => send("own/trainings", question);

/** @param {string} id @returns {Promise<OwnProgress>} */
export const trainingOfOwn = (id) => getJson(`${ROOT}/own/trainings/${id}`);

/** @param {string} id */
export const stopTraining = (id) => request(`${ROOT}/own/trainings/${id}`, undefined, { method: "DELETE" });

/** Where the live socket of races is. */
export const liveAddress = () =>
  `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/live/training`;
