/** The keys of the page; those of the theme and of adding up are with what they do. */

import { forth, play, restart, seek } from "../../state/race-orders.js";
import { netNamed, race, see, stepShown, view } from "../../state/race.js";

const LAYERS = ["conv_1", "conv_2", "conv_3"];

/** @param {number} by */
function turnFilter(by) {
  const { net, layer, filter, unit } = view.value;
  const of = netNamed(net);
  const count = of?.layers[of.kind === "cnn" ? layer : "dense_1"]?.[0] ?? 1;
  if (of?.kind === "mlp") see({ unit: (unit + by + count) % count });
  else see({ filter: (filter + by + count) % count });
}

const nextLayer = () => LAYERS[(LAYERS.indexOf(view.value.layer) + 1) % LAYERS.length] ?? "conv_1";

/** @type {Record<string, () => unknown>} */
export const raceKeys = {
  " ": () => void play(),
  ArrowLeft: () => seek(stepShown() - 1),
  ArrowRight: () => forth(),
  "Shift+ArrowLeft": () => seek(stepShown() - 10),
  "Shift+ArrowRight": () => seek(stepShown() + 10),
  ArrowUp: () => turnFilter(-1),
  ArrowDown: () => turnFilter(1),
  Home: () => seek(0),
  End: () => seek(race.value?.step ?? 0),
  r: () => restart(),
  l: () => see({ layer: nextLayer(), filter: 0, channel: 0, row: 1, column: 1 }),
  s: () => see({ left: view.value.left === "loss" ? "shift" : "loss" }),
};
