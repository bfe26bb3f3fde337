/** The keys of the page of a run. */

import { chooseRunLayer, layerShown, run, seekKept, turnKept, turnRunFilter } from "../../state/training-run.js";

function nextLayer() {
  const layers = Object.keys(run.value?.layers ?? {});
  chooseRunLayer(layers[(layers.indexOf(layerShown()) + 1) % layers.length] ?? "");
}

/** @type {Record<string, () => unknown>} */
export const trainedKeys = {
  ArrowLeft: () => turnKept(-1),
  ArrowRight: () => turnKept(1),
  ArrowUp: () => turnRunFilter(-1),
  ArrowDown: () => turnRunFilter(1),
  Home: () => seekKept(0),
  End: () => seekKept(run.value?.kept.at(-1) ?? 0),
  l: nextLayer,
};
