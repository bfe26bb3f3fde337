/**
 * Networks that people bring: sent, changed, removed. Fetched when one is first brought.
 *
 * @import { ModelDetail, ModelSummary } from "../api/client.js"
 * @import { Subject } from "./subject.js"
 */

import { getNpy, request, urls } from "../api/client.js";
import { postFile } from "../api/files.js";
import { catalogue, refreshModels } from "./catalogue.js";
import { switchModel } from "./switching.js";

/**
 * @typedef {object} ModelChange What a person says of a network; what is left out stays as it is.
 * @property {string} [name]
 * @property {string} [scaling]
 * @property {string[]} [labels]
 * @property {string} [output] Name of the file's output that is the answer.
 * @property {string} [reading] What that is read as.
 * @property {number} [height] Together with the width.
 * @property {number} [width]
 */
/** @typedef {NonNullable<ModelSummary["imported"]>} Imported */
/** @typedef {Partial<{ name: string, scaling: string, height: string, width: string }>} ImportFields */

/**
 * Send a network: it is read and kept, and can be looked at; comparing it with another program takes longer.
 *
 * @param {File} file
 * @param {object} options
 * @param {ImportFields} [options.fields]
 * @param {File[]} [options.beside]  Files that hold its weights.
 * @param {(sent: number, total: number) => void} options.onProgress  Bytes.
 * @param {AbortSignal} options.signal
 * @returns {Promise<ModelDetail>}
 */
export async function sendModel(file, { fields = {}, beside = [], onProgress, signal }) {
  const options = { name: file.name, beside, fields: { name: titleOf(file.name), verify: "later", ...fields }, onProgress, signal };
  const model = await postFile(urls.models(), file, options);
  await refreshModels();
  return model;
}

/**
 * Have a network compared with what another program computes from its file.
 *
 * @param {string} id
 * @param {AbortSignal} signal
 * @returns {Promise<Imported>}
 */
export async function verifyModel(id, signal) {
  const address = `${urls.model(id)}/verification`;
  /** @type {Imported} */
  let told;
  // where it is given another size meanwhile, that one is compared next
  do told = await (await request(address, signal, { method: "POST" })).json();
  while (told.pending);
  await refreshModels();
  return told;
}

/**
 * What a network is called until somebody calls it something else.
 *
 * @param {string} file
 */
export const titleOf = (file) => file.replace(/\.(onnx|zip)$/i, "").replace(/[_\s]+/g, " ").trim().slice(0, 120);

/**
 * @param {string} id
 * @param {ModelChange} change
 * @returns {Promise<ModelDetail>}
 */
export async function changeModel(id, change) {
  const body = JSON.stringify(change);
  const answer = await request(urls.model(id), undefined, {
    method: "PATCH",
    headers: { "Content-Type": "application/json" },
    body,
  });
  await refreshModels();
  return answer.json();
}

/**
 * Have the server forget a network; a subject that looked with it goes on with the first one.
 *
 * @param {Subject} subject
 * @param {string} id
 */
export async function removeModel(subject, id) {
  await request(urls.model(id), undefined, { method: "DELETE" });
  await refreshModels();
  const [first] = catalogue.models.value;
  if (subject.model.value?.id === id && first) await switchModel(subject, first.id);
}

/**
 * What a network of this size would get of an image.
 *
 * @param {string} image
 * @param {{ channels: number, height: number, width: number, scaling: string }} input
 * @param {AbortSignal} signal
 * @returns {Promise<Float32Array>} `(C, H, W)`
 */
export async function seenImage(image, input, signal) {
  const search = new URLSearchParams(Object.entries(input).map(([key, value]) => [key, String(value)]));
  const { data } = await getNpy(`${urls.image(image)}/seen?${search}`, signal);
  return /** @type {Float32Array} */ (data);
}

/**
 * Class names from a file: one a line, or JSON: a list, or an object from number to name.
 *
 * @param {string} text
 * @returns {string[]}
 * @throws {Error} What is wrong with it, for people.
 */
export function labelsIn(text) {
  const bare = text.replace(/^\uFEFF/, "").trim();
  const names = /^[[{]/.test(bare) ? namesOf(parsed(bare)) : bare.split(/\r?\n/).map((line) => line.trim());
  if (!names.some((name) => name !== "")) throw new Error("The file of labels is empty. One class a line is wanted.");
  return names;
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("The file of labels begins as JSON but cannot be read as such.");
  }
}

/** @param {any} found @returns {string[]} */
function namesOf(found) {
  const list = Array.isArray(found) ? found : Object.keys(found).map((_, number) => found[number]);
  return list.map((entry) => {
    const name = Array.isArray(entry) ? entry.at(-1) : entry;
    if (typeof name === "string" || typeof name === "number") return String(name);
    throw new Error("The JSON of labels wants a name for every class, from number 0 on.");
  });
}
