/**
 * What a lesson needs of the page it drives.
 *
 * @import { PageName } from "../../../lessons/types.js"
 * @import { ReadonlySignal } from "../../state/store.js"
 * @import { Subject } from "./measures/subject.js"
 */

/**
 * @typedef {object} LessonPage
 * @property {PageName | "learn"} name
 * @property {() => Subject | null} subject  What is shown, once all of it is here; null until then.
 * @property {readonly ReadonlySignal<any>[]} signals  Change whenever the subject does.
 * @property {() => string} photo  The search part that names photo and crop, without a model.
 * @property {() => {title: string, thumbnail: string} | null} mine  The photo on screen.
 * @property {boolean} [still]  Nothing is driven: a lesson is only looked at.
 * @property {(search: string) => void} open  Bring the page to a view.
 */

/** @type {Readonly<Record<PageName, string>>} */
export const PATHS = { explore: "/", shift: "/shift", train: "/train" };

/**
 * The search part of a step's view, on the learner's own photo.
 *
 * @param {string} photo
 * @param {Readonly<Record<string, string | number>>} view
 */
export function searchOf(photo, view) {
  const search = new URLSearchParams(photo);
  for (const [name, value] of Object.entries(view)) search.set(name, String(value));
  return `?${search}`.replaceAll("%2C", ",").replaceAll("%3A", ":");
}
