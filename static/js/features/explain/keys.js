import { STEPS, explain, pointAt, seek, stepMethod } from "../../state/explain.js";
import { onKeys } from "../../widgets/keys.js";
import { togglePlaying } from "./explain-film.js";

/** Tiles in a row, for the keys up and down. */
const ROW = 5;

/**
 * The page's keys: arrows choose a method, with Shift a pixel; Space plays, comma and full stop step.
 *
 * @param {() => boolean} here  Whether this half of the page is on screen.
 * @param {AbortSignal} [signal]
 */
export function listenToKeys(here, signal) {
  const act = (/** @type {(event: KeyboardEvent) => void} */ does) => (/** @type {KeyboardEvent} */ event) => (here() ? does(event) : false);
  const move = (/** @type {number} */ down, /** @type {number} */ right) => () => pointAt(explain.pixel.value.y + down, explain.pixel.value.x + right);
  const step = (/** @type {number} */ by) => () => seek(explain.at.value + by);
  // on the film itself the arrows step through it
  const beside = (/** @type {number} */ by) => (/** @type {KeyboardEvent} */ event) =>
    event.target instanceof Element && event.target.closest(".reel") ? step(by)() : stepMethod(by);
  /** @type {[says: string, keys: Record<string, (event: KeyboardEvent) => void>][]} */
  const keys = [
    ["Method to the left, right, above, below", { ArrowLeft: beside(-1), ArrowRight: beside(1), ArrowUp: () => stepMethod(-ROW), ArrowDown: () => stepMethod(ROW) }],
    ["Move the pixel", { "Shift+ArrowLeft": move(0, -1), "Shift+ArrowRight": move(0, 1), "Shift+ArrowUp": move(-1, 0), "Shift+ArrowDown": move(1, 0) }],
    ["Step of the film before, after", { ",": step(-1), ".": step(1) }],
    ["First, last step of the film", { Home: () => seek(0), End: () => seek(STEPS) }],
    ["Play the film", { " ": togglePlaying }],
    ["Remove pixels, or put them in", { r: () => void (explain.film.value = explain.film.value === "deletion" ? "insertion" : "deletion") }],
  ];
  for (const [says, all] of keys) onKeys(Object.fromEntries(Object.entries(all).map(([name, does]) => [name, [says, act(does)]])), signal);
}
