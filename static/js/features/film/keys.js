/** The keys that move through layers, channels and pixels, and run the forward pass. */

import { stepShown } from "../../state/scene.js";
import { climb, selectPixel, stepLayer, view } from "../../state/view.js";
import { onKeys } from "../../widgets/keys.js";

/** @import { Player } from "../../state/playback.js" */
/** @import { LayerSource } from "../../state/sources.js" */

/**
 * @param {Player} player
 * @param {LayerSource} source
 * @param {AbortSignal} signal
 */
export function listenToKeys(player, source, signal) {
  const { model } = source;
  const flip = () => (view.layout.value = view.layout.value === "lens" ? "even" : "lens");
  const pixel = (/** @type {number} */ down, /** @type {number} */ right) => () => stepPixel(source, down, right);
  /** @type {[says: string, acts: Record<string, () => void>][]} */
  const lines = [
    ["Play the forward pass, or pause", { " ": () => player.toggle() }],
    ["Layer before, after", { ArrowLeft: () => stepLayer(model.value, -1), ArrowRight: () => stepLayer(model.value, 1) }],
    ["First, last layer", { Home: () => stepLayer(model.value, -Infinity), End: () => stepLayer(model.value, Infinity) }],
    ["Map before, after", { ArrowUp: () => stepShown(source, -1), ArrowDown: () => stepShown(source, 1) }],
    ["Move the pixel", { "Shift+ArrowLeft": pixel(0, -1), "Shift+ArrowRight": pixel(0, 1), "Shift+ArrowUp": pixel(-1, 0), "Shift+ArrowDown": pixel(1, 0) }],
    ["Window one step back, forth", { ",": () => player.step(-1), ".": () => player.step(1) }],
    ["Back to where you came from, or all layers alike", { Escape: () => void (player.skip() || climb(model.value) || flip()) }],
  ];
  const once = (/** @type {() => void} */ act) => () => {
    if (!model.value) return false;
    act();
    return keepFocus();
  };
  for (const [says, acts] of lines) onKeys(Object.fromEntries(Object.entries(acts).map(([name, act]) => [name, [says, once(act)]])), signal);
}

/**
 * @param {LayerSource} source
 * @param {number} down
 * @param {number} right
 */
function stepPixel({ model }, down, right) {
  const { y, x } = view.selection.value;
  selectPixel(model.value, { ...view.selection.value, y: y + down, x: x + right });
}

/** When the focus is on a map, it moves on to the map that is selected now. */
function keepFocus() {
  const cell = document.activeElement;
  if (cell?.matches("[data-cell]")) cell.closest("network-strip")?.dispatchEvent(new CustomEvent("follow-focus"));
}
