/** The keys of the whole page that move through layers, channels and pixels. */

import { selectPixel, session } from "../state/session.js";
import { stepChannel } from "./layer-inspector.js";
import { stepLayer } from "./transport.js";

/** @import { Player } from "./playback.js" */

/** Where a key has a meaning of its own. */
const TAKEN = "input, textarea, select, dialog, [contenteditable], [role=option]:not([data-cell]), [role=menu]";
const PRESSES = "button, a, summary, [role=button]";

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
      if ((event.key === " " || event.key === "Enter") && target.closest(PRESSES)) return;
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
  const move = (/** @type {() => void} */ action) => () => {
    player.pause();
    action();
  };
  /** @type {Record<string, () => void>} */
  const actions = {
    ArrowLeft: move(() => stepLayer(-1)),
    ArrowRight: move(() => stepLayer(1)),
    ArrowUp: move(() => stepChannel(-1)),
    ArrowDown: move(() => stepChannel(1)),
    Home: move(() => stepLayer(-Infinity)),
    End: move(() => stepLayer(Infinity)),
    " ": () => player.toggle(),
    Escape: () => (session.layout.value = session.layout.value === "lens" ? "even" : "lens"),
  };
  return actions[key];
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
