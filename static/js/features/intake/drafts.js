import { Latest } from "../../state/latest.js";
import { openImage } from "../../state/taking.js";

/** @import { Subject } from "../../state/subject.js" */

/** A drawing on its way is looked at all the time; while the network runs, only the latest waits. */
export class Drafts {
  #sent = 0;
  #drawings = new Latest(() => {
    const number = (this.#sent += 1);
    void this.#look().finally(() => this.#drawings.answered(number));
    return number;
  });

  /**
   * @param {Subject} subject
   * @param {HTMLCanvasElement} canvas
   */
  constructor(subject, canvas) {
    this.subject = subject;
    this.canvas = canvas;
  }

  /** Run the network on what the canvas shows. */
  send() {
    this.#drawings.ask(true);
  }

  async #look() {
    const blob = await new Promise((/** @type {(blob: Blob | null) => void} */ resolve) => this.canvas.toBlob(resolve, "image/png"));
    if (blob) await openImage(this.subject, blob, "Drawing", true);
    await settled(this.subject);
  }
}

/**
 * @param {Subject} subject
 * @returns {Promise<void>} Once nothing is under way any more.
 */
function settled({ status }) {
  return new Promise((resolve) => {
    const end = new AbortController();
    const look = (/** @type {string} */ now) => {
      if (now === "loading") return;
      resolve();
      queueMicrotask(() => end.abort());
    };
    status.subscribe(look, { signal: end.signal });
  });
}
