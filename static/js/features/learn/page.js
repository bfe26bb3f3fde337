/**
 * What a lesson needs of the page it drives.
 *
 * @import { Needs, PageName, Step } from "../../../lessons/types.js"
 * @import { ReadonlySignal } from "../../state/store.js"
 * @import { Subject } from "./measures/subject.js"
 */

/** What is still to be computed before something can be measured. @typedef {{done: number, total: number, running: boolean}} Work */

/**
 * @typedef {object} LessonPage
 * @property {PageName | "learn"} name
 * @property {(needs?: Needs) => Partial<Subject> | null} subject  What is shown, once all of it is here; null until then.
 * @property {readonly ReadonlySignal<any>[]} signals  Change whenever the subject does.
 * @property {() => string} photo  The search part that names photo and crop, without a model.
 * @property {() => {what: "photo" | "race", title: string, thumbnail: string} | null} mine  What of the learner's is on screen.
 * @property {(search: string) => void} open  Bring the page to a view.
 * @property {(view: Step["view"]) => boolean} [at]  Whether it shows a view; without it the address tells.
 * @property {boolean} [still]  Nothing is driven: a lesson is only looked at.
 * @property {(needs: Needs) => Work | null} [work]  null: nothing is left to do.
 * @property {(needs: Needs) => Promise<void>} [prepare]  Settles when nothing is left to do.
 */

/** @type {Readonly<Record<PageName, string>>} */
export const PATHS = { explore: "/", shift: "/shift", explain: "/explain", train: "/train" };

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

/** What an address may say beside a step's view: the photo, and where on a layer. */
const OWN = new Set(["image", "crop", "channel", "y", "x"]);

/**
 * Whether an address is of a view already, photo and place aside.
 *
 * @param {string} search
 * @param {Readonly<Record<string, string | number>>} view
 */
export function shows(search, view) {
  const now = new URLSearchParams(search);
  const same = Object.entries(view).every(([name, value]) => now.get(name) === String(value));
  return same && [...now.keys()].every((name) => name in view || OWN.has(name));
}
