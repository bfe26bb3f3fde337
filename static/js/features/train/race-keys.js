/** The keys of the page; those of the theme and of adding up are with what they do. */

import { forth, play, restart, seek } from "../../state/race-orders.js";
import { netNamed, race, see, stepShown, view } from "../../state/race.js";

/** @import { Key } from "../../widgets/keys.js" */

const [ONE, TEN, ENDS, FILTER] = ["One step back, forth", "Ten steps back, forth", "First, last step", "Filter before, after"];
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

/** @type {Record<string, Key>} */
export const raceKeys = {
  " ": ["Go on learning, or pause", () => void play()],
  ArrowLeft: [ONE, () => seek(stepShown() - 1)],
  ArrowRight: [ONE, () => forth()],
  "Shift+ArrowLeft": [TEN, () => seek(stepShown() - 10)],
  "Shift+ArrowRight": [TEN, () => seek(stepShown() + 10)],
  ArrowUp: [FILTER, () => turnFilter(-1)],
  ArrowDown: [FILTER, () => turnFilter(1)],
  Home: [ENDS, () => seek(0)],
  End: [ENDS, () => seek(race.value?.step ?? 0)],
  r: ["Begin anew", () => restart()],
  l: ["Next layer", () => see({ layer: nextLayer(), filter: 0, channel: 0, row: 1, column: 1 })],
  s: ["Loss, or accuracy under shifts", () => see({ left: view.value.left === "loss" ? "shift" : "loss" })],
};
