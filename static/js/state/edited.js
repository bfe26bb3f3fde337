/** @import { ModelDetail } from "../api/client.js" */

import { getJson, urls } from "../api/client.js";
import { isEdited } from "./edits.js";

/**
 * The same network edited otherwise, or not at all. Its layers are the very same, so what is told of them stays; only what
 * other programs were found to compute is true of no edited one.
 *
 * @param {ModelDetail} now
 * @param {string} id
 * @param {AbortSignal} signal
 * @returns {Promise<ModelDetail>}
 */
export async function editedOtherwise(now, id, signal) {
  const title = `${now.title.split(", edited")[0]}${isEdited(id) ? ", edited" : ""}`;
  const told = now.imported ? await getJson(urls.model(id), signal) : now;
  return { ...told, nodes: now.nodes, id, title };
}
