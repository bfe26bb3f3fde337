/**
 * What is on the page in the address bar: a link opens exactly this view, Back and Forward go between images and models.
 *
 * The address names what is shown, so a failed upload or a link to a forgotten image leaves it as it is.
 *
 * @import { ReadonlySignal } from "./store.js"
 * @import { Subject } from "./subject.js"
 * @import { ViewRequest } from "./types.js"
 */

import { cropKey, defaultCrop, sameCrop } from "./crop.js";
import { effect } from "./store.js";
import { view } from "./view.js";

/**
 * @typedef {object} Field  One parameter of the address.
 * @property {ReadonlySignal<any>} of  What it is written from.
 * @property {() => string | number | null} write  What it is now; null leaves it out.
 * @property {(text: string) => object | null} read  Its part of the request; null for text that makes no sense.
 * @property {boolean} [step]  Whether a change of it is a step that Back takes back.
 */

/** @typedef {Record<string, Field>} Fields */

/** @param {string} text */
const whole = (text) => (/^\d{1,9}$/.test(text) ? Number(text) : null);

/**
 * What says which network looks at what.
 *
 * @param {Subject} subject
 * @param {string} [prefix]  Tells a second subject's parameters from the first one's.
 * @returns {Fields}
 */
export function subjectFields({ shown }, prefix = "") {
  return {
    [`${prefix}model`]: { of: shown, write: () => shown.value?.model.id ?? null, read: (id) => ({ [`${prefix}model`]: id }), step: true },
    [`${prefix}image`]: { of: shown, write: () => shown.value?.image.id ?? null, read: (id) => ({ [`${prefix}image`]: id }), step: true },
    [`${prefix}crop`]: { of: shown, write: () => writeCrop(shown.value), read: (text) => readCrop(text, `${prefix}crop`) },
  };
}

/**
 * @param {"channel" | "y" | "x"} key
 * @returns {Field}
 */
const ofSelection = (key) => ({
  of: view.selection,
  write: () => view.selection.value[key],
  read: (text) => (whole(text) === null ? null : { [key]: Number(text) }),
});

/**
 * One word of several; the first is what holds without it.
 *
 * @param {string} name
 * @param {ReadonlySignal<string>} of
 * @param {readonly string[]} words
 * @returns {Field}
 */
export const oneOf = (name, of, words) => ({
  of,
  write: () => (of.value === words[0] ? null : of.value),
  read: (text) => (words.includes(text) ? { [name]: text } : null),
});

/** @type {Fields}  What is looked at on the Explore page. */
export const EXPLORE_FIELDS = {
  layer: { of: view.selection, write: () => view.selection.value.node, read: (layer) => ({ layer }) },
  channel: ofSelection("channel"),
  y: ofSelection("y"),
  x: ofSelection("x"),
  view: oneOf("view", view.layout, ["lens", "even"]),
  scale: oneOf("scale", view.scaling, ["layer", "map"]),
};

/**
 * What the page on screen has: its subject, all its fields, and what follows those that are new.
 *
 * @type {{subject: Subject | null, fields: Fields, follow: () => void}}
 */
let page = { subject: null, fields: {}, follow: () => {} };

/**
 * Say what stands in the address of this page.
 *
 * @param {Subject} subject
 * @param {Fields} fields  Besides the subject's own.
 */
export function addressHas(subject, fields) {
  page = { subject, fields: { ...subjectFields(subject), ...fields }, follow: () => {} };
}

/**
 * More stands in it from now on.
 *
 * @param {Fields} fields
 */
export function addressAlsoHas(fields) {
  page.fields = { ...page.fields, ...fields };
  page.follow();
}

/** @param {import("./types.js").TraceView | null} shown */
function writeCrop(shown) {
  if (!shown || sameCrop(shown.crop, defaultCrop(shown.model.input, shown.image))) return null;
  return cropKey(shown.crop);
}

/**
 * @param {string} text
 * @param {string} name
 */
function readCrop(text, name) {
  const [left = null, top = null, width = null, ...more] = text.split(",").map(whole);
  if (left === null || top === null || !width || more.length) return null;
  return { [name]: { left, top, width } };
}

/**
 * @param {string} search  As in `location.search`.
 * @returns {ViewRequest}
 */
export function readView(search) {
  /** @type {ViewRequest} */
  const wanted = {};
  for (const [name, text] of new URLSearchParams(search)) {
    if (text && Object.hasOwn(page.fields, name)) Object.assign(wanted, page.fields[name]?.read(text));
  }
  return wanted;
}

/** @returns {string}  The search part that restores the present view. */
export const writeView = () => searchOf(page.fields);

/**
 * @param {Subject} subject
 * @returns {string}  The search part that brings model and photo to another page.
 */
export const writePhoto = (subject) => searchOf(subjectFields(subject));

/** @param {Fields} fields */
function searchOf(fields) {
  const search = new URLSearchParams();
  for (const [name, field] of Object.entries(fields)) {
    const value = field.write();
    if (value !== null && value !== "") search.set(name, String(value));
  }
  // Commas are allowed in a query and read better than %2C.
  return `?${search}`.replaceAll("%2C", ",");
}

/** A lesson beside the page stays in its address; what else stands after # is where somebody landed. @param {string} hash */
export const lessonIn = (hash) => (/^#(lesson|own)=/.test(hash) ? hash : "");

/**
 * Milliseconds for which a view rests before it is written: a change of the address is not cheap, and browsers refuse
 * more than a hundred in some seconds. A pointer makes more, and so does a window that slides.
 */
const REST = 150;
/** Milliseconds after which it is written all the same. */
const LATEST = 1000;

/**
 * Keep the address up to date from now on, and follow Back and Forward.
 *
 * @param {(wanted: ViewRequest) => unknown} open  Its promise, if it gives one, settles when the page is there.
 * @param {AbortSignal} [signal]
 */
export function followAddress(open, signal) {
  const options = signal ? { signal } : {};
  /** The models and images of the present history entry; null before the first. */
  let entry = /** @type {string | null} */ (null);
  let timer = 0;
  /** When what is not written yet began to change. */
  let changed = 0;
  let drawn = false;
  /** How many addresses the page is on its way to. */
  let arriving = 0;

  const write = () => {
    changed = 0;
    const shown = page.subject?.shown.value;
    // On the way to an address the page still shows what it comes from: that is no step.
    if (!shown || arriving) return;
    const address = writeView() + lessonIn(location.hash);
    const now = stepsIn(writeView());
    const depth = Number(history.state?.depth ?? 0);
    // Of a drawing on its way, and of a number that is dragged, only the last state is worth going back to.
    const draft = drawn && (shown.image.draft === true || shown.model.draft !== undefined);
    if (entry !== null && entry !== now && !draft) history.pushState({ depth: depth + 1 }, "", address);
    else if (address !== location.search + location.hash) history.replaceState({ depth }, "", address);
    entry = now;
    drawn = isDraft(shown);
  };
  const later = () => {
    clearTimeout(timer);
    changed ||= performance.now();
    timer = setTimeout(write, Math.min(REST, changed + LATEST - performance.now()));
  };
  /** @type {Set<ReadonlySignal<any>>} */
  const followed = new Set();
  page.follow = () => {
    const fresh = Object.values(page.fields).map(({ of }) => of).filter((of) => !followed.has(of));
    for (const of of fresh) followed.add(of);
    if (fresh.length) effect([...new Set(fresh)], later, options);
  };
  page.follow();
  addEventListener(
    "popstate",
    () => {
      const wanted = readView(location.search);
      entry = stepsIn(location.search);
      arriving += 1;
      void Promise.resolve(open(wanted)).finally(() => {
        arriving -= 1;
        later();
      });
    },
    options,
  );
}

/** @param {import("./types.js").TraceView} shown  Whether it is on its way: being drawn, or a number being dragged. */
const isDraft = ({ model, image }) => model.draft === true || image.draft === true;

/** @param {string} address  What of it Back takes back, all together. */
function stepsIn(address) {
  const search = new URLSearchParams(address);
  const steps = Object.entries(page.fields).filter(([, { step }]) => step);
  return steps.map(([name]) => search.get(name)).join("/");
}

/** Go back to the image or model before this one. @returns {boolean}  False where there is none on this page. */
export function undo() {
  if (!history.state?.depth) return false;
  history.back();
  return true;
}
