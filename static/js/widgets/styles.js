/** @type {Map<string, Promise<void>>} */
const sheets = new Map();

/**
 * A style sheet that the page does not open with: what it is for is shown once it is here, or cannot be had.
 *
 * @param {string} name Of a file in css/.
 * @returns {Promise<void>}
 */
export function styles(name) {
  const known = sheets.get(name);
  if (known) return known;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = `/static/css/${name}.css`;
  const there = /** @type {Promise<void>} */ (new Promise((resolve) => {
    link.onload = link.onerror = () => resolve();
  }));
  sheets.set(name, there);
  document.head.append(link);
  return there;
}
