/**
 * How a photo comes to the page: it is sent, looked at, and its bytes stay here, so that a server that has lost it gets it
 * again. Of several the first is looked at, the others come into the row behind it.
 *
 * @import { ImageInfo } from "../api/client.js"
 * @import { Photo } from "./photos.js"
 * @import { Subject } from "./subject.js"
 */

import { ApiProblem, urls } from "../api/client.js";
import { postFile } from "../api/files.js";
import { attempt, onScreen, setImage } from "./loading.js";
import { MOST, news, photos } from "./photos.js";

/** What was sent, by id: also drawings on their way, which stand in no row. @type {Map<string, { blob: Blob, title: string }>} */
const sent = new Map();

/**
 * A picture was sent, and the server has given it an id.
 *
 * @param {Photo} photo
 * @param {boolean} draft  Whether it is still being drawn.
 */
export function keepPhoto(photo, draft) {
  sent.delete(photo.id);
  sent.set(photo.id, photo);
  for (const id of [...sent.keys()].slice(0, -2 * MOST)) sent.delete(id);
  if (draft || photos.value.some(({ id }) => id === photo.id)) return;
  photos.value = [...photos.value, photo].slice(-MOST);
}

/**
 * Give a server that has lost a picture its bytes again.
 *
 * @param {string} id
 * @param {AbortSignal} [signal]
 * @returns {Promise<boolean>}  Whether it has it now.
 */
export async function sendAgain(id, signal) {
  const known = sent.get(id);
  if (!known) return false;
  const found = await postFile(urls.images(), known.blob, { name: known.title, ...(signal && { signal }) });
  return found.id === id;
}

/**
 * Send a picture to the server and look at it.
 *
 * @param {Subject} subject
 * @param {Blob} blob
 * @param {string} [title]  What to call it; a file's own name by default.
 * @param {boolean} [draft]  Whether it is still being drawn.
 */
export function openImage(subject, blob, title, draft = false) {
  const name = title ?? (blob instanceof File && blob.name ? blob.name : "Picture");
  const onProgress = (/** @type {number} */ received, /** @type {number} */ total) => {
    subject.progress.value = { phase: "sending", label: name, received, total };
  };
  /** @param {AbortSignal} signal */
  const task = async (signal) => {
    onProgress(0, blob.size);
    /** @type {ImageInfo} */
    const found = await postFile(urls.images(), blob, { name, onProgress, signal });
    keepPhoto({ ...found, title: name, blob }, draft);
    if (found.note) news.value = `${name}: ${found.note}`;
    if (!signal.aborted) setImage(subject, { ...onScreen({ ...found, title: name }), draft });
  };
  return attempt(subject, task, { about: name, again: () => void openImage(subject, blob, title, draft) });
}

/**
 * Look at pictures: the first at once, the others from the row of this visit's photos. A page that can watch a video takes
 * that ("watch").
 *
 * @param {Subject} subject
 * @param {readonly Blob[]} files
 * @param {string} [title]  Of a single one.
 */
export function openAll(subject, files, title) {
  const [first] = files;
  if (first?.type.startsWith("video/") && !dispatchEvent(new CustomEvent("watch", { detail: first, cancelable: true }))) return undefined;
  return files.length === 1 && first ? openImage(subject, first, title) : takePhotos(subject, /** @type {File[]} */ (files));
}

/**
 * @param {Subject} subject
 * @param {readonly File[]} files  Any files; those that the server refuses are named with its reason.
 */
export async function takePhotos(subject, files) {
  const taken = files.slice(0, MOST);
  const before = new Set(photos.value);
  /** @type {string[]} */
  const refused = [];
  await openImage(subject, /** @type {File} */ (taken[0]));
  for (const file of taken.slice(1)) {
    try {
      const found = await postFile(urls.images(), file, { name: file.name });
      keepPhoto({ ...found, title: file.name, blob: file }, false);
    } catch (error) {
      refused.push(`${file.name}: ${error instanceof ApiProblem ? error.detail : String(error)}`);
    }
  }
  const count = photos.value.filter((photo) => !before.has(photo)).length;
  news.value = sentenceOf(count, files.length - taken.length, refused);
}

/** Said again where it stands already. */
export function tellNoPicture() {
  news.value = "";
  news.value =
    "That is no picture but an address or text. Copy the picture itself and paste it, or drop or upload its file.";
}

/**
 * @param {number} count  Taken.
 * @param {number} left  Left out.
 * @param {readonly string[]} refused
 */
function sentenceOf(count, left, refused) {
  const came = `${count} ${count === 1 ? "photo is" : "photos are"} in the row; [ and ] go through it.`;
  const more = left ? ` It holds ${MOST}: ${left} were left out.` : "";
  return came + more + refused.map((each) => ` ${each}`).join("");
}
