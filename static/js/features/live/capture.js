/** Pictures of a video, as the network gets them, and what passed as files. */

/** @import { Frame, Grab } from "../../state/live.js" */

import { wavFile } from "../../geometry/sound.js";
import { rgbOf } from "../../state/passing.js";

/**
 * The largest centred part of what a video shows now that has the network's proportions, in just its size.
 *
 * @param {HTMLVideoElement} video
 * @param {() => boolean} mirrored
 * @returns {Grab}
 */
export function grabber(video, mirrored) {
  const canvas = new OffscreenCanvas(1, 1);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true, alpha: false }));
  return ({ width, height }) => {
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const scale = Math.max(width / video.videoWidth, height / video.videoHeight);
    const [across, down] = [width / scale, height / scale];
    context.imageSmoothingQuality = "high";
    context.setTransform(mirrored() ? -1 : 1, 0, 0, 1, mirrored() ? width : 0, 0);
    context.drawImage(video, (video.videoWidth - across) / 2, (video.videoHeight - down) / 2, across, down, 0, 0, width, height);
    return { pixels: rgbOf(context.getImageData(0, 0, width, height).data) };
  };
}

/**
 * A frame as a picture again.
 *
 * @param {{ width: number, height: number, pixels: Uint8Array }} frame
 * @returns {ImageData}
 */
export function imageOf({ width, height, pixels }) {
  const image = new ImageData(width, height);
  const { data } = image;
  for (let from = 0, to = 0; from < pixels.length; from += 3, to += 4) {
    data[to] = pixels[from] ?? 0;
    data[to + 1] = pixels[from + 1] ?? 0;
    data[to + 2] = pixels[from + 2] ?? 0;
    data[to + 3] = 255;
  }
  return image;
}

/**
 * A frame as a file that holds exactly its pixels.
 *
 * @param {{ width: number, height: number, pixels: Uint8Array }} frame
 */
export function pngOf(frame) {
  const canvas = new OffscreenCanvas(frame.width, frame.height);
  canvas.getContext("2d", { willReadFrequently: true })?.putImageData(imageOf(frame), 0, 0);
  return canvas.convertToBlob({ type: "image/png" });
}

/**
 * A second as a sound, anything else as a picture.
 *
 * @param {Frame} frame
 */
export const fileOf = async (frame) => (frame.samples ? new Blob([wavFile(frame.samples)], { type: "audio/wav" }) : pngOf(frame));
