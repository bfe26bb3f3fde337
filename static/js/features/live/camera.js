/** A camera that is watched: it runs only while it is. */

import { openStream, stopStream } from "../../widgets/media.js";

const RATE = { ideal: 30 };

export class Camera {
  video = document.createElement("video");
  /** @type {MediaStream | null} */
  #stream = null;
  /** Counts openings: what an older one brings is not wanted any more. */
  #turn = 0;
  #onFrame;
  #onLost;

  /**
   * @param {(time: number) => void} onFrame  A frame has come, taken at that time.
   * @param {() => void} onLost  It was unplugged, or taken away.
   */
  constructor(onFrame, onLost) {
    this.#onFrame = onFrame;
    this.#onLost = onLost;
    this.video.muted = this.video.playsInline = true;
  }

  /** The one that runs. */
  get device() {
    return this.#stream?.getVideoTracks()[0]?.getSettings().deviceId ?? "";
  }

  /**
   * @param {string} device  Empty: whichever the browser likes best.
   * @param {number} height  As many rows do.
   * @returns {Promise<boolean>}  False where it is not wanted any more. Rejected with MediaRefused.
   */
  async open(device, height) {
    this.close();
    const turn = this.#turn;
    const stream = await openStream({ video: { ...(device ? { deviceId: { exact: device } } : { facingMode: "user" }), height: { ideal: height }, frameRate: RATE } });
    if (turn !== this.#turn) {
      stopStream(stream);
      return false;
    }
    this.#stream = stream;
    for (const track of stream.getTracks()) track.addEventListener("ended", () => turn === this.#turn && this.#onLost());
    this.video.srcObject = stream;
    await this.video.play();
    this.#follow(turn);
    return turn === this.#turn;
  }

  /** @param {number} turn */
  #follow(turn) {
    this.video.requestVideoFrameCallback((now, { captureTime }) => {
      if (turn !== this.#turn) return;
      this.#onFrame(captureTime ?? now);
      this.#follow(turn);
    });
  }

  /** Let go of it. */
  close() {
    this.#turn += 1;
    stopStream(this.#stream);
    this.#stream = null;
    this.video.srcObject = null;
  }
}
