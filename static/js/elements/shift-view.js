/**
 * Call back once, when an element comes near the window.
 *
 * @param {Element} element
 * @param {() => void} seen
 * @param {AbortSignal} signal
 */
export function whenInView(element, seen, signal) {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      seen();
    },
    { rootMargin: "100px" },
  );
  observer.observe(element);
  signal.addEventListener("abort", () => observer.disconnect());
}
