/** What the pointer says of the picture, wherever it is shown. */

import { sliding } from "./playback.js";
import { selectedNode } from "./scene.js";
import { nearestPixel } from "./selection.js";
import { session } from "./session.js";

/** @import { Pixel } from "./types.js" */

/** Nothing is pointed at any more. */
export function pointAway() {
  session.hover.value = null;
  session.probe.value = null;
}

/**
 * A pixel is pointed at: the nearest one of the selected layer becomes current.
 *
 * @param {Pixel} pixel
 */
export function pointAt(pixel) {
  const now = session.hover.value;
  const same =
    now && now.node === pixel.node && now.channel === pixel.channel && now.y === pixel.y && now.x === pixel.x;
  if (same) return;
  session.hover.value = pixel;
  const { model, selection } = session;
  const target = selectedNode();
  const origin = model.value?.nodes.find((node) => node.name === pixel.node);
  session.probe.value = origin?.kind === "input" ? { y: pixel.y, x: pixel.x } : null;
  if (!target || !origin || sliding() || origin.output_shape.length < 3 || target.output_shape.length < 3)
    return;
  const place = nearestPixel(origin, target, pixel);
  const { y, x } = selection.value;
  if (place.y !== y || place.x !== x) selection.value = { ...selection.value, ...place };
}
