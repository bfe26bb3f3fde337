/** The camera of the own classes: a mirrored preview, and single frames. */

import { openStream, refused, stopStream } from "../../widgets/media.js";

/** Shorter side of a frame that is sent. */
const SIDE = 160;

export class OwnCamera {
  /** @type {MediaStream | null} */
  #stream = null;
  #video;
  #say;

  /**
   * @param {HTMLVideoElement} video
   * @param {(words: string, again: boolean) => void} say
   */
  constructor(video, say) {
    this.#video = video;
    this.#say = say;
  }

  get on() {
    return this.#stream !== null;
  }

  async start() {
    this.stop();
    this.#say("Waiting for the camera\u2026", false);
    try {
      this.#stream = await openStream({ video: { facingMode: "environment", width: { ideal: 640 }, height: { ideal: 480 } } });
      this.#video.srcObject = this.#stream;
      await this.#video.play();
      this.#say("", false);
    } catch (error) {
      this.stop();
      const { message, again } = refused(error, "camera");
      this.#say(message, again);
    }
  }

  stop() {
    stopStream(this.#stream);
    this.#stream = null;
    this.#video.srcObject = null;
  }

  /** @returns {Promise<{blob: Blob, canvas: HTMLCanvasElement} | null>} What the camera sees now. */
  async frame() {
    if (!this.#stream || !this.#video.videoWidth) return null;
    return frameOf(this.#video, this.#video.videoWidth, this.#video.videoHeight);
  }
}

/**
 * A picture made small, and smaller still to be shown in its class.
 *
 * @param {CanvasImageSource} source
 * @param {number} width
 * @param {number} height
 */
export async function frameOf(source, width, height) {
  const scale = Math.min(1, SIDE / Math.min(width, height));
  const whole = document.createElement("canvas");
  [whole.width, whole.height] = [Math.round(width * scale), Math.round(height * scale)];
  whole.getContext("2d")?.drawImage(source, 0, 0, whole.width, whole.height);
  const canvas = middleOf(whole);
  const blob = await new Promise((/** @type {(blob: Blob | null) => void} */ resolve) => whole.toBlob(resolve, "image/jpeg", 0.95));
  return blob && { blob, canvas };
}

/** @param {HTMLCanvasElement | ImageBitmap} whole Its middle, small. */
function middleOf(whole) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 44;
  const side = Math.min(whole.width, whole.height);
  canvas.getContext("2d")?.drawImage(whole, (whole.width - side) / 2, (whole.height - side) / 2, side, side, 0, 0, 44, 44);
  return canvas;
}

/** A picture that comes back from the server. @param {Blob} blob */
export async function smallOf(blob) {
  const whole = await createImageBitmap(blob);
  const canvas = middleOf(whole);
  whole.close();
  return canvas;
}

/** @param {Blob} file @returns {Promise<{blob: Blob, canvas: HTMLCanvasElement} | null>} null: no picture that this browser reads. */
export async function frameOfFile(file) {
  try {
    const whole = await createImageBitmap(file);
    const made = await frameOf(whole, whole.width, whole.height);
    whole.close();
    return made;
  } catch {
    return null;
  }
}
