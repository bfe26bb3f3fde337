/**
 * Lessons beside a page: fetched when the address names one.
 *
 * @import { PageName } from "../../lessons/types.js"
 * @import { Subject } from "../state/subject.js"
 * @import { ImageOnScreen, ViewRequest } from "../state/types.js"
 */

import { urls } from "../api/client.js";
import { catalogue } from "../state/catalogue.js";
import { readView, writePhoto } from "../state/url.js";
import { view } from "../state/view.js";

/** Pixels. */
const THUMBNAIL = 56;
/** What an address says of the photo alone. */
const PHOTO = ["image", "crop"];

/** The part of the address that names the photo; before there is one on screen, of the address that was opened. @param {Subject} subject */
function photoOf(subject) {
  const search = new URLSearchParams(subject.shown.value ? writePhoto(subject) : location.search);
  return `?${new URLSearchParams([...search].filter(([name]) => PHOTO.includes(name)))}`;
}

/** What can be measured now; null until all of it is there. @param {Subject} subject */
function measurable({ shown, status }) {
  const trace = shown.value;
  const { models } = catalogue;
  if (!trace?.complete || status.value === "loading" || !models.value.length) return null;
  return { model: trace.model, models: models.value, image: trace.image.id, crop: trace.crop, pixel: view.selection.value };
}

/** @param {ImageOnScreen | null} image */
const mine = (image) => image && { title: image.title, thumbnail: urls.thumbnail(image.id, THUMBNAIL) };

/**
 * @param {PageName} name
 * @param {Subject} subject
 * @param {(wanted: ViewRequest) => void} open  Bring the page to a view.
 */
export function offerLessons(name, subject, open) {
  const page = {
    name,
    subject: () => measurable(subject),
    signals: [subject.shown, subject.status, view.selection, catalogue.models],
    photo: () => photoOf(subject),
    mine: () => mine(subject.image.value),
    open: (/** @type {string} */ search) => open(readView(search)),
  };
  let offered = false;
  const look = () => {
    if (offered || !/^#(lesson|own)=/.test(location.hash)) return;
    offered = true;
    void import("../features/learn/index.js").then(({ followLessons }) => followLessons(page));
  };
  addEventListener("hashchange", look);
  look();
}
