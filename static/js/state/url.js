/**
 * The session in the address bar: a link opens exactly this view, Back and Forward go between images and models.
 *
 * The address names what is shown, so a failed upload or a link to a forgotten image leaves it as it is.
 *
 * @import { ReadonlySignal } from "./store.js"
 * @import { ViewRequest } from "./types.js"
 */

import { cropKey, defaultCrop, sameCrop } from "./crop.js";
import { session } from "./session.js";
import { effect } from "./store.js";

/**
 * @typedef {object} Field  One parameter of the address.
 * @property {() => string | number | null} write  What it is now; null leaves it out.
 * @property {(text: string) => object | null} read  Its part of the request; null for text that makes no sense.
 */

/** @param {string} text */
const whole = (text) => (/^\d{1,9}$/.test(text) ? Number(text) : null);

/**
 * @param {"channel" | "y" | "x"} key
 * @returns {Field}
 */
const ofSelection = (key) => ({
  write: () => session.selection.value[key],
  read: (text) => (whole(text) === null ? null : { [key]: Number(text) }),
});

/** @typedef {Record<string, Field>} Fields */

/** @type {Fields}  What every page has. */
const PHOTO = {
  model: { write: () => session.shown.value?.model.id ?? null, read: (model) => ({ model }) },
  image: { write: () => session.shown.value?.image.id ?? null, read: (image) => ({ image }) },
  crop: { write: writeCrop, read: readCrop },
};

/** @type {Fields}  What the Explore page has besides. */
const EXPLORE = {
  layer: { write: () => session.selection.value.node, read: (layer) => ({ layer }) },
  channel: ofSelection("channel"),
  y: ofSelection("y"),
  x: ofSelection("x"),
  view: {
    write: () => (session.layout.value === "lens" ? null : session.layout.value),
    read: (text) => (text === "even" ? { view: "even" } : null),
  },
  scale: {
    write: () => (session.scaling.value === "layer" ? null : session.scaling.value),
    read: (text) => (text === "map" ? { scale: "map" } : null),
  },
};

/** What the page on screen has: all its fields, and the signals that its own ones are written from. */
let page = {
  fields: { ...PHOTO, ...EXPLORE },
  signals: /** @type {ReadonlySignal<any>[]} */ ([session.selection, session.layout, session.scaling]),
};

/**
 * Other fields than those of the Explore page stand in the address.
 *
 * @param {Fields} fields
 * @param {ReadonlySignal<any>[]} signals  What they are written from.
 */
export function addressHas(fields, signals) {
  page = { fields: { ...PHOTO, ...fields }, signals };
}

function writeCrop() {
  const shown = session.shown.value;
  if (!shown || sameCrop(shown.crop, defaultCrop(shown.model.input, shown.image))) return null;
  return cropKey(shown.crop);
}

/** @param {string} text */
function readCrop(text) {
  const [left = null, top = null, width = null, ...more] = text.split(",").map(whole);
  if (left === null || top === null || !width || more.length) return null;
  return { crop: { left, top, width } };
}

/**
 * @param {string} search  As in `location.search`.
 * @returns {ViewRequest}
 */
export function readView(search) {
  /** @type {ViewRequest} */
  const view = {};
  for (const [name, text] of new URLSearchParams(search)) {
    if (text && Object.hasOwn(page.fields, name)) Object.assign(view, page.fields[name]?.read(text));
  }
  return view;
}

/** @returns {string}  The search part that restores the present view. */
export const writeView = () => searchOf(page.fields);

/** @returns {string}  The search part that brings model and photo to another page. */
export const writePhoto = () => searchOf(PHOTO);

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
 * @param {(view: ViewRequest) => void} open
 * @param {AbortSignal} [signal]
 */
export function followAddress(open, signal) {
  const options = signal ? { signal } : {};
  /** The model and image of the present history entry; null before the first. */
  let entry = /** @type {string | null} */ (null);
  let timer = 0;
  /** When what is not written yet began to change. */
  let changed = 0;
  let drawn = false;

  const write = () => {
    changed = 0;
    const { shown } = session;
    if (!shown.value) return;
    const address = writeView();
    const now = `${shown.value.model.id}/${shown.value.image.id}`;
    const depth = Number(history.state?.depth ?? 0);
    // Of a drawing on its way only the last state is worth going back to.
    const draft = drawn && shown.value.image.draft === true;
    if (entry !== null && entry !== now && !draft) history.pushState({ depth: depth + 1 }, "", address);
    else if (address !== location.search) history.replaceState({ depth }, "", address);
    entry = now;
    drawn = shown.value.image.draft === true;
  };
  const later = () => {
    clearTimeout(timer);
    changed ||= performance.now();
    timer = setTimeout(write, Math.min(REST, changed + LATEST - performance.now()));
  };
  effect([session.shown, ...page.signals], later, options);
  addEventListener(
    "popstate",
    () => {
      const view = readView(location.search);
      entry = `${view.model}/${view.image}`;
      open(view);
    },
    options,
  );
}

/** Go back to the image or model before this one. @returns {boolean}  False where there is none on this page. */
export function undo() {
  if (!history.state?.depth) return false;
  history.back();
  return true;
}
