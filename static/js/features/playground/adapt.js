/** Keeping the playground's choices possible when model and photo change, and filling in weights that arrive. */

import { adapt, isTrained, playground, START, trainedIndex } from "../../state/playground.js";
import { planesOf } from "./photo.js";
import { filterCount, trainedCells } from "./trained.js";

/** @import { ModelDetail, NodeDetail } from "../../api/client.js" */
/** @import { Photo } from "./photo.js" */

/** The model whose weights are in the cells. */
let filledFrom = "";

/**
 * @param {ModelDetail | null} model
 * @param {NodeDetail | null} node Its first convolution, if its filters can be had.
 * @param {Photo | null} photo
 * @param {() => void} arrived
 */
export function adaptToModel(model, node, photo, arrived) {
  if (!model || !photo) return;
  const [first = "grey", ...others] = planesOf(photo, isTrained(playground.value));
  const { plane } = playground.value;
  if (plane !== first && !others.includes(plane)) {
    adapt(isTrained(playground.value) ? { plane: first, cells: [], edited: false } : { plane: first });
  }
  if (!isTrained(playground.value) || playground.value.edited) return;
  if (!node) {
    const { kernel, cells, size, bias, plane: grey } = START;
    adapt({ kernel, cells, size, bias, plane: grey });
    return;
  }
  if (filledFrom !== model.id) adapt({ cells: [] });
  if (playground.value.cells.length) return;
  const index = Math.min(trainedIndex(playground.value), filterCount(node) - 1);
  const weights = trainedCells(model, node, index, playground.value.plane, arrived);
  if (!weights) return;
  filledFrom = model.id;
  adapt({ ...weights, kernel: `trained-${index}` });
}
