/**
 * One's own photos, sent to have an atlas made of them: a folder file by file, or a zip.
 *
 * @import { Subject } from "./subject.js"
 */

import { ApiProblem, postJson, request, urls } from "../api/client.js";
import { channels } from "./channels.js";
import { lookForAtlas } from "./channels-loading.js";

/** Files on their way at a time. */
const AT_ONCE = 4;
/** Of a file that says it is no image so much is sent: enough for the server to see what it is, and to name it. */
const ENOUGH = 64;

/** @type {AbortController | null} */
let under = null;

/**
 * Send photos, then have an atlas made of them.
 *
 * @param {Subject} subject
 * @param {File[]} files
 */
export async function sendPhotos(subject, files) {
  const photos = files.filter((file) => !pathOf(file).split("/").some((part) => part.startsWith(".")));
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
    await sendAll(subject, photos, signal);
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

/**
 * @param {Subject} subject
 * @param {File[]} photos
 * @param {AbortSignal} signal
 */
async function sendAll(subject, photos, signal) {
  /** @type {{ id: string }} */
  const { id } = await postJson(urls.photoSets(), signal);
  const waiting = [...photos];
  const send = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) await sendOne(id, file, signal);
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, send));
  } catch (error) {
    waiting.length = 0;
    void request(urls.photoSet(id), undefined, { method: "DELETE" });
    throw error;
  }
  channels.leftOut.value = channels.sending.value?.left ?? [];
  channels.offering.value = false;
  void lookForAtlas(subject, "POST", id);
}

/**
 * @param {string} id
 * @param {File} file
 * @param {AbortSignal} signal
 */
async function sendOne(id, file, signal) {
  const path = pathOf(file);
  const zip = path.toLowerCase().endsWith(".zip");
  const foreign = file.type !== "" && !file.type.startsWith("image/") && !zip;
  /** @type {string[]} */
  let left = [];
  try {
    await request(urls.photo(id, path), signal, { method: "PUT", body: foreign ? file.slice(0, ENOUGH) : file });
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.title !== "Too large" || zip) throw error;
    left = [path];
  }
  const { sending } = channels;
  if (sending.value && !signal.aborted) sending.value = { ...sending.value, sent: sending.value.sent + 1, left: [...sending.value.left, ...left] };
}

/** Where a file lies in the folder that was chosen. @param {File} file */
const pathOf = (file) => file.webkitRelativePath || file.name;
