/**
 * From model to model with a picture that the next one can make something of: a network that reads digits gets a
 * digit, one that hears a sound, and the photo comes back with the next network that knows photos.
 *
 * @import { ModelSummary, Sample } from "../api/client.js"
 * @import { Subject } from "./subject.js"
 * @import { ImageOnScreen } from "./types.js"
 */

import { catalogue } from "./catalogue.js";
import { defaultCrop } from "./crop.js";
import { onScreen, setModel } from "./loading.js";

/** @typedef {Pick<ModelSummary, "classes" | "input">} Reader */

/** What was looked at last by networks of each kind. @type {Record<Sample["kind"], ImageOnScreen | null>} */
const last = { digit: null, photo: null, sound: null };

/**
 * Whether a network tells the ten digits apart, one plane of grey at a time.
 *
 * @param {Reader | null | undefined} model
 */
export function readsDigits(model) {
  return model?.input.channels === 1 && model.classes.join("") === "0123456789";
}

/**
 * What a network can make something of.
 *
 * @param {Reader | null | undefined} model
 * @returns {Sample["kind"]}
 */
export function kindFor(model) {
  if (model?.input.takes === "sound") return "sound";
  return readsDigits(model) ? "digit" : "photo";
}

/**
 * The samples that a network can make something of.
 *
 * @param {readonly Sample[]} samples
 * @param {Reader | null} model
 * @returns {Sample[]}
 */
export function samplesFor(samples, model) {
  const kind = kindFor(model);
  return samples.filter((each) => each.kind === kind);
}

/**
 * Look with another model, at the same photo where it knows photos.
 *
 * @param {Subject} subject
 * @param {string} id
 * @param {boolean} [anew]  Something about it has changed.
 */
export function switchModel(subject, id, anew = false) {
  const { model, image, crop } = subject;
  const next = catalogue.models.value.find((each) => each.id === id);
  const [from, to] = [kindFor(model.value), kindFor(next)];
  if (next && model.value && from !== to) {
    /** @param {Sample["kind"]} kind  Whether networks of this kind are made for the picture. */
    const suits = (kind) => !!image.value?.kind === (kind === "sound");
    if (suits(from)) last[from] = image.value;
    const other = suits(to) && !suits(from) ? null : (last[to] ?? samplesFor(catalogue.samples.value, next)[0]);
    if (other) {
      image.value = onScreen(other);
      crop.value = defaultCrop(next.input, other);
    }
  }
  return setModel(subject, id, anew);
}
