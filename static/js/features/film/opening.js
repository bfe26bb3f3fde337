import { still } from "../../state/playback.js";
import { effect } from "../../state/store.js";

/** @import { Player } from "../../state/playback.js" */
/** @import { StepBar } from "./step-bar.js" */

const KEY = "convscope.played";

/** @returns {boolean} Whether it was the first time to ask. */
function first() {
  try {
    if (localStorage.getItem(KEY)) return false;
    localStorage.setItem(KEY, "1");
  } catch {
    // Without storage every visit is the first.
  }
  return true;
}

/**
 * On a first visit the pass plays once, from the first layer to the answer, as soon as all of it is there.
 *
 * @param {StepBar} bar
 * @param {Player} player
 * @param {AbortSignal} signal
 */
export function playOnce(bar, player, signal) {
  if (still() || !first()) return;
  const { shown, status } = bar.subject;
  const ended = new AbortController();
  signal.addEventListener("abort", () => ended.abort());
  const begin = () => {
    if (!shown.value?.complete || status.value !== "ready") return;
    ended.abort();
    player.playAlone();
  };
  effect([shown, status], begin, { signal: ended.signal });
  bar.addEventListener("skip-film", () => player.skip(), { signal });
}
