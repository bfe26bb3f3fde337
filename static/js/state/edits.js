/**
 * The edits of a network, as they stand behind its id: `tiny_vgg~edit-conv_1_1:mute:2;!conv_1_2:scale:0:1.5`. An edit
 * after `!` is kept and not made. So an edited network is one like any other, and a link to it has all of them.
 *
 * @import { Subject } from "./subject.js"
 */

import { attempt, trace } from "./loading.js";

/**
 * @typedef {object} Edit
 * @property {string} node
 * @property {string} what  A parameter, or `scale`, `mute`.
 * @property {string} which  Indices, joined by commas.
 * @property {string} value  Numbers, joined by commas.
 * @property {string} rest  What else the text has: a region.
 * @property {boolean} off
 */

const MARK = "~edit-";
/** What is set comes before what it is multiplied by, and that before what takes the channel away. */
const ORDER = ["scale", "mute"];

/** @param {string} id The network without its edits. */
export const unedited = (id) => id.split(MARK)[0] ?? id;

/** @param {string} id */
export const isEdited = (id) => id.includes(MARK);

/** @param {string} id @returns {Edit[]} */
export function editsOf(id) {
  const text = id.split(MARK)[1];
  if (!text) return [];
  return text.split(";").map((each) => {
    const [node = "", what = "", which = "", value = "", ...rest] = each.replace(/^!/, "").split(":");
    return { node: decodeURIComponent(node), what, which, value, rest: rest.join(":"), off: each.startsWith("!") };
  });
}

/** @param {Edit} edit */
function textOf({ node, what, which, value, rest, off }) {
  const name = encodeURIComponent(node).replace(/[!~*'()]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
  const fields = [name, what, which, value, rest];
  while (!fields.at(-1)) fields.pop();
  return (off ? "!" : "") + fields.join(":");
}

/**
 * The id of a network with these edits.
 *
 * @param {string} id  Its own edits do not count.
 * @param {readonly Edit[]} edits
 */
export function withEdits(id, edits) {
  const rank = (/** @type {Edit} */ { what }) => ORDER.indexOf(what);
  const sorted = edits.toSorted((a, b) => rank(a) - rank(b));
  return edits.length ? `${unedited(id)}${MARK}${sorted.map(textOf).join(";")}` : unedited(id);
}

/** @param {Edit} a @param {Edit} b  Whether both say something of the very same numbers. */
export const sameNumbers = (a, b) => a.node === b.node && a.what === b.what && a.which === b.which && a.rest === b.rest;

/**
 * The edits with some put in the place of those of the same numbers, or added.
 *
 * @param {readonly Edit[]} edits
 * @param {readonly Edit[]} changed
 */
export function changedEdits(edits, changed) {
  const kept = edits.filter((each) => !changed.some((other) => sameNumbers(each, other)));
  return [...kept, ...changed];
}

/**
 * A number as an address has it: the shortest that is this float32.
 *
 * @param {number} value
 */
export function shortest(value) {
  const wanted = Math.fround(value);
  for (let digits = 1; digits < 9; digits += 1) {
    const text = String(Number(wanted.toPrecision(digits)));
    if (Math.fround(Number(text)) === wanted) return text;
  }
  return String(Number(wanted.toPrecision(9)));
}

/**
 * Look at the network with these edits; everything else stays.
 *
 * @param {Subject} subject
 * @param {readonly Edit[]} edits
 */
export function showEdits(subject, edits) {
  const now = subject.model.value;
  if (!now) return;
  const id = withEdits(now.id, edits);
  if (id === now.id) return;
  const title = `${now.title.split(", edited")[0]}${edits.length ? ", edited" : ""}`;
  const task = async () => {
    // Of the very same layers, so what is told of the network stays.
    subject.model.value = { ...now, id, title };
    void trace(subject);
  };
  void attempt(subject, task, { about: "Edit", again: () => showEdits(subject, edits) });
}
