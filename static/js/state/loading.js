/**
 * The actions that need the server: opening images and models, cropping.
 *
 * One thing is under way at a time. What was shown stays until the next result is complete, and comes back
 * when the next one fails.
 *
 * @import { ImageInfo, ModelDetail, Sample, CropBox } from "../api/client.js"
 * @import { Activation, ImageOnScreen, Problem, TraceView } from "./types.js"
 */

import { ApiProblem, getJson, postFile, urls } from "../api/client.js";
import { cropKey, defaultCrop, sameCrop } from "./crop.js";
import { firstSelection, moveSelection } from "./selection.js";
import { session } from "./session.js";
import { fetchedWhole, outlineTrace, streamTrace } from "./trace-stream.js";
import { verdictOf } from "./verdict.js";

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
export async function attempt(task, { subject = "", again }) {
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
export function problemOf(error, subject, again) {
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
 * @param {boolean} [draft]  Whether it is still being drawn.
 */
export function openImage(blob, title, draft = false) {
  const name = title ?? (blob instanceof File && blob.name ? blob.name : "Picture");
  const onProgress = (/** @type {number} */ received, /** @type {number} */ total) => {
    session.progress.value = { phase: "sending", label: name, received, total };
  };
  /** @param {AbortSignal} signal */
  const task = async (signal) => {
    onProgress(0, blob.size);
    /** @type {ImageInfo} */
    const { id, width, height } = await postFile(urls.images(), blob, { name, onProgress, signal });
    if (!signal.aborted) lookAt({ id, width, height, title: name, draft });
  };
  return attempt(task, { subject: name, again: () => void openImage(blob, title, draft) });
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

/**
 * @param {string} id
 * @param {boolean} [anew]  Also where it is the one on screen: something about it has changed.
 */
export function setModel(id, anew = false) {
  if (id === session.model.value?.id && !anew) return Promise.resolve();
  /** @param {AbortSignal} signal */
  const task = async (signal) => {
    const model = await adoptModel(id, signal, anew);
    const image = session.image.value;
    session.crop.value = image && defaultCrop(model.input, image);
    void trace();
  };
  return attempt(task, { again: () => void setModel(id, anew) });
}

/**
 * @param {string} id
 * @param {AbortSignal} signal
 * @param {boolean} [anew]
 * @returns {Promise<ModelDetail>}
 */
export async function adoptModel(id, signal, anew = false) {
  if (session.model.value?.id === id && !anew) return session.model.value;
  /** @type {ModelDetail} */
  const model = await getJson(urls.model(id), signal);
  session.hover.value = null;
  session.selection.value = firstSelection(model);
  session.playback.value = { ...session.playback.value, playing: false, held: false, position: model.nodes.length };
  session.model.value = model;
  return model;
}

/** Run the network on what is chosen now. */
export function trace() {
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
  return attempt((signal) => fill(view, signal), { subject: view.image.title, again });
}

/** Gets the numbers of a view that was chosen; a page that needs others than every layer's brings its own way. */
let fill = receive;

/** @param {(view: TraceView, signal: AbortSignal) => Promise<void>} way */
export function fillViewsBy(way) {
  fill = way;
}

/** @param {TraceView} view  What is on the page from now on. */
export function show(view) {
  session.shown.value = { ...view, complete: true };
  session.pending.value = null;
  session.progress.value = null;
  session.status.value = "ready";
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
 * @param {TraceView} view
 * @param {AbortSignal} signal
 */
async function receive(view, signal) {
  session.pending.value = view;
  const listeners = {
    onActivation(/** @type {Activation} */ activation) {
      view.activations.set(activation.node, activation);
      session.arrived.value += 1;
    },
    onProgress(/** @type {number} */ received, /** @type {number} */ total) {
      session.progress.value = { phase: "computing", label: view.image.title, received, total };
    },
  };
  listeners.onProgress(0, 0);
  const answer = await (view.whole ? streamTrace : outlineTrace)(view, signal, listeners);
  if (signal.aborted) return;
  const { top, doubt, milliseconds } = answer;
  show({ ...view, top, doubt, milliseconds });
  const verdict = verdictOf(top, doubt);
  if (verdict) session.announcement.value = verdict.lead + verdict.rest;
  if (stale) void trace();
}
