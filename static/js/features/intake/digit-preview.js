import { SIDE, digitPixels } from "../../geometry/digit.js";
import { percent } from "../../geometry/scale.js";
import { setText } from "../../widgets/dom.js";
import { Drafts } from "./drafts.js";

/** @import { Stroke } from "../../geometry/digit.js" */
/** @import { Subject } from "../../state/subject.js" */

/** Exactly the pixels that the network gets of a drawn digit, and what it says to them while one draws. */
export class DigitPreview {
  #drafts;

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
    this.#drafts = new Drafts(subject, canvas);
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

  /** Run the network on what the preview shows. */
  send() {
    this.#drafts.send();
  }
}
