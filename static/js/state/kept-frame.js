/**
 * A frame that stays becomes a photo as any other: it is sent, and every number of it can be had.
 *
 * @import { ImageInfo } from "../api/client.js"
 * @import { Subject } from "./subject.js"
 */

import { urls } from "../api/client.js";
import { postFile } from "../api/files.js";
import { attempt, onScreen, setImage } from "./loading.js";
import { keepPhoto } from "./taking.js";

/**
 * @param {Subject} subject
 * @param {() => Promise<Blob>} file  That holds exactly its pixels.
 * @param {{ title: string, draft: boolean }} about  `draft`: another one may soon take its place, such as while the past is
 *   looked through.
 */
export function keepFrame(subject, file, { title, draft }) {
  /** @param {AbortSignal} signal */
  const task = async (signal) => {
    const blob = await file();
    const found = await sendFrame(blob, title, signal);
    keepPhoto({ ...found, title, blob }, draft);
    if (!signal.aborted) setImage(subject, { ...onScreen({ ...found, title }), draft, frame: "kept" });
  };
  return attempt(subject, task, { about: title, again: () => void keepFrame(subject, file, { title, draft }) });
}

/**
 * @param {Blob} blob
 * @param {string} title
 * @param {AbortSignal} [signal]
 * @returns {Promise<ImageInfo>}
 */
export const sendFrame = (blob, title, signal) => postFile(urls.images(), blob, { name: title, ...(signal && { signal }) });
