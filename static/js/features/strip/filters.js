/** The kernels of a layer, which the sheet may show instead of its maps. */

import { colormap } from "../../draw/colormap.js";
import { kernelPhoto, kernelSlice, largestWeight } from "../../draw/kernels.js";
import { parameter } from "../../state/parameters.js";
import { currentTheme } from "../../state/scene.js";
import { view } from "../../state/view.js";
import { readsPhoto } from "./sheet.js";

/** @import { Palette } from "../../state/scene.js" */
/** @import { StripColumn } from "./column.js" */

/**
 * @typedef {object} Filters
 * @property {boolean} photo In red, green and blue.
 * @property {Palette} palette
 * @property {{width: number, height: number}} size
 * @property {(output: number) => ImageData | Float32Array} of The picture of one filter, or the values of its slice.
 */

/**
 * @param {StripColumn} column
 * @param {() => void} arrived
 * @returns {Filters | null} null while they are on their way.
 */
export function filtersOf(column, arrived) {
  const found = parameter(column.model.id, `${column.node.name}.weight`, arrived);
  if (!found || !(found.data instanceof Float32Array)) return null;
  const weights = { shape: found.shape, data: found.data };
  const [, depth = 1, height = 1, width = 1] = weights.shape;
  const photo = readsPhoto(column);
  const most = largestWeight(weights);
  const slice = Math.min(view.slice.value, depth - 1);
  return {
    photo,
    palette: { scale: { low: -most, high: most }, map: colormap(photo ? "grey" : "diverging", currentTheme()) },
    size: { width, height },
    of: (output) => (photo ? kernelPhoto(weights, output) : kernelSlice(weights, output, slice)),
  };
}
