import { extent, mixesChannels } from "../geometry/graph.js";
import { rowsOf, ROWS } from "../geometry/layout.js";
import { session } from "../state/session.js";
import { followedChannels } from "./following.js";
import { channelOrder, layerOnScreen, strongestChannels } from "./scene.js";

/** @import { ModelDetail } from "../api/client.js" */
/** @import { ColumnSpec } from "../geometry/layout.js" */
/** @import { Place } from "../geometry/lanes.js" */
/** @import { StripColumn } from "./strip-column.js" */

/**
 * What the layout needs to know of a column. Of more than ten channels the strongest are shown, and the one that
 * the selected channel is connected with.
 *
 * @param {StripColumn} column
 * @param {ModelDetail} model
 * @param {Place | undefined} place
 * @param {ReadonlyMap<string, number>} numbers Of the columns by layer.
 * @returns {ColumnSpec}
 */
export function columnSpec(column, model, place, numbers) {
  const { node, form, channels } = column;
  const { height, width } = extent(node);
  const layer = layerOnScreen(node.name);
  const followed = followedChannels(model, session.selection.value).get(node.name);
  const chosen = node.name === session.selection.value.node;
  const always = followed === undefined ? [] : [followed];
  const rows = chosen && session.layout.value === "lens" ? ROWS : rowsOf(place);
  const first = Array.from({ length: Math.min(form === "barcode" ? ROWS : rows, channels) }, (_, channel) => channel);
  return {
    form,
    channels,
    order: layer && form === "maps" && channels > ROWS && chosen ? channelOrder(layer.activation) : null,
    shown: form === "barcode" || !layer ? first : strongestChannels(layer.activation, rows, always),
    aspect: width / height,
    mixes: mixesChannels(node),
    ribbons: column.view.ribbons === true,
    sources: node.inputs.flatMap((name) => numbers.get(name) ?? []),
    ...(place && { place }),
  };
}
