/** The keys of the page: one table, in which each part of it enters its own. */

/** @typedef {(event: KeyboardEvent) => unknown} Act  Gives false where the key is not for it. */
/** @typedef {readonly [says: string, act: Act]} Key  What it is for, as the list of keys has it; keys for the same stand on one line. */

/**
 * By name: `m`, `ArrowLeft`, `Shift+ArrowUp`, `Ctrl+z` (which is ⌘ as well). Of several that enter the same key the first
 * acts that wants it.
 *
 * @type {Map<string, Set<Key>>}
 */
const table = new Map();

/** Where keys have a meaning of their own: places where one types or chooses, and anything modal. */
const TAKEN =
  "input:not([type=range], [type=checkbox], [type=radio], [type=file]), textarea, select, dialog, [contenteditable], [role=listbox]:not(.strip-maps), [role=option]:not([data-cell]), [role=menu]";
const PRESSES = "button, a, summary, [role=button], [type=checkbox], [type=radio]";
/** What arrows move: a slider keeps them, and nothing else. */
const SLIDES = "[type=range], [type=radio]";
const ALONG = /^(Arrow|Home$|End$|Page)/;
/** The chosen one of a row of buttons: pressing it again would do nothing. */
const CHOSEN = ".seg [aria-pressed=true]";

/**
 * What a pointer pressed last. That it has the focus is not because somebody went there with keys, so Space and arrows
 * stay the page's until somebody does.
 *
 * @type {Element | null}
 */
let clicked = null;
document.addEventListener("pointerdown", ({ target }) => (clicked = target instanceof Element ? target.closest(PRESSES) : null), { capture: true });
document.addEventListener("keydown", ({ key }) => key === "Tab" && (clicked = null), { capture: true });

/**
 * Act on keys of the page, wherever the focus is, until `signal` aborts.
 *
 * @param {Record<string, Key>} keys  By name, as in the table.
 * @param {AbortSignal} [signal]
 * @param {"before" | "after"} [when]  Whether they are asked before those that are entered already.
 */
export function onKeys(keys, signal, when = "after") {
  if (!table.size) document.addEventListener("keydown", press);
  for (const [name, key] of Object.entries(keys)) {
    const all = table.get(name) ?? new Set();
    const others = when === "before" ? [...all] : [];
    for (const each of others) all.delete(each);
    table.set(name, all.add(key));
    for (const each of others) all.add(each);
    signal?.addEventListener("abort", () => all.delete(key));
  }
}

/** All keys that the page has now, and what they are for. @returns {[says: string, names: string[]][]} */
export function allKeys() {
  /** @type {Map<string, string[]>} */
  const lines = new Map();
  for (const [name, keys] of table) for (const [says] of keys) lines.set(says, [...(lines.get(says) ?? []), name]);
  return [...lines];
}

/** @param {KeyboardEvent} event */
function press(event) {
  const target = event.target instanceof Element ? event.target : document.body;
  if (event.defaultPrevented || event.altKey || isTaken(event.key, target)) return;
  // Letters open and toggle things: held down they would do so many times over.
  if (event.repeat && /^\p{Letter}$/u.test(event.key)) return;
  for (const [, act] of table.get(nameOf(event)) ?? []) {
    if (act(event) === false) continue;
    event.preventDefault();
    return;
  }
}

/**
 * @param {string} key
 * @param {Element} target
 */
function isTaken(key, target) {
  if (target.closest(TAKEN) || document.querySelector("dialog[open]")) return true;
  if (target.matches(SLIDES) && ALONG.test(key)) return true;
  const control = target.closest(PRESSES);
  const presses = key === "Enter" || (key === " " && control !== clicked && !target.matches(CHOSEN));
  return presses && control !== null;
}

/**
 * Shift is named where it changes nothing of the key itself: which signs need it depends on the keyboard.
 *
 * @param {KeyboardEvent} event
 */
function nameOf({ key, ctrlKey, metaKey, shiftKey }) {
  const command = ctrlKey || metaKey;
  const named = key.length > 1 || key === " " || command;
  return `${command ? "Ctrl+" : ""}${shiftKey && named ? "Shift+" : ""}${key.length > 1 ? key : key.toLowerCase()}`;
}

/**
 * Roving tabindex: the arrow keys move the focus in a grid of buttons, Tab leaves it. After a click they are the page's.
 *
 * @param {KeyboardEvent} event
 * @param {readonly HTMLElement[]} items
 * @param {number} columns
 */
export function rove(event, items, columns) {
  const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -at, End: items.length - 1 - at };
  if (at < 0 || (items[at] === clicked && !clicked.closest("dialog")) || !(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  const target = items[at + steps[/** @type {keyof typeof steps} */ (event.key)]];
  if (!target) return;
  for (const item of items) item.tabIndex = item === target ? 0 : -1;
  target.focus();
}
