/** The keys of the whole page that move through layers, channels and pixels. */

import { ROWS } from "../../geometry/layout.js";
import { channelOrder, layerOnScreen } from "../../state/scene.js";
import { climb, selectChannel, selectPixel, session, stepChannel, stepLayer } from "../../state/session.js";

/** @import { Player } from "../../state/playback.js" */

/** Where a key has a meaning of its own. */
const TAKEN = "input, textarea, select, dialog, [contenteditable], [role=option]:not([data-cell]), [role=menu]";
const PRESSES = "button, a, summary, [role=button]";
/** The chosen one of a row of buttons: pressing it again would do nothing. */
const CHOSEN = ".seg [aria-pressed=true]";

/**
 * @param {Player} player
 * @param {AbortSignal} signal
 */
export function listenToKeys(player, signal) {
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !session.model.value) return;
      const target = event.target instanceof Element ? event.target : document.body;
      if (target.closest(TAKEN) || document.querySelector("dialog[open]")) return;
      const chosen = event.key === " " && target.matches(CHOSEN);
      if ((event.key === " " || event.key === "Enter") && !chosen && target.closest(PRESSES)) return;
      const action = event.shiftKey ? pixelAction(event.key) : pageAction(event.key, player);
      if (!action) return;
      event.preventDefault();
      action();
      keepFocus(target);
    },
    { signal },
  );
}

/**
 * @param {string} key
 * @param {Player} player
 * @returns {(() => void) | undefined}
 */
function pageAction(key, player) {
  /** @type {Record<string, () => void>} */
  const actions = {
    ArrowLeft: () => stepLayer(-1),
    ArrowRight: () => stepLayer(1),
    ArrowUp: () => stepMap(-1),
    ArrowDown: () => stepMap(1),
    Home: () => stepLayer(-Infinity),
    End: () => stepLayer(Infinity),
    " ": () => player.toggle(),
    ",": () => player.step(-1),
    ".": () => player.step(1),
    Escape: () => void (climb() || (session.layout.value = session.layout.value === "lens" ? "even" : "lens")),
  };
  return actions[key];
}

/**
 * The next or previous map, in the order in which the sheet shows them.
 *
 * @param {1 | -1} by
 */
function stepMap(by) {
  const { node, channel } = session.selection.value;
  const layer = layerOnScreen(node);
  const order = layer && layer.activation.shape.length > 1 ? channelOrder(layer.activation) : null;
  if (!order || order.length <= ROWS) return stepChannel(by);
  selectChannel(order[(order.indexOf(channel) + by + order.length) % order.length] ?? channel);
}

/**
 * @param {string} key
 * @returns {(() => void) | undefined}
 */
function pixelAction(key) {
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
  if (!step) return undefined;
  const { node, channel, y, x } = session.selection.value;
  return () => selectPixel(node, channel, y + (step[0] ?? 0), x + (step[1] ?? 0));
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
