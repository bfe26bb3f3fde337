/**
 * A subject: a network that looks at an image. Several can stand on one page; whoever works on one is handed it.
 *
 * @import { CropBox, Doubt, ModelDetail } from "../api/client.js"
 * @import { ImageOnScreen, Problem, Progress, Status, TraceView } from "./types.js"
 */

import { Newest } from "./newest.js";
import { signal } from "./store.js";

/** @typedef {ReturnType<typeof createSubject>} Subject */

/**
 * @param {object} [options]
 * @param {boolean} [options.leads]  Whether the view follows it: what is selected is a layer of its network, and its
 *   answer is spoken. One subject of a page does.
 * @param {boolean} [options.traced]  Whether all layers are fetched as soon as network and image are known.
 */
export function createSubject({ leads = true, traced = true } = {}) {
  return {
    leads,
    traced,
    model: signal(/** @type {ModelDetail | null} */ (null)),
    image: signal(/** @type {ImageOnScreen | null} */ (null)),
    crop: signal(/** @type {CropBox | null} */ (null)),

    status: signal(/** @type {Status} */ ("empty")),
    problem: signal(/** @type {Problem | null} */ (null)),
    /** Bytes of what is under way; null when nothing is. */
    progress: signal(/** @type {Progress | null} */ (null)),

    /** The last complete result; it stays until the next one is complete. */
    shown: signal(/** @type {TraceView | null} */ (null)),
    /** The result that is arriving. */
    pending: signal(/** @type {TraceView | null} */ (null)),
    /** What another network makes of a result, by the result's key: it comes later than that, and may never come. */
    opinion: signal(/** @type {{ key: string, doubt: Doubt } | null} */ (null)),
    /** Counts the layers put into `pending`, over all traces: it changes with every one that arrives, and when they are dropped. */
    arrived: signal(0),

    /** What is under way, and whether a crop box has moved meanwhile: it is traced next. */
    work: { asked: new Newest(), stale: false },
  };
}
