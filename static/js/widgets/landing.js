/** What a person does who wants to look elsewhere. */
const OWN_WAY = ["wheel", "touchstart", "pointerdown", "keydown"];

/**
 * Keep the part of the page that an address names where it was jumped to: parts above it that are out of view have
 * estimated heights, and others grow when their numbers come. Ends with the first touch of a person.
 *
 * @param {string} hash  As in `location.hash`.
 * @param {Iterable<Element>} parts  What has a height.
 */
export function landOn(hash, parts) {
  const target = hash.length > 1 && document.getElementById(hash.slice(1));
  if (!target) return;
  const ended = new AbortController();
  const heights = new ResizeObserver(() => target.scrollIntoView());
  for (const part of parts) heights.observe(part);
  for (const name of OWN_WAY) addEventListener(name, () => ended.abort(), { signal: ended.signal, capture: true, passive: true });
  ended.signal.addEventListener("abort", () => heights.disconnect());
}
