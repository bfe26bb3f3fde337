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
  const known = sheets.get(name);
  if (known) return known;
  const link = /** @type {HTMLLinkElement | null} */ (document.querySelector(`link[data-sheet="${name}"]`));
  if (!link) throw new Error(`styles: wanted a sheet that the page names, got ${name}`);
  const there = /** @type {Promise<void>} */ (new Promise((resolve) => {
    link.onload = link.onerror = () => resolve();
  }));
  sheets.set(name, there);
  link.disabled = false;
  return there;
}
