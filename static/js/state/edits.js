/**
 * The edits of a network, as they stand behind its id: `tiny_vgg~edit-conv_1_1:mute:2;!conv_1_2:scale:0:1.5`. An edit
 * after `!` is kept and not made. So an edited network is one like any other, and a link to it has all of them. Where that
 * would be too long for an address, the server keeps the text, and its hash stands for it: `tiny_vgg~edit-@0f3c...`.
 */

/**
 * @typedef {object} Edit
 * @property {string} node
 * @property {string} what  A parameter, or `scale`, `mute`, `fill`, `replace`, `patch`, `swap`.
 * @property {string} which  Indices, joined by commas; `*`: all.
 * @property {string} value  Numbers, joined by commas.
 * @property {string} rest  What else the text has: regions.
 * @property {boolean} off
 */

const MARK = "~edit-";
/** What is set comes before what it is multiplied by, and that before what takes its place or takes it away. */
const ORDER = /** @type {Record<string, number>} */ ({ swap: 1, scale: 2, patch: 3, replace: 3, fill: 3, mute: 4 });

/** Texts that stand on the server, by what stands for them. @type {Map<string, string>} */
const kept = new Map();

/** @param {string} id The network without its edits. */
export const unedited = (id) => id.split(MARK)[0] ?? id;

/** @param {string} id */
export const isEdited = (id) => id.includes(MARK);

/** @param {string} id @returns {string}  Its edits as they stand there. */
const written = (id) => id.split(MARK)[1] ?? "";

/** @param {string} id @returns {string | null}  What stands for edits that this page has not read yet. */
export function unread(id) {
  const text = written(id);
  return text.startsWith("@") && !kept.has(text) ? text : null;
}

/** @param {string} name @param {string} text */
export const learn = (name, text) => void kept.set(name, text);

/** @param {string} id @returns {Edit[]} None where they have not been read yet. */
export function editsOf(id) {
  const text = written(id);
  const all = text.startsWith("@") ? (kept.get(text) ?? "") : text;
  if (!all) return [];
  return all.split(";").map((each) => {
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
 * The text of edits, in the order in which they are made.
 *
 * @param {readonly Edit[]} edits
 */
export function editText(edits) {
  const rank = (/** @type {Edit} */ { what }) => ORDER[what] ?? 0;
  return edits.toSorted((a, b) => rank(a) - rank(b)).map(textOf).join(";");
}

/**
 * The id of a network with these edits.
 *
 * @param {string} id  Its own edits do not count.
 * @param {string} text  Of the edits, or what stands for it.
 */
export const withText = (id, text) => (text ? `${unedited(id)}${MARK}${text}` : unedited(id));

/** @param {string} id @param {readonly Edit[]} edits */
export const withEdits = (id, edits) => withText(id, editText(edits));

/**
 * Which channels of a layer are muted by the edits of a network.
 *
 * @param {string} id
 * @param {string} node
 * @returns {(channel: number) => boolean}
 */
export function mutedIn(id, node) {
  const which = editsOf(id).filter((each) => each.node === node && each.what === "mute" && !each.off).map((each) => each.which);
  const muted = new Set(which.flatMap((each) => each.split(",")));
  return (channel) => muted.has("*") || muted.has(String(channel));
}

/** @param {Edit} a @param {Edit} b  Whether both say something of the very same numbers. */
export const sameNumbers = (a, b) => a.node === b.node && a.what === b.what && a.which === b.which && a.rest === b.rest;

/** @param {Edit} whole @param {Edit} part  Whether what one sets has all that the other does. */
function holds(whole, part) {
  return whole.node === part.node && whole.what === part.what && !(whole.what in ORDER) && part.which.startsWith(`${whole.which},`);
}

/**
 * The edits with some put in the place of those of the same numbers, or added.
 *
 * @param {readonly Edit[]} edits
 * @param {readonly Edit[]} changed
 */
export function changedEdits(edits, changed) {
  const left = edits.filter((each) => !changed.some((other) => sameNumbers(each, other) || holds(other, each)));
  return [...left, ...changed];
}

/** @param {readonly number[]} shape */
const countOf = (shape) => shape.reduce((product, size) => product * size, 1);

/**
 * Where a part begins: `at` are its leading indices into an array of this shape.
 *
 * @param {readonly number[]} at
 * @param {readonly number[]} shape
 */
const beginOf = (at, shape) => at.reduce((sum, index, axis) => sum + index * countOf(shape.slice(axis + 1)), 0);

/**
 * Part of a parameter as the edits leave it.
 *
 * @param {readonly Edit[]} edits
 * @param {{node: string, what: string, at: readonly number[], shape: readonly number[]}} part  `at`: its leading indices;
 *   `shape`: of the whole parameter.
 * @param {ArrayLike<number>} trained  The part as it was.
 * @returns {number[]}
 */
export function numbersNow(edits, { node, what, at, shape }, trained) {
  const values = Array.from(trained);
  for (const edit of edits) {
    if (edit.off || edit.node !== node || edit.what !== what) continue;
    const which = edit.which === "*" ? [] : edit.which.split(",").map(Number);
    const both = Math.min(which.length, at.length);
    if (which.slice(0, both).some((index, axis) => index !== at[axis])) continue;
    const numbers = edit.value.split(",").map(Number);
    const [ours, theirs] = [beginOf(which.slice(both), shape.slice(both)), beginOf(at.slice(both), shape.slice(both))];
    const count = countOf(shape.slice(Math.max(which.length, at.length)));
    for (let k = 0; k < count; k += 1) values[ours + k] = numbers[numbers.length === 1 ? 0 : theirs + k] ?? NaN;
  }
  return values;
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
