/** One's own photos, sent file by file into a set that the server keeps: a folder, or a zip. */

import { ApiProblem, postJson, request, urls } from "../api/client.js";
import { photos as ofVisit } from "./photos.js";
import { words } from "./verdict.js";

/** Files on their way at a time. */
const AT_ONCE = 4;
/** Of a file that says it is no image so much is sent: enough for the server to see what it is, and to name it. */
const ENOUGH = 64;

/** Where a file lies in the folder that was chosen. @param {File} file */
const pathOf = (file) => file.webkitRelativePath || file.name;

/** Those that no system has put there for itself. @param {readonly File[]} files */
export const visible = (files) => files.filter((file) => !pathOf(file).split("/").some((part) => part.startsWith(".")));

/** A name without what stands between its words. @param {string} name */
const plain = (name) => words(name).toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, " ");

/**
 * The photos of this visit as files; into folders of their classes go those with the name of one in their own.
 *
 * @param {readonly string[]} [classes]  Only such are wanted.
 * @returns {File[]}
 */
export function filesOfVisit(classes) {
  return ofVisit.value.flatMap(({ blob, title }, at) => {
    const name = ` ${plain(title)} `;
    const label = classes?.find((each) => name.includes(` ${plain(each).trim()} `));
    if (classes && label === undefined) return [];
    return [new File([blob], `${label === undefined ? "" : `${label}/`}${at + 1}-${title.replaceAll("/", "-")}`, { type: blob.type })];
  });
}

/**
 * Send photos; what was sent is forgotten where that fails or is given up.
 *
 * @param {readonly File[]} photos
 * @param {AbortSignal} signal
 * @param {(left: string[]) => void} sent  After each, with its path if it was too large to be taken.
 * @returns {Promise<string>} The set that they are.
 */
export async function sendPhotoSet(photos, signal, sent) {
  /** @type {{ id: string }} */
  const { id } = await postJson(urls.photoSets(), signal);
  const waiting = [...photos];
  const send = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) sent(await sendOne(id, file, signal));
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, send));
  } catch (error) {
    waiting.length = 0;
    void request(urls.photoSet(id), undefined, { method: "DELETE" });
    throw error;
  }
  return id;
}

/**
 * @param {string} id
 * @param {File} file
 * @param {AbortSignal} signal
 * @returns {Promise<string[]>}
 */
async function sendOne(id, file, signal) {
  const path = pathOf(file);
  const zip = path.toLowerCase().endsWith(".zip");
  const foreign = file.type !== "" && !file.type.startsWith("image/") && !zip;
  try {
    await request(urls.photo(id, path), signal, { method: "PUT", body: foreign ? file.slice(0, ENOUGH) : file });
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.title !== "Too large" || zip) throw error;
    return [path];
  }
  return [];
}
