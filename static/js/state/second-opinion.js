/**
 * Asking a network that knows many things about the photo on screen, after the answer is there; of several photos only
 * the last, and never while one is on its way.
 *
 * @import { Doubt } from "../api/client.js"
 * @import { Subject } from "./subject.js"
 * @import { TraceView } from "./types.js"
 */

import { getJson, urls } from "../api/client.js";
import { Newest } from "./newest.js";
import { effect } from "./store.js";

/** Milliseconds for which an answer stands before anybody else is asked: a crop box being dragged asks for none. */
const REST = 200;

/**
 * From now on.
 *
 * @param {Subject} subject
 * @param {AbortSignal} end
 */
export function follow(subject, end) {
  const asked = new Newest();
  let timer = 0;
  const giveUp = () => {
    clearTimeout(timer);
    asked.end();
  };
  const next = () => {
    giveUp();
    const shown = subject.shown.value;
    // A page that asks for no trace knows nothing of the network's own doubt either.
    const open = shown && shown.image.frame !== "passing" && (shown.model.second || (!shown.doubt && shown.model.classes.length));
    if (subject.status.value === "loading" || !open || subject.opinion.value?.key === shown.key) return;
    timer = setTimeout(() => void ask(subject, shown, asked.begin()), REST);
  };
  effect([subject.shown, subject.status], next, { signal: end });
  end.addEventListener("abort", giveUp);
}

/**
 * @param {Subject} subject
 * @param {TraceView} shown
 * @param {AbortSignal} end
 */
async function ask(subject, { key, model, image, crop }, end) {
  try {
    /** @type {Doubt} */
    const doubt = await getJson(urls.trace(model.id, image.id, crop, "doubt"), end);
    if (!end.aborted && subject.shown.value?.key === key) subject.opinion.value = { key, doubt };
  } catch {
    // The network's own doubt stays: a second opinion that fails is none.
  }
}
