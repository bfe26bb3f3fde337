/** The keys that move through layers, channels and pixels, and run the forward pass. */

import { ROWS } from "../../geometry/layout.js";
import { channelOrder } from "../../state/scene.js";
import { climb, selectChannel, selectPixel, stepChannel, stepLayer, view } from "../../state/view.js";
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
  /** @type {Record<string, () => void>} */
  const acts = {
    ArrowLeft: () => stepLayer(model.value, -1),
    ArrowRight: () => stepLayer(model.value, 1),
    ArrowUp: () => stepMap(source, -1),
    ArrowDown: () => stepMap(source, 1),
    Home: () => stepLayer(model.value, -Infinity),
    End: () => stepLayer(model.value, Infinity),
    " ": () => player.toggle(),
    ",": () => player.step(-1),
    ".": () => player.step(1),
    Escape: () => void (climb(model.value) || flip()),
    "Shift+ArrowUp": () => stepPixel(source, -1, 0),
    "Shift+ArrowDown": () => stepPixel(source, 1, 0),
    "Shift+ArrowLeft": () => stepPixel(source, 0, -1),
    "Shift+ArrowRight": () => stepPixel(source, 0, 1),
  };
  const once = (/** @type {() => void} */ act) => () => {
    if (!model.value) return false;
    act();
    return keepFocus();
  };
  onKeys(Object.fromEntries(Object.entries(acts).map(([name, act]) => [name, once(act)])), signal);
}

/**
 * The next or previous map, in the order in which the sheet shows them.
 *
 * @param {LayerSource} source
 * @param {1 | -1} by
 */
function stepMap(source, by) {
  const { node, channel } = view.selection.value;
  const layer = source.layer(node);
  const order = layer && layer.activation.shape.length > 1 ? channelOrder(layer.activation) : null;
  if (!order || order.length <= ROWS) return stepChannel(source.model.value, by);
  selectChannel(source.model.value, order[(order.indexOf(channel) + by + order.length) % order.length] ?? channel);
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
