/** Watching a camera or a video, or hearing a microphone, through every layer: it comes with the first one. */

/** @import { Comparison } from "../../state/comparison.js" */
/** @import { Subject } from "../../state/subject.js" */

import { styles } from "../../widgets/styles.js";
import { LabWatching } from "./lab.js";
import { Watching } from "./panel.js";

/** @type {Watching | null} */
let watching = null;

/**
 * @param {Subject} subject  That of the page.
 * @param {() => Promise<Comparison>} compared  Two subjects beside each other.
 * @param {File | null} file  A video; null: a camera, or a microphone where the network takes sound.
 */
export async function watch(subject, compared, file) {
  await styles("live");
  watching ??= new Watching(subject, compared);
  watching.watch(file);
}

/** @type {LabWatching | null} */
let moved = null;

/** In the Shift lab: the frame of a camera is the photo that is moved. @param {Subject} subject */
export async function watchMoved(subject) {
  await styles("live");
  moved ??= new LabWatching(subject);
  if (moved.live.phase.value === "off") void moved.open("");
}
