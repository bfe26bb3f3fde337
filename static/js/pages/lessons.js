/**
 * Lessons beside a page: fetched when the address names one.
 *
 * @import { PageName } from "../../lessons/types.js"
 * @import { LessonPage } from "../features/learn/page.js"
 * @import { ReadonlySignal } from "../state/store.js"
 * @import { Subject } from "../state/subject.js"
 * @import { ImageOnScreen } from "../state/types.js"
 */

import { late, urls } from "../api/client.js";
import { catalogue } from "../state/catalogue.js";
import { effect } from "../state/store.js";
import { writePhoto } from "../state/url.js";
import { view } from "../state/view.js";

/** Pixels. */
const THUMBNAIL = 56;
/** What an address says of the photo alone. */
const PHOTO = ["image", "crop"];

/** The part of an address that names the photo. @param {string} search */
export const photoIn = (search) => `?${new URLSearchParams([...new URLSearchParams(search)].filter(([name]) => PHOTO.includes(name)))}`;

/** What can be measured now; null until all of it is there. @param {Subject} subject */
function measurable({ shown, status }) {
  const trace = shown.value;
  const { models } = catalogue;
  if (!trace?.complete || status.value === "loading" || !models.value.length) return null;
  return { model: trace.model, models: models.value, image: trace.image.id, crop: trace.crop, pixel: view.selection.value };
}

/** @param {ImageOnScreen | null} image */
const mine = (image) => image && { what: /** @type {const} */ ("photo"), title: image.title, thumbnail: urls.thumbnail(image.id, THUMBNAIL) };

/**
 * A page that shows a network and a photo.
 *
 * @param {PageName} name
 * @param {() => Subject} about  The subject that is measured: of two that are compared the first.
 * @param {(search: string) => unknown} open  Bring the page to a view.
 * @returns {LessonPage}
 */
export function photoPage(name, about, open) {
  return {
    name,
    subject: () => measurable(about()),
    signals: [about().shown, about().status, view.selection, catalogue.models],
    // Before there is a photo on screen, that of the address that was opened.
    photo: () => photoIn(about().shown.value ? writePhoto(about()) : location.search),
    mine: () => mine(about().image.value),
    open: (search) => void open(search),
  };
}

/**
 * Settles when `there` says true, and fails with the reason that it gives; it is asked again after every change.
 *
 * @param {readonly ReadonlySignal<any>[]} signals
 * @param {() => boolean | string} there
 * @returns {Promise<void>}
 */
export function when(signals, there) {
  const end = new AbortController();
  return new Promise((resolve, reject) => {
    const ask = () => {
      const said = there();
      if (said === false || end.signal.aborted) return;
      end.abort();
      if (said === true) resolve();
      else reject(new Error(said));
    };
    effect(signals, ask, { signal: end.signal });
  });
}

/** A lesson saved as a file opens on whichever page it is dropped. */
export function takeLessonFiles() {
  addEventListener("dragover", (event) => event.dataTransfer?.types.includes("Files") && event.preventDefault());
  const drop = (/** @type {DragEvent} */ event) => {
    const [file, ...more] = event.dataTransfer?.files ?? [];
    if (!file || more.length || !/\.json$/i.test(file.name)) return;
    event.preventDefault();
    void late(() => import("../features/learn/index.js")).then(({ takeLesson }) => takeLesson(file));
  };
  // Before the page takes it for a picture.
  addEventListener("drop", drop, { capture: true });
}

/** @param {LessonPage} page */
export function offerLessons(page) {
  let offered = false;
  const look = () => {
    if (offered || !/^#(lesson|own)=/.test(location.hash)) return;
    offered = true;
    void late(() => import("../features/learn/index.js")).then(({ followLessons }) => followLessons(page));
  };
  addEventListener("hashchange", look);
  look();
  takeLessonFiles();
}
