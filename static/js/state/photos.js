/**
 * The photos that somebody brought in this visit. Their bytes stay with the page, so that a server that has lost them gets
 * them again without anybody being asked.
 *
 * @import { ImageInfo } from "../api/client.js"
 */

import { signal } from "./store.js";

/** @typedef {ImageInfo & { title: string, blob: Blob }} Photo */

/** As many can stand in the row; of more that are brought at once the first ones are taken. */
export const MOST = 50;

/** Where the tab writes down which they are. */
export const KEPT = "convscope-photos";

/** In the order in which they came. */
export const photos = signal(/** @type {readonly Photo[]} */ ([]));
/** What became of several that were brought at once, as a sentence. */
export const news = signal("");

/** @param {string} id  Of a photo of this visit. */
export const photoOf = (id) => photos.value.find((each) => each.id === id) ?? null;
