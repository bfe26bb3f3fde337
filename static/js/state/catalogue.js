/**
 * The networks and the samples that the server has: the same for all subjects.
 *
 * @import { ModelSummary, Sample } from "../api/client.js"
 */

import { getJson, urls } from "../api/client.js";
import { signal } from "./store.js";

export const catalogue = {
  models: signal(/** @type {ModelSummary[]} */ ([])),
  samples: signal(/** @type {Sample[]} */ ([])),
};

/**
 * Fetch both, once.
 *
 * @param {AbortSignal} signal
 */
export async function loadCatalogue(signal) {
  if (catalogue.models.value.length) return;
  const [models, samples] = await Promise.all([
    /** @type {Promise<ModelSummary[]>} */ (getJson(urls.models(), signal)),
    /** @type {Promise<Sample[]>} */ (getJson(urls.samples(), signal)),
  ]);
  catalogue.models.value = models;
  catalogue.samples.value = samples;
}

/** Networks have been brought, changed or removed. */
export async function refreshModels() {
  catalogue.models.value = await getJson(urls.models());
}
