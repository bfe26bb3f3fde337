/** The keys of the page of a run. */

import { chooseRunLayer, layerShown, run, seekKept, turnKept, turnRunFilter } from "../../state/training-run.js";

/** @import { Key } from "../../widgets/keys.js" */

function nextLayer() {
  const layers = Object.keys(run.value?.layers ?? {});
  chooseRunLayer(layers[(layers.indexOf(layerShown()) + 1) % layers.length] ?? "");
}

const [KEPT, FILTER, ENDS] = ["Kept step before, after", "Filter before, after", "First, last kept step"];

/** @type {Record<string, Key>} */
export const trainedKeys = {
  ArrowLeft: [KEPT, () => turnKept(-1)],
  ArrowRight: [KEPT, () => turnKept(1)],
  ArrowUp: [FILTER, () => turnRunFilter(-1)],
  ArrowDown: [FILTER, () => turnRunFilter(1)],
  Home: [ENDS, () => seekKept(0)],
  End: [ENDS, () => seekKept(run.value?.kept.at(-1) ?? 0)],
  l: ["Next layer", nextLayer],
};
