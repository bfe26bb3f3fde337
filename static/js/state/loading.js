/**
 * The actions that need the server: opening images and models, cropping, restoring a view.
 *
 * One thing is under way at a time. What was shown stays until the next result is complete, and comes back
 * when the next one fails.
 *
 * @import { ModelDetail, ModelSummary, Sample, CropBox, ImageInfo } from "../api/client.js"
 * @import { ImageOnScreen, Problem, TraceView, ViewRequest } from "./types.js"
 */

import { ApiProblem, getJson, postImage, urls } from "../api/client.js";
import { cropKey, defaultCrop, fitCrop, sameCrop } from "./crop.js";
import { clampPixel, firstSelection, moveSelection } from "./selection.js";
import { session } from "./session.js";
import { streamTrace } from "./trace-stream.js";

const FORGOTTEN = "The server keeps photos only for a while. Upload it again, or choose a sample.";

/** Ends the work under way. */
let work = new AbortController();
/** A crop box that moved while something was under way: it is traced next. */
let stale = false;

/** @returns {AbortSignal} */
function newWork() {
  work.abort();
  work = new AbortController();
  stale = false;
  session.status.value = "loading";
  session.problem.value = null;
  session.pending.value = null;
  return work.signal;
}

/**
 * Do what needs the server; when it fails, say so and keep what was shown.
 *
 * @param {(signal: AbortSignal) => Promise<void>} task
 * @param {{ subject?: string, again: () => void }} context  `again` is what a retry does.
 */
async function attempt(task, { subject = "", again }) {
  const signal = newWork();
  try {
    await task(signal);
  } catch (error) {
    if (signal.aborted) return;
    keepShown();
    session.problem.value = problemOf(error, subject, again);
    session.status.value = "error";
  }
}

function keepShown() {
  const shown = session.shown.value;
  session.pending.value = null;
  session.progress.value = null;
  if (!shown) return;
  if (session.model.value !== shown.model) {
    session.selection.value = moveSelection(shown.model, session.selection.value, firstSelection(shown.model).node);
    session.model.value = shown.model;
  }
  session.image.value = shown.image;
  session.crop.value = shown.crop;
}

/**
 * @param {unknown} error
 * @param {string} subject
 * @param {() => void} again
 * @returns {Problem}
 */
function problemOf(error, subject, again) {
  if (!(error instanceof ApiProblem)) {
    const detail = error instanceof Error ? error.message : String(error);
    return { title: "The page could not read the answer", detail, subject, retry: again };
  }
  const { title, detail, status } = error;
  // A request that is wrong stays wrong however often it is made; only the rest is worth another try.
  const refused = status >= 400 && status < 500;
  // Without an answer it is the server that is missing, whatever was asked of it.
  return { title, detail, subject: status ? subject : "", retry: refused ? null : again };
}

/**
 * Send a picture to the server and look at it.
 *
 * @param {Blob} blob
 * @param {string} [title]  What to call it; a file's own name by default.
 */
export function openImage(blob, title) {
  const name = title ?? (blob instanceof File && blob.name ? blob.name : "Picture");
  const onProgress = (/** @type {number} */ received, /** @type {number} */ total) => {
    session.progress.value = { phase: "sending", label: name, received, total };
  };
  /** @param {AbortSignal} signal */
  const task = async (signal) => {
    onProgress(0, blob.size);
    const { id, width, height } = await postImage(blob, { name, onProgress, signal });
    if (!signal.aborted) lookAt({ id, width, height, title: name });
  };
  return attempt(task, { subject: name, again: () => void openImage(blob, title) });
}

/** @param {Sample} sample */
export function openSample({ id, width, height, title }) {
  lookAt({ id, width, height, title });
}

/** @param {ImageOnScreen} image */
function lookAt(image) {
  const { model } = session;
  session.image.value = image;
  session.crop.value = model.value && defaultCrop(model.value.input, image);
  void trace();
}

/** @param {CropBox} crop */
export function setCrop(crop) {
  if (sameCrop(crop, session.crop.value)) return;
  session.crop.value = crop;
  // A box being dragged must not starve the picture: what arrives is finished, then the latest box is traced.
  if (session.status.value === "loading") stale = true;
  else void trace();
}

/** @param {string} id */
export function setModel(id) {
  if (id === session.model.value?.id) return Promise.resolve();
  /** @param {AbortSignal} signal */
  const task = async (signal) => {
    const model = await adoptModel(id, signal);
    const image = session.image.value;
    session.crop.value = image && defaultCrop(model.input, image);
    void trace();
  };
  return attempt(task, { again: () => void setModel(id) });
}

/**
 * @param {string} id
 * @param {AbortSignal} signal
 * @returns {Promise<ModelDetail>}
 */
async function adoptModel(id, signal) {
  if (session.model.value?.id === id) return session.model.value;
  /** @type {ModelDetail} */
  const model = await getJson(urls.model(id), signal);
  session.hover.value = null;
  session.selection.value = firstSelection(model);
  session.playback.value = { ...session.playback.value, playing: false, position: model.nodes.length };
  session.model.value = model;
  return model;
}

/** Run the network on what is chosen now. */
function trace() {
  const { model, image, crop } = session;
  if (!model.value || !image.value || !crop.value) {
    newWork();
    session.status.value = "empty";
    return Promise.resolve();
  }
  const view = emptyView(model.value, image.value, crop.value);
  const again = () => {
    model.value = view.model;
    image.value = view.image;
    crop.value = view.crop;
    void trace();
  };
  return attempt((signal) => receive(view, signal), { subject: view.image.title, again });
}

/**
 * @param {ModelDetail} model
 * @param {ImageOnScreen} image
 * @param {CropBox} crop
 * @returns {TraceView}
 */
function emptyView(model, image, crop) {
  const key = `${model.id}/${image.id}/${cropKey(crop)}`;
  return { key, model, image, crop, activations: new Map(), top: null, milliseconds: null, complete: false };
}

/**
 * @param {TraceView} view
 * @param {AbortSignal} signal
 */
async function receive(view, signal) {
  session.pending.value = view;
  const answer = await streamTrace(view, signal, {
    onActivation(activation) {
      view.activations.set(activation.node, activation);
      session.arrived.value += 1;
    },
    onProgress(received, total) {
      session.progress.value = { phase: "computing", label: view.image.title, received, total };
    },
  });
  if (signal.aborted) return;
  session.shown.value = { ...view, top: answer.top, milliseconds: answer.milliseconds, complete: true };
  session.pending.value = null;
  session.progress.value = null;
  session.status.value = "ready";
  announceAnswer(answer.top[0]);
  if (stale) void trace();
}

/** @param {{ label: string, probability: number } | undefined} best */
function announceAnswer(best) {
  if (!best) return;
  const percent = Math.round(best.probability * 100);
  session.announcement.value = `${best.label.replaceAll("_", " ")}, ${percent} %`;
}

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
    const image = await findImage(view.image, signal);
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
 * @param {string | undefined} id  None: the first sample.
 * @param {AbortSignal} signal
 * @returns {Promise<ImageOnScreen | null>}
 */
async function findImage(id, signal) {
  const samples = session.samples.value;
  const sample = id ? samples.find((each) => each.id === id) : samples[0];
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
