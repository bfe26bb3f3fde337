/**
 * A comparison in the address: a link brings both subjects back.
 *
 * @import { Comparison, Noise } from "./comparison.js"
 * @import { Field } from "./url.js"
 * @import { Subject } from "./subject.js"
 * @import { TraceView, ViewRequest } from "./types.js"
 */

import { compares, makeNoise, noiseOf, unpin } from "./comparison.js";
import { attempt } from "./loading.js";
import { openView } from "./restore.js";
import { oneOf, subjectFields } from "./url.js";

/**
 * What of a comparison stands in the address.
 *
 * @param {Comparison} comparison
 * @returns {Record<string, Field>}
 */
export function comparisonFields(comparison) {
  const { a, b, begun, lane, gain } = comparison;
  return {
    ...subjectFields(a, "a-"),
    lane: oneOf("lane", lane, ["difference", "a", "b"]),
    gain: oneOf("gain", gain, ["1", "4"]),
    noise: {
      of: b.shown,
      write() {
        const noise = noiseOf(comparison);
        return noise && `${noise.epsilon},${noise.steps}`;
      },
      read(text) {
        const [, epsilon = 0, steps = 0] = (/^(\d{1,2}),(\d{1,2})$/.exec(text) ?? []).map(Number);
        return epsilon && steps ? { noise: { epsilon, steps } } : null;
      },
    },
    b: {
      of: begun,
      write: () => (compares(comparison) && a.shown.value?.key === b.shown.value?.key ? "same" : null),
      read: (text) => (text === "same" ? { b: text } : null),
    },
  };
}

/**
 * Bring both subjects to what an address names.
 *
 * @param {Comparison} comparison
 * @param {ViewRequest} wanted
 */
export async function openComparison(comparison, wanted) {
  const { "a-model": model, "a-image": pinnedImage, "a-crop": pinnedCrop, noise, ...own } = wanted;
  const { a, b } = comparison;
  if (!model) {
    unpin(comparison);
    return openView(b, own);
  }
  // Both look at the same photo where only one is named.
  const { image, crop } = pinnedImage ? { image: pinnedImage, crop: pinnedCrop } : own;
  comparison.lane.value = wanted.lane ?? "difference";
  comparison.gain.value = wanted.gain ?? "1";
  await openView(a, { model, ...(image ? { image } : {}), ...(crop ? { crop } : {}) });
  const first = a.shown.value;
  if (!first) {
    b.problem.value = a.problem.value;
    return openView(b, own);
  }
  comparison.noise.value = null;
  comparison.pinned.value = true;
  comparison.begun.value = wanted.b === "same";
  const made = noise && (await madeAgain(b, first, noise));
  if (noise && made) comparison.noise.value = { ...noise, image: made.id };
  else if (noise) return undefined;
  await openView(b, made ? { ...own, image: made.id } : own);
  comparison.begun.value = wanted.b === "same" || b.shown.value?.key !== first.key;
}

/**
 * A picture with noise is made again, in case the server has forgotten it; null where it cannot be, which B is told.
 *
 * @param {Subject} b
 * @param {TraceView} first
 * @param {Noise} noise
 */
async function madeAgain(b, first, noise) {
  /** @type {import("./types.js").ImageOnScreen | null} */
  let made = null;
  const task = async (/** @type {AbortSignal} */ end) => {
    made = b.image.value = await makeNoise(first, noise, end);
  };
  await attempt(b, task, { about: "Noise", again: () => void madeAgain(b, first, noise) });
  return /** @type {import("./types.js").ImageOnScreen | null} */ (made);
}
