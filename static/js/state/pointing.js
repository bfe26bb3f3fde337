/** What the pointer says of the picture, wherever it is shown. */

import { sliding } from "./playback.js";
import { nodeNamed } from "./scene.js";
import { nearestPixel } from "./selection.js";
import { view } from "./view.js";

/** @import { ModelDetail } from "../api/client.js" */
/** @import { Pixel } from "./types.js" */

/** Nothing is pointed at any more. */
export function pointAway() {
  view.hover.value = null;
  view.probe.value = null;
}

/**
 * A pixel is pointed at: the nearest one of the selected layer becomes current.
 *
 * @param {ModelDetail | null} model
 * @param {Pixel} pixel
 */
export function pointAt(model, pixel) {
  const now = view.hover.value;
  const same =
    now && now.node === pixel.node && now.channel === pixel.channel && now.y === pixel.y && now.x === pixel.x;
  if (same) return;
  view.hover.value = pixel;
  const { selection } = view;
  const target = nodeNamed(model, selection.value.node);
  const origin = nodeNamed(model, pixel.node);
  view.probe.value = origin?.kind === "input" ? { y: pixel.y, x: pixel.x } : null;
  if (!target || !origin || sliding() || origin.output_shape.length < 3 || target.output_shape.length < 3)
    return;
  const place = nearestPixel(origin, target, pixel);
  const { y, x } = selection.value;
  if (place.y !== y || place.x !== x) selection.value = { ...selection.value, ...place };
}
