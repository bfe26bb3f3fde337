/** The keys of the page; those of the theme and of adding up are with what they do. */

import { forth, netNamed, play, race, restart, see, seek, stepShown, view } from "../../state/race.js";

/** Places that type, slide or open something over the page. */
const BUSY = "input:not([type=checkbox]), textarea, select, dialog[open]";

const LAYERS = ["conv_1", "conv_2", "conv_3"];

/** @param {number} by */
function turnFilter(by) {
  const { net, layer, filter, unit } = view.value;
  const of = netNamed(net);
  const count = of?.layers[of.kind === "cnn" ? layer : "dense_1"]?.[0] ?? 1;
  if (of?.kind === "mlp") see({ unit: (unit + by + count) % count });
  else see({ filter: (filter + by + count) % count });
}

/** @type {Record<string, (event: KeyboardEvent) => void>} */
const ACTIONS = {
  " ": () => void play(),
  ArrowLeft: ({ shiftKey }) => seek(stepShown() - (shiftKey ? 10 : 1)),
  ArrowRight: ({ shiftKey }) => (shiftKey ? seek(stepShown() + 10) : forth()),
  ArrowUp: () => turnFilter(-1),
  ArrowDown: () => turnFilter(1),
  Home: () => seek(0),
  End: () => seek(race.value?.step ?? 0),
  r: () => restart(),
  l: () => see({ layer: LAYERS[(LAYERS.indexOf(view.value.layer) + 1) % LAYERS.length] ?? "conv_1", filter: 0, channel: 0, row: 1, column: 1 }),
  s: () => see({ left: view.value.left === "loss" ? "shift" : "loss" }),
};

/** @param {KeyboardEvent} event */
export function raceKey(event) {
  const { target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !race.value) return;
  if (document.querySelector("dialog[open]") || !(target instanceof Element)) return;
  if (target.closest(BUSY) || (event.key === " " && target.closest("button, input"))) return;
  const action = ACTIONS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action) return;
  event.preventDefault();
  action(event);
}
