/**
 * The photos of this visit go along from page to page: what they are is written down in the tab, and the server is asked for
 * their bytes.
 *
 * @import { Photo } from "./photos.js"
 */

import { urls } from "../api/client.js";
import { KEPT, photos } from "./photos.js";
import { keepPhoto } from "./taking.js";

/** @typedef {Omit<Photo, "blob">} Kept */

/** Bring the photos that another page has written down, but those that the server has lost too; write down what stands in the row. */
export async function goAlong() {
  const kept = read(sessionStorage.getItem(KEPT));
  const brought = await Promise.all(kept.map(async (each) => ({ ...each, blob: await bytesOf(each) })));
  for (const { blob, ...photo } of brought) if (blob) keepPhoto({ ...photo, blob }, false);
  photos.subscribe((all) => {
    sessionStorage.setItem(KEPT, JSON.stringify(all.map(({ blob: _, ...each }) => each)));
  });
}

/** @param {string | null} text @returns {Kept[]} */
function read(text) {
  try {
    return JSON.parse(text ?? "[]");
  } catch {
    return [];
  }
}

/** @param {Kept} photo */
async function bytesOf({ id, kind }) {
  const answer = await fetch(kind === "sound" ? urls.sound(id) : urls.image(id)).catch(() => null);
  return answer?.ok ? answer.blob() : null;
}
