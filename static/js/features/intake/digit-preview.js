import { SIDE, digitPixels } from "../../geometry/digit.js";
import { percent } from "../../geometry/scale.js";
import { Latest } from "../../state/latest.js";
import { openImage } from "../../state/taking.js";
import { setText } from "../../widgets/dom.js";

/** @import { Stroke } from "../../geometry/digit.js" */
/** @import { Subject } from "../../state/subject.js" */

/** Exactly the pixels that the network gets of a drawn digit, and what it says to them while one draws. */
export class DigitPreview {
  #sent = 0;
  #drawings = new Latest(() => {
    const number = (this.#sent += 1);
    void this.#look().finally(() => this.#drawings.answered(number));
    return number;
  });

  /**
   * @param {Subject} subject
   * @param {HTMLCanvasElement} canvas
   * @param {HTMLElement} answer
   */
  constructor(subject, canvas, answer) {
    this.subject = subject;
    canvas.width = canvas.height = SIDE;
    this.canvas = canvas;
    this.answer = answer;
  }

  /** @param {readonly Stroke[]} strokes */
  paint(strokes) {
    const context = this.canvas.getContext("2d", { willReadFrequently: true });
    if (!context) return;
    const image = context.createImageData(SIDE, SIDE);
    digitPixels(strokes).forEach((grey, at) => image.data.set([grey, grey, grey, 255], 4 * at));
    context.putImageData(image, 0, 0);
    const shown = this.subject.shown.value;
    const [best] = shown?.image.draft ? (shown.top ?? []) : [];
    setText(this.answer, strokes.length && best ? `${best.label}, ${percent(best.probability)}` : "\u2013");
  }

  /** Run the network on what the preview shows; while it runs, only the latest drawing waits. */
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
