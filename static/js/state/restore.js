/**
 * Bringing the page to a view that an address names.
 *
 * @import { ModelDetail, ModelSummary, Sample, CropBox, ImageInfo } from "../api/client.js"
 * @import { ImageOnScreen, ViewRequest } from "./types.js"
 */

import { ApiProblem, getJson, urls } from "../api/client.js";
import { defaultCrop, fitCrop } from "./crop.js";
import { adoptModel, attempt, emptyView, trace } from "./loading.js";
import { clampPixel, firstSelection, moveSelection } from "./selection.js";
import { session } from "./session.js";
import { samplesFor } from "./switching.js";

const FORGOTTEN = "The server keeps photos only for a while. Upload it again, or choose a sample.";

/**
 * Bring the page to a view, for example the one in the address. Without an image the first sample is opened.
 *
 * @param {ViewRequest} view
 */
export async function openView(view) {
  /** @param {AbortSignal} signal */
  const task = async (signal) => {
    await loadLists(signal);
    const first = session.models.value[0]?.id ?? "";
    const model = await adoptModel(view.model ?? session.model.value?.id ?? first, signal);
    session.layout.value = view.view ?? "lens";
    session.scaling.value = view.scale ?? "layer";
    applySelection(view, model);
    const image = await findImage(view.image, model, signal);
    session.image.value = image;
    session.crop.value = image && cropFor(view, model, image);
    const { shown, crop } = session;
    const there = image && crop.value && shown.value?.key === emptyView(model, image, crop.value).key;
    if (there) session.status.value = "ready";
    else await trace();
  };
  await attempt(task, { again: () => void openView(view) });
  // A link to a model that is gone still opens the page, and the message stays.
  if (view.model && !session.model.value && session.models.value.length) await openWithFirstModel(view);
}

/** @param {ViewRequest} view */
async function openWithFirstModel(view) {
  const problem = session.problem.value;
  const { model: _, ...rest } = view;
  await openView(rest);
  session.problem.value ??= problem;
}

/**
 * @param {ViewRequest} view
 * @param {ModelDetail} model
 * @param {ImageOnScreen} image
 * @returns {CropBox}
 */
function cropFor({ crop }, { input }, image) {
  return crop ? fitCrop(input, image, crop, 1) : defaultCrop(input, image);
}

/** @param {AbortSignal} signal */
async function loadLists(signal) {
  if (session.models.value.length) return;
  const [models, samples] = await Promise.all([
    /** @type {Promise<ModelSummary[]>} */ (getJson(urls.models(), signal)),
    /** @type {Promise<Sample[]>} */ (getJson(urls.samples(), signal)),
  ]);
  session.models.value = models;
  session.samples.value = samples;
}

/**
 * @param {ViewRequest} view
 * @param {ModelDetail} model
 */
function applySelection({ layer, channel, y, x }, model) {
  const node = model.nodes.find((each) => each.name === layer);
  if (!node) return;
  const place = moveSelection(model, firstSelection(model), node.name);
  const given = { channel: channel ?? place.channel, y: y ?? place.y, x: x ?? place.x };
  session.selection.value = clampPixel(node, { node: node.name, ...given });
}

/**
 * @param {string | undefined} id  None: the first sample that the model knows something of.
 * @param {ModelDetail} model
 * @param {AbortSignal} signal
 * @returns {Promise<ImageOnScreen | null>}
 */
async function findImage(id, model, signal) {
  const samples = session.samples.value;
  const sample = id ? samples.find((each) => each.id === id) : samplesFor(samples, model)[0];
  if (sample) return { id: sample.id, width: sample.width, height: sample.height, title: sample.title };
  if (!id) return null;
  if (session.image.value?.id === id) return session.image.value;
  try {
    /** @type {ImageInfo} */
    const { width, height } = await getJson(urls.imageInfo(id), signal);
    return { id, width, height, title: "Your photo" };
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== 404) throw error;
    throw new ApiProblem("The photo of this link is gone", FORGOTTEN, 404);
  }
}
