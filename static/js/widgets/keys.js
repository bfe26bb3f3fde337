/** What may hold a key back from the page: places where it types, and anything modal. */
const BUSY = "input, textarea, select, dialog[open], [role=listbox]:not(.strip-maps)";

/**
 * Whether this is one of the page's single-letter keys, pressed alone and not into a field.
 *
 * @param {KeyboardEvent} event
 * @param {string} key
 * @returns {boolean}
 */
export function isPlainKey(event, key) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.repeat) return false;
  if (event.key.toLowerCase() !== key) return false;
  return !document.querySelector("dialog[open]") && !(event.target instanceof Element && event.target.closest(BUSY));
}

/**
 * Roving tabindex: the arrow keys move the focus in a grid of buttons, Tab leaves it.
 *
 * @param {KeyboardEvent} event
 * @param {readonly HTMLElement[]} items
 * @param {number} columns
 */
export function rove(event, items, columns) {
  const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -at, End: items.length - 1 - at };
  if (at < 0 || !(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  const target = items[at + steps[/** @type {keyof typeof steps} */ (event.key)]];
  if (!target) return;
  for (const item of items) item.tabIndex = item === target ? 0 : -1;
  target.focus();
}
