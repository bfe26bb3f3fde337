/**
 * Bringing the page to a view that an address names.
 *
 * @import { ModelDetail, CropBox, ImageInfo } from "../api/client.js"
 * @import { Subject } from "./subject.js"
 * @import { ImageOnScreen, ViewRequest } from "./types.js"
 */

import { ApiProblem, getJson, urls } from "../api/client.js";
import { catalogue, loadCatalogue } from "./catalogue.js";
import { defaultCrop, fitCrop } from "./crop.js";
import { adoptModel, attempt, emptyView, onScreen, trace } from "./loading.js";
import { photoOf } from "./photos.js";
import { clampPixel, firstSelection, moveSelection } from "./selection.js";
import { samplesFor } from "./switching.js";
import { view } from "./view.js";

const FORGOTTEN = "The server keeps photos only for a while. Upload it again, or choose a sample.";

/**
 * Bring a subject, and what is looked at, to what for example the address names. Without an image the first sample is
 * opened.
 *
 * @param {Subject} subject
 * @param {ViewRequest} wanted
 */
export async function openView(subject, wanted) {
  /** @param {AbortSignal} signal */
  const task = async (signal) => {
    await loadCatalogue(signal);
    const first = catalogue.models.value[0]?.id ?? "";
    const model = await adoptModel(subject, wanted.model ?? subject.model.value?.id ?? first, signal);
    if (subject.leads) applyView(wanted, model);
    const image = await findImage(subject, wanted.image, model, signal);
    subject.image.value = image;
    subject.crop.value = image && cropFor(wanted, model, image);
    const { shown, crop } = subject;
    const there = image && crop.value && shown.value?.key === emptyView(model, image, crop.value).key;
    if (there) subject.status.value = "ready";
    else await trace(subject);
  };
  await attempt(subject, task, { again: () => void openView(subject, wanted) });
  // A link to a model that is gone still opens the page, and the message stays.
  if (wanted.model && !subject.model.value && catalogue.models.value.length) await openWithFirstModel(subject, wanted);
}

/**
 * @param {Subject} subject
 * @param {ViewRequest} wanted
 */
async function openWithFirstModel(subject, wanted) {
  const problem = subject.problem.value;
  const { model: _, ...rest } = wanted;
  await openView(subject, rest);
  subject.problem.value ??= problem;
}

/**
 * @param {ViewRequest} wanted
 * @param {ModelDetail} model
 * @param {ImageOnScreen} image
 * @returns {CropBox}
 */
function cropFor({ crop }, { input }, image) {
  return crop ? fitCrop(input, image, crop, 1) : defaultCrop(input, image);
}

/**
 * @param {ViewRequest} wanted
 * @param {ModelDetail} model
 */
function applyView({ layer, channel, y, x, ...switches }, model) {
  applySwitches(switches);
  const node = model.nodes.find((each) => each.name === layer);
  if (!node) return;
  const place = moveSelection(model, firstSelection(model), node.name);
  const given = { channel: channel ?? place.channel, y: y ?? place.y, x: x ?? place.x };
  view.selection.value = clampPixel(node, { node: node.name, ...given });
  view.chosen.value = true;
}

/** @param {ViewRequest} wanted */
function applySwitches({ view: layout, scale, sheet, order, slice, gradient, pixels, pace, folded }) {
  view.layout.value = layout ?? "lens";
  view.scaling.value = scale ?? "layer";
  view.sheet.value = sheet ?? "maps";
  view.order.value = order ?? "index";
  view.slice.value = slice ?? 0;
  view.gradient.value = gradient ?? false;
  view.pixels.value = pixels ?? false;
  view.pace.value = pace ?? "layer";
  const now = view.folded.value;
  const same = folded && now && folded.length === now.size && folded.every((name) => now.has(name));
  if (!same) view.folded.value = folded ? new Set(folded) : null;
}

/**
 * @param {Subject} subject
 * @param {string | undefined} id  None: the first sample that the model knows something of.
 * @param {ModelDetail} model
 * @param {AbortSignal} signal
 * @returns {Promise<ImageOnScreen | null>}
 */
async function findImage(subject, id, model, signal) {
  const samples = catalogue.samples.value;
  const sample = id ? samples.find((each) => each.id === id) : samplesFor(samples, model)[0];
  if (sample) return onScreen(sample);
  if (!id) return null;
  if (subject.image.value?.id === id) return subject.image.value;
  const own = photoOf(id);
  if (own) return onScreen(own);
  try {
    /** @type {ImageInfo} */
    const found = await getJson(urls.imageInfo(id), signal);
    return onScreen({ ...found, title: found.kind === "sound" ? "Your sound" : "Your photo" });
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== 404) throw error;
    throw new ApiProblem("The photo of this link is gone", FORGOTTEN, 404);
  }
}
