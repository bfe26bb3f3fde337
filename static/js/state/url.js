/**
 * What is on the page in the address bar: a link opens exactly this view. `following.js` keeps it up to date.
 *
 * The address names what is shown, so a failed upload or a link to a forgotten image leaves it as it is.
 *
 * @import { ReadonlySignal } from "./store.js"
 * @import { Subject } from "./subject.js"
 * @import { ViewRequest } from "./types.js"
 */

import { cropKey, defaultCrop, sameCrop } from "./crop.js";
import { view } from "./view.js";

/**
 * @typedef {object} Field  One parameter of the address.
 * @property {ReadonlySignal<any>} of  What it is written from.
 * @property {() => string | number | null} write  What it is now; null leaves it out.
 * @property {(text: string) => object | null} read  Its part of the request; null for text that makes no sense.
 * @property {"subject" | "walk"} [step]  Whether a change of it is a step that Back takes back: to what was looked at
 *   before, or to where in it.
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
    [`${prefix}model`]: { of: shown, write: () => shown.value?.model.id ?? null, read: (id) => ({ [`${prefix}model`]: id }), step: "subject" },
    [`${prefix}image`]: { of: shown, write: () => shown.value?.image.id ?? null, read: (id) => ({ [`${prefix}image`]: id }), step: "subject" },
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

/**
 * A switch that is off without it.
 *
 * @param {string} name
 * @param {ReadonlySignal<boolean>} of
 * @returns {Field}
 */
const switched = (name, of) => ({ of, write: () => (of.value ? "1" : null), read: (text) => (text === "1" ? { [name]: true } : null) });

/** The theme of the page stands in its address only where a link has brought it; who brings it there is its switch. */
const theme = { of: view.theme, write: () => (view.sent.value ? view.theme.value : null), read: () => null };

/** @type {Fields}  What is looked at on the Explore page. */
export const EXPLORE_FIELDS = {
  layer: { of: view.selection, write: () => view.selection.value.node, read: (layer) => ({ layer }), step: "walk" },
  channel: ofSelection("channel"),
  y: ofSelection("y"),
  x: ofSelection("x"),
  view: oneOf("view", view.layout, ["lens", "even"]),
  scale: oneOf("scale", view.scaling, ["layer", "map"]),
  sheet: oneOf("sheet", view.sheet, ["maps", "filters"]),
  order: oneOf("order", view.order, ["index", "mean", "max", "variance", "zeros"]),
  slice: {
    of: view.slice,
    write: () => view.slice.value || null,
    read: (text) => (whole(text) === null ? null : { slice: Number(text) }),
  },
  gradient: switched("gradient", view.gradient),
  pixels: switched("pixels", view.pixels),
  pace: oneOf("pace", view.pace, ["layer", "row", "value"]),
  folded: {
    of: view.folded,
    write: () => (view.folded.value ? [...view.folded.value].map(encodeURIComponent).join(",") || "none" : null),
    read: (text) => ({ folded: text === "none" ? [] : text.split(",").map(decoded) }),
  },
};

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * What the page on screen has: its subject, all its fields, and what follows those that are new.
 *
 * @type {{subject: Subject | null, fields: Fields, follow: () => void}}
 */
export let page = { subject: null, fields: {}, follow: () => {} };

/**
 * Say what stands in the address of this page.
 *
 * @param {Subject} subject
 * @param {Fields} fields  Besides the subject's own.
 */
export function addressHas(subject, fields) {
  page = { subject, fields: { ...subjectFields(subject), ...fields, theme }, follow: () => {} };
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

/** @returns {string}  The same for somebody else, who is to see it in the theme that was chosen here. */
export function writeLink() {
  const { value: chosen } = view.theme;
  return chosen === "auto" || view.sent.value ? writeView() : `${writeView()}&theme=${chosen}`;
}

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
