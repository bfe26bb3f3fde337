/**
 * The actions that need the server: opening images and models, cropping.
 *
 * Of each subject one thing is under way at a time. What was shown stays until the next result is complete, and comes
 * back when the next one fails.
 *
 * @import { ModelDetail, Sample, CropBox } from "../api/client.js"
 * @import { Subject } from "./subject.js"
 * @import { Activation, ImageOnScreen, Problem, TraceView } from "./types.js"
 */

import { ApiProblem, getJson, late, urls } from "../api/client.js";
import { cropKey, defaultCrop, sameCrop } from "./crop.js";
import { firstSelection, moveSelection } from "./selection.js";
import { fetchedWhole, outlineTrace, streamTrace } from "./trace-stream.js";
import { verdictOf } from "./verdict.js";
import { lookAt, view } from "./view.js";

/** Milliseconds. What is complete by then is painted once; what comes later, layer by layer. */
const AT_ONCE = 120;

/**
 * @param {Subject} subject
 * @returns {AbortSignal}
 */
function newWork(subject) {
  const signal = subject.work.asked.begin();
  subject.work.stale = false;
  subject.status.value = "loading";
  subject.problem.value = null;
  drop(subject);
  return signal;
}

/** @param {Subject} subject  What was arriving will not be complete. */
function drop({ pending, arrived }) {
  const some = pending.value?.activations.size;
  pending.value = null;
  if (some) arrived.value += 1;
}

/**
 * Do what needs the server; when it fails, say so and keep what was shown.
 *
 * @param {Subject} subject
 * @param {(signal: AbortSignal) => Promise<void>} task
 * @param {{ about?: string, again: () => void }} context  `again` is what a retry does.
 */
export async function attempt(subject, task, { about = "", again }) {
  const signal = newWork(subject);
  try {
    await task(signal);
  } catch (error) {
    if (signal.aborted) return;
    keepShown(subject);
    subject.problem.value = problemOf(error, about, again);
    subject.status.value = "error";
  }
}

/** @param {Subject} subject */
function keepShown(subject) {
  const shown = subject.shown.value;
  drop(subject);
  subject.progress.value = null;
  if (!shown) return;
  if (subject.model.value !== shown.model) {
    if (subject.leads && subject.model.value?.nodes !== shown.model.nodes) {
      view.trail.value = [];
      view.selection.value = moveSelection(shown.model, view.selection.value, firstSelection(shown.model).node);
    }
    subject.model.value = shown.model;
  }
  subject.image.value = shown.image;
  subject.crop.value = shown.crop;
}

/**
 * @param {unknown} error
 * @param {string} about
 * @param {() => void} again
 * @returns {Problem}
 */
export function problemOf(error, about, again) {
  if (!(error instanceof ApiProblem)) {
    const detail = error instanceof Error ? error.message : String(error);
    return { title: "The page could not read the answer", detail, about, retry: again };
  }
  const { title, detail, status } = error;
  // A request that is wrong stays wrong however often it is made; only the rest is worth another try.
  const refused = status >= 400 && status < 500;
  // Without an answer it is the server that is missing, whatever was asked of it.
  return { title, detail, about: status ? about : "", retry: refused ? null : again };
}

/**
 * @param {Subject} subject
 * @param {Pick<Sample, "id" | "width" | "height" | "title"> & { kind?: string | undefined }} sample  Any picture that the server has.
 */
export function openSample(subject, sample) {
  setImage(subject, onScreen(sample));
}

/**
 * @param {Pick<Sample, "id" | "width" | "height" | "title"> & { kind?: string | undefined }} sample
 * @returns {ImageOnScreen}
 */
export const onScreen = ({ id, width, height, title, kind }) => ({ id, width, height, title, ...(kind === "sound" && { kind: "sound" }) });

/**
 * @param {Subject} subject
 * @param {ImageOnScreen} image
 */
export function setImage(subject, image) {
  const { model } = subject;
  subject.image.value = image;
  subject.crop.value = model.value && defaultCrop(model.value.input, image);
  void trace(subject);
}

/**
 * @param {Subject} subject
 * @param {CropBox} crop
 */
export function setCrop(subject, crop) {
  if (sameCrop(crop, subject.crop.value)) return;
  subject.crop.value = crop;
  // A box being dragged must not starve the picture: what arrives is finished, then the latest box is traced.
  if (subject.status.value === "loading") subject.work.stale = true;
  else void trace(subject);
}

/**
 * @param {Subject} subject
 * @param {string} id
 * @param {boolean} [anew]  Also where it is the one on screen: something about it has changed.
 */
export function setModel(subject, id, anew = false) {
  if (id === subject.model.value?.id && !anew) return Promise.resolve();
  /** @param {AbortSignal} signal */
  const task = async (signal) => {
    const model = await adoptModel(subject, id, signal, anew);
    const image = subject.image.value;
    subject.crop.value = image && defaultCrop(model.input, image);
    void trace(subject);
  };
  return attempt(subject, task, { again: () => void setModel(subject, id, anew) });
}

/**
 * @param {Subject} subject
 * @param {string} id
 * @param {AbortSignal} signal
 * @param {boolean} [anew]
 * @returns {Promise<ModelDetail>}
 */
export async function adoptModel(subject, id, signal, anew = false) {
  const now = subject.model.value;
  if (now?.id === id && !anew) return now;
  if (now && baseOf(now.id) === baseOf(id) && !anew) return (subject.model.value = await (await late(() => import("./edited.js"))).editedOtherwise(now, id, signal));
  /** @type {ModelDetail} */
  const model = await getJson(urls.model(id), signal);
  // Of a network of the very same layers, such as an untrained twin, one goes on looking at the same value.
  if (subject.leads && layersOf(model) !== layersOf(subject.model.value)) lookAt(model);
  subject.model.value = model;
  return model;
}

/** @param {string} id  The network that an edited one comes of. */
const baseOf = (id) => id.split("~edit-")[0] ?? id;

/** @param {ModelDetail | null} model */
const layersOf = (model) => JSON.stringify(model?.nodes.map(({ name, output_shape: shape }) => [name, shape]));

/**
 * Run the network on what is chosen now.
 *
 * @param {Subject} subject
 */
export function trace(subject) {
  const { model, image, crop } = subject;
  if (!model.value || !image.value || !crop.value) {
    newWork(subject);
    subject.status.value = "empty";
    return Promise.resolve();
  }
  const result = emptyView(model.value, image.value, crop.value);
  const again = () => {
    model.value = result.model;
    image.value = result.image;
    crop.value = result.crop;
    void trace(subject);
  };
  // The next frame that passes is seen by what is chosen now.
  if (image.value.frame === "passing") return Promise.resolve();
  const fill = subject.traced ? receive : async () => show(subject, result);
  return attempt(subject, (signal) => fill(subject, result, signal), { about: result.image.title, again });
}

/**
 * Look at a result that is here already.
 *
 * @param {Subject} subject
 * @param {TraceView} result
 */
export function put(subject, result) {
  newWork(subject);
  const { node } = view.selection.value;
  if (subject.leads && !result.model.nodes.some(({ name }) => name === node)) lookAt(result.model);
  subject.model.value = result.model;
  subject.image.value = result.image;
  subject.crop.value = result.crop;
  show(subject, result);
}

/**
 * @param {Subject} subject
 * @param {TraceView} result  What is on the page from now on.
 */
function show(subject, result) {
  subject.shown.value = { ...result, complete: true };
  subject.pending.value = null;
  subject.progress.value = null;
  subject.status.value = "ready";
}

/**
 * @param {ModelDetail} model
 * @param {ImageOnScreen} image
 * @param {CropBox} crop
 * @returns {TraceView}
 */
export function emptyView(model, image, crop) {
  const key = `${model.id}/${image.id}/${cropKey(crop)}`;
  const nothing = { activations: new Map(), top: null, doubt: null, milliseconds: null, complete: false };
  return { key, model, image, crop, whole: fetchedWhole(model), ...nothing };
}

/**
 * @param {Subject} subject
 * @param {TraceView} result
 * @param {AbortSignal} signal
 */
async function receive(subject, result, signal) {
  subject.pending.value = result;
  const soon = performance.now() + AT_ONCE;
  const listeners = {
    onActivation(/** @type {Activation} */ activation) {
      result.activations.set(activation.node, activation);
      if (performance.now() > soon) subject.arrived.value += 1;
    },
    onProgress(/** @type {number} */ received, /** @type {number} */ total) {
      subject.progress.value = { phase: "computing", label: result.image.title, received, total };
    },
  };
  listeners.onProgress(0, 0);
  const answer = await (result.whole ? streamTrace : outlineTrace)(result, signal, listeners);
  if (signal.aborted) return;
  const { top, doubt, milliseconds } = answer;
  show(subject, { ...result, top, doubt, milliseconds });
  const verdict = doubt.rule !== "none" ? verdictOf(top, doubt) : null;
  if (subject.leads && verdict) view.announcement.value = verdict.lead + verdict.rest;
  if (subject.work.stale) void trace(subject);
}
