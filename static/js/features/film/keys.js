/** The keys of the whole page that move through layers, channels and pixels. */

import { ROWS } from "../../geometry/layout.js";
import { channelOrder } from "../../state/scene.js";
import { climb, selectChannel, selectPixel, stepChannel, stepLayer, view } from "../../state/view.js";

/** @import { Player } from "../../state/playback.js" */
/** @import { LayerSource } from "../../state/sources.js" */

/** Where a key has a meaning of its own. */
const TAKEN = "input, textarea, select, dialog, [contenteditable], [role=option]:not([data-cell]), [role=menu]";
const PRESSES = "button, a, summary, [role=button]";
/** The chosen one of a row of buttons: pressing it again would do nothing. */
const CHOSEN = ".seg [aria-pressed=true]";

/**
 * @param {Player} player
 * @param {LayerSource} source
 * @param {AbortSignal} signal
 */
export function listenToKeys(player, source, signal) {
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !source.model.value) return;
      const target = event.target instanceof Element ? event.target : document.body;
      if (target.closest(TAKEN) || document.querySelector("dialog[open]")) return;
      const chosen = event.key === " " && target.matches(CHOSEN);
      if ((event.key === " " || event.key === "Enter") && !chosen && target.closest(PRESSES)) return;
      const action = event.shiftKey ? pixelAction(source, event.key) : pageAction(source, event.key, player);
      if (!action) return;
      event.preventDefault();
      action();
      keepFocus(target);
    },
    { signal },
  );
}

/**
 * @param {LayerSource} source
 * @param {string} key
 * @param {Player} player
 * @returns {(() => void) | undefined}
 */
function pageAction(source, key, player) {
  const model = source.model.value;
  /** @type {Record<string, () => void>} */
  const actions = {
    ArrowLeft: () => stepLayer(model, -1),
    ArrowRight: () => stepLayer(model, 1),
    ArrowUp: () => stepMap(source, -1),
    ArrowDown: () => stepMap(source, 1),
    Home: () => stepLayer(model, -Infinity),
    End: () => stepLayer(model, Infinity),
    " ": () => player.toggle(),
    ",": () => player.step(-1),
    ".": () => player.step(1),
    Escape: () => void (climb(model) || (view.layout.value = view.layout.value === "lens" ? "even" : "lens")),
  };
  return actions[key];
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
 * @param {string} key
 * @returns {(() => void) | undefined}
 */
function pixelAction({ model }, key) {
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
  if (!step) return undefined;
  const { node, channel, y, x } = view.selection.value;
  return () => selectPixel(model.value, { node, channel, y: y + (step[0] ?? 0), x: x + (step[1] ?? 0) });
}

/**
 * When the focus was on a map, it moves on to the map that is selected now.
 *
 * @param {Element} target
 */
function keepFocus(target) {
  const strip = target.closest("network-strip");
  if (strip && target.matches("[data-cell]")) strip.dispatchEvent(new CustomEvent("follow-focus"));
}
