/**
 * One's own photos, sent to have an atlas made of them: a folder file by file, or a zip.
 *
 * @import { Subject } from "./subject.js"
 */

import { ApiProblem } from "../api/client.js";
import { channels } from "./channels.js";
import { lookForAtlas } from "./channels-loading.js";
import { sendPhotoSet, visible } from "./photo-sending.js";

/** @type {AbortController | null} */
let under = null;

/**
 * Send photos, then have an atlas made of them.
 *
 * @param {Subject} subject
 * @param {File[]} files
 */
export async function sendPhotos(subject, files) {
  const photos = visible(files);
  if (!photos.length) {
    channels.trouble.value = "There is no file in it. Choose a folder of photos, or a zip of one.";
    return;
  }
  under?.abort();
  under = new AbortController();
  const { signal } = under;
  channels.trouble.value = "";
  channels.sending.value = { sent: 0, total: photos.length, left: [] };
  try {
    const id = await sendPhotoSet(photos, signal, (left) => sentOne(left, signal));
    channels.leftOut.value = channels.sending.value?.left ?? [];
    channels.offering.value = false;
    void lookForAtlas(subject, "POST", id);
  } catch (error) {
    if (!signal.aborted) channels.trouble.value = error instanceof ApiProblem ? error.detail || error.title : String(error);
  } finally {
    if (under?.signal === signal) {
      under = null;
      channels.sending.value = null;
    }
  }
}

/** Stop sending; what was sent is forgotten. */
export function cancelSending() {
  under?.abort();
}

/** @param {string[]} left @param {AbortSignal} signal */
function sentOne(left, signal) {
  const { sending } = channels;
  if (sending.value && !signal.aborted) sending.value = { ...sending.value, sent: sending.value.sent + 1, left: [...sending.value.left, ...left] };
}
