/**
 * A server that goes away and comes back: whoever waits for an answer gets it then, and pictures that a server has lost are
 * sent again.
 */

import { remedies } from "../api/client.js";
import { sendAgain } from "./taking.js";
import { signal } from "./store.js";

/** Milliseconds between two looks for it; the last one repeats. */
const LOOKS = [300, 500, 1000, 2000];

/** Whether the server does not answer. */
export const away = signal(false);

/** @type {Promise<void> | null} The wait that is going on, for all. */
let wait = null;

async function lookForIt() {
  away.value = true;
  for (let turn = 0; ; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOKS[Math.min(turn, LOOKS.length - 1)]));
    // A proxy in between may answer for it: then it is as good as away.
    const answer = await fetch("/healthz", { cache: "no-store" }).catch(() => null);
    if (answer?.ok) break;
  }
  away.value = false;
  wait = null;
}

/**
 * @param {AbortSignal | undefined} end
 * @returns {Promise<void>}  Settles when the server answers again, or nobody waits any more.
 */
function untilBack(end) {
  wait ??= lookForIt();
  if (!end) return wait;
  const gone = new Promise((_, reject) => end.addEventListener("abort", () => reject(end.reason), { once: true }));
  return Promise.race([wait, /** @type {Promise<never>} */ (gone)]);
}

/** The title of the problem that a picture is not on the server any more. */
const LOST = "Image not here";

/**
 * @param {{ status: number, title: string }} problem
 * @param {string} text  What was asked for, in which pictures stand by the hashes of their pixels.
 * @param {AbortSignal} [end]
 * @returns {Promise<boolean>}  Whether it was for pictures that have been sent again.
 */
export async function giveBack({ status, title }, text, end) {
  if (status !== 404 || title !== LOST) return false;
  const images = new Set(text.match(/(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/g));
  const sent = await Promise.all([...images].map((image) => sendAgain(image, end).catch(() => false)));
  return sent.some(Boolean);
}

/** From now on. */
export function surviveServer() {
  remedies.away = untilBack;
  remedies.lost = giveBack;
}
