/**
 * A page whose network may have an atlas: a lesson that needs one has it made of the samples.
 *
 * @import { Needs } from "../../lessons/types.js"
 * @import { LessonPage } from "../features/learn/page.js"
 * @import { Subject } from "../state/subject.js"
 */

import { channels } from "../state/channels.js";
import { lookForAtlas } from "../state/channels-loading.js";
import { when } from "./lessons.js";

/** @param {Needs} [needs] */
const lacks = (needs) => needs === "atlas" && channels.atlas.value?.state !== "done";

/**
 * @param {Subject} subject
 * @param {LessonPage} page
 * @returns {LessonPage}
 */
export function atlasPage(subject, page) {
  return {
    ...page,
    subject: (needs) => (lacks(needs) ? null : page.subject(needs)),
    signals: [...page.signals, channels.atlas],
    work(needs) {
      const { photos: done = 0, total = 0 } = channels.atlas.value ?? {};
      return lacks(needs) ? { done, total, running: true } : null;
    },
    async prepare(needs) {
      if (needs !== "atlas") return;
      const { atlas, trouble } = channels;
      await when([atlas, trouble], () => trouble.value || atlas.value !== null);
      if (lacks(needs) && atlas.value?.state !== "computing") void lookForAtlas(subject, "POST");
      await when([atlas, trouble], () => trouble.value || atlas.value?.problem || !lacks(needs));
    },
  };
}
