/**
 * From model to model with a picture that the next one can make something of: a network that reads digits gets a
 * digit, and the photo comes back with the next network that knows photos.
 *
 * @import { ModelSummary, Sample } from "../api/client.js"
 * @import { Subject } from "./subject.js"
 * @import { ImageOnScreen } from "./types.js"
 */

import { catalogue } from "./catalogue.js";
import { defaultCrop } from "./crop.js";
import { setModel } from "./loading.js";

/** @typedef {Pick<ModelSummary, "classes" | "input">} Reader */

/** What was looked at last by networks of each kind. @type {{digit: ImageOnScreen | null, photo: ImageOnScreen | null}} */
const last = { digit: null, photo: null };

/**
 * Whether a network tells the ten digits apart, one plane of grey at a time.
 *
 * @param {Reader | null | undefined} model
 */
export function readsDigits(model) {
  return model?.input.channels === 1 && model.classes.join("") === "0123456789";
}

/**
 * The samples that a network can make something of.
 *
 * @param {readonly Sample[]} samples
 * @param {Reader | null} model
 * @returns {Sample[]}
 */
export function samplesFor(samples, model) {
  const kind = readsDigits(model) ? "digit" : "photo";
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
  if (next && model.value && readsDigits(next) !== readsDigits(model.value)) {
    last[readsDigits(model.value) ? "digit" : "photo"] = image.value;
    const [first] = samplesFor(catalogue.samples.value, next);
    const other = last[readsDigits(next) ? "digit" : "photo"] ?? first;
    if (other) {
      image.value = { id: other.id, width: other.width, height: other.height, title: other.title };
      crop.value = defaultCrop(next.input, other);
    }
  }
  return setModel(subject, id, anew);
}
