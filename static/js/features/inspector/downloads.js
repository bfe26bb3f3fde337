/** Saving what is on the screen as pictures with their legend; fetched when it is first asked for. */

import { legendImage, paint } from "../../draw/colormap.js";
import { plane } from "../../draw/tensor.js";
import { brief } from "../../geometry/scale.js";
import { paletteOf } from "../../state/scene.js";
import { view } from "../../state/view.js";
import { saveFile } from "../../widgets/save-file.js";

/** @import { Palette } from "../../state/scene.js" */
/** @import { LayerSource } from "../../state/sources.js" */
/** @import { Activation } from "../../state/types.js" */

/** Pixels: the longer side of a saved map at least, of a map on a contact sheet, between them, of the legend. */
const LEAST = 512;
const TILE = 128;
const GAP = 8;
const LABEL = 16;
const LEGEND = 56;
/** A canvas may not be larger than this on any side. */
const LARGEST = 16_000;

/**
 * Save one map as PNG, every value a square of whole pixels, with its colours' meaning below.
 *
 * @param {Activation} activation
 * @param {number} channel
 */
export async function savePng(activation, channel) {
  const small = mapPicture(activation, channel);
  const zoom = Math.max(1, Math.ceil(LEAST / Math.max(small.width, small.height)));
  const [width, height] = [small.width * zoom * (activation.shape.length > 1 ? 1 : 32), small.height * zoom];
  const { canvas, context } = sheet(Math.max(width, 256), height + LEGEND);
  context.drawImage(small, 0, 0, width, height);
  const spatial = activation.shape.length > 1;
  const title = `${activation.node}${spatial ? `, channel ${channel}` : ""}`;
  drawLegend(context, paletteOf(activation, channel), title, height);
  const name = spatial ? `${activation.node}-${channel}.png` : `${activation.node}.png`;
  saveFile(await canvas.convertToBlob({ type: "image/png" }), name);
}

/**
 * Save all maps of a layer on one sheet.
 *
 * @param {LayerSource} source
 * @param {Activation} layer
 */
export async function saveContactSheet(source, layer) {
  const activation = await source.whole(layer);
  const [channels = 1, rows = 1, columns = 1] = activation.shape;
  const zoom = Math.max(1, Math.floor(TILE / Math.max(rows, columns)));
  const [width, height] = [columns * zoom + GAP, rows * zoom + LABEL + GAP];
  const across = Math.min(channels, Math.max(2, Math.ceil(Math.sqrt((channels * height) / width))));
  const down = Math.min(Math.ceil(channels / across), Math.floor((LARGEST - LEGEND) / height));
  const { canvas, context, ink } = sheet(Math.max(256, across * width + GAP), down * height + GAP + LEGEND);
  for (let channel = 0; channel < Math.min(channels, across * down); channel += 1) {
    const [x, y] = [GAP + (channel % across) * width, GAP + Math.floor(channel / across) * height];
    const { scale } = paletteOf(activation, channel);
    const own = view.scaling.value === "map" ? `  ${brief(scale.low)} … ${brief(scale.high)}` : "";
    context.drawImage(mapPicture(activation, channel), x, y + LABEL, columns * zoom, rows * zoom);
    context.fillStyle = ink;
    context.fillText(`${channel}${own}`, x, y + LABEL - 4);
  }
  const palette = view.scaling.value === "map" ? null : paletteOf(activation, 0);
  drawLegend(context, palette, `${activation.node}, ${channels} maps`, down * height + GAP);
  saveFile(await canvas.convertToBlob({ type: "image/png" }), `${activation.node}-sheet.png`);
}

/**
 * One pixel a value.
 *
 * @param {Activation} activation
 * @param {number} channel
 */
function mapPicture(activation, channel) {
  const [length = 1, rows, columns] = activation.shape;
  const spatial = rows !== undefined;
  const [width, height] = spatial ? [columns ?? 1, rows] : [1, length];
  const { scale, map } = paletteOf(activation, channel);
  const canvas = new OffscreenCanvas(width, height);
  const values = spatial ? plane(activation, channel) : activation.data;
  canvas.getContext("2d")?.putImageData(paint(values, width, height, scale, map), 0, 0);
  return canvas;
}

/**
 * @param {number} width
 * @param {number} height
 */
function sheet(width, height) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("the browser has no memory for this picture");
  const style = getComputedStyle(document.body);
  const ink = style.color;
  context.fillStyle = style.backgroundColor;
  context.fillRect(0, 0, width, height);
  context.font = `12px ${style.fontFamily}`;
  context.fillStyle = ink;
  context.imageSmoothingEnabled = false;
  return { canvas, context, ink };
}

/**
 * @param {OffscreenCanvasRenderingContext2D} context
 * @param {Palette | null} palette null where every map has a range of its own, written beside it.
 * @param {string} title
 * @param {number} top
 */
function drawLegend(context, palette, title, top) {
  context.fillText(title, GAP, top + 18);
  if (!palette) return;
  const { scale, map } = palette;
  const image = legendImage(map, 240);
  for (let line = 0; line < 8; line += 1) context.putImageData(image, GAP, top + 26 + line);
  const at = (/** @type {CanvasTextAlign} */ side, /** @type {number} */ value, /** @type {number} */ x) => {
    context.textAlign = side;
    context.fillText(brief(value), x, top + 48);
  };
  at("left", scale.low, GAP);
  if (scale.low < 0 && scale.high > 0) at("center", 0, GAP + (240 * -scale.low) / (scale.high - scale.low));
  at("right", scale.high, GAP + 240);
  context.textAlign = "left";
}
