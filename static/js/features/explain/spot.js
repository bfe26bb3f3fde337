import { explain, mapSize, pointAt } from "../../state/explain.js";
import { h, setStyle } from "../../widgets/dom.js";

/**
 * The ring around the chosen pixel, over something that shows the whole map; moving over it chooses another.
 *
 * @param {HTMLElement} over
 * @param {AbortSignal} signal
 */
export function withSpot(over, signal) {
  const ring = h("i", { class: "spot", "aria-hidden": "true" });
  over.append(ring);
  const paint = () => {
    const { height, width } = mapSize();
    setStyle(over, "aspect-ratio", `${width} / ${height}`);
    const { y, x } = explain.pixel.value;
    setStyle(ring, "left", `${(100 * x) / width}%`);
    setStyle(ring, "top", `${(100 * y) / height}%`);
    setStyle(ring, "width", `${100 / width}%`);
    setStyle(ring, "height", `${100 / height}%`);
  };
  explain.pixel.subscribe(paint, { signal });
  explain.question.subscribe(paint, { signal });
  over.addEventListener(
    "pointermove",
    (event) => {
      const box = over.getBoundingClientRect();
      const { height, width } = mapSize();
      pointAt(Math.floor(((event.clientY - box.top) / box.height) * height), Math.floor(((event.clientX - box.left) / box.width) * width));
    },
    { signal },
  );
}
