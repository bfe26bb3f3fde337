import { late } from "../api/client.js";

/** @type {Map<string, Promise<void>>} */
const sheets = new Map();

/**
 * A style sheet that the page does not open with: what it is for is shown once it is here, or cannot be had.
 * The page names them all and has none of them fetched before; the server alone knows their addresses.
 *
 * @param {string} name Of a file in css/.
 * @returns {Promise<void>}
 */
export function styles(name) {
  const there = sheets.get(name) ?? late(() => load(name)).catch(() => {});
  sheets.set(name, there);
  return there;
}

/**
 * By a new link in the place of the one that names it: one that has failed does not try again.
 *
 * @param {string} name
 * @returns {Promise<void>}
 */
const load = (name) =>
  new Promise((resolve, reject) => {
    const named = /** @type {HTMLLinkElement} */ (document.querySelector(`[data-sheet=${name}]`));
    const link = /** @type {HTMLLinkElement} */ (named.cloneNode());
    link.onload = () => resolve();
    link.onerror = reject;
    link.disabled = false;
    named.replaceWith(link);
  });
