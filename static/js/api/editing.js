/** The part of the server's HTTP interface that is about edited networks: it comes with the editor. */

import { getJson, request, urls } from "./client.js";

const EDITS = "/api/edits";

/**
 * Have the server keep edits that are too long for an address.
 *
 * @param {string} model
 * @param {string} text
 * @param {AbortSignal} signal
 * @returns {Promise<string>} What stands for them.
 */
export async function keepEdits(model, text, signal) {
  const headers = { "Content-Type": "application/json" };
  const answer = await request(EDITS, signal, { method: "POST", headers, body: JSON.stringify({ model, edit: text }) });
  return (await answer.json()).edit;
}

/** @param {string} name  What stands for edits. @returns {Promise<string>} Their text. */
export const keptEdits = async (name) => (await getJson(`${EDITS}/${encodeURIComponent(name)}`)).edit;

/** A network as an ONNX file. @param {string} model */
export const networkFile = (model) => `${urls.model(model)}/onnx`;

/** What the edits of a network do to a set of photos. @param {string} model @param {string} set */
export const folderOf = (model, set) => `${urls.model(model)}/folder?photos=${set}`;
