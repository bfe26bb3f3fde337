import { paintPhoto } from "../../draw/colormap.js";
import { className } from "../../state/scene.js";
import { MapCanvas } from "../../widgets/canvases.js";
import { h, setHidden, setText } from "../../widgets/dom.js";
import { InspectorHeat } from "./heat.js";

/** @import { ModelDetail, NodeDetail } from "../../api/client.js" */
/** @import { LayerSource } from "../../state/sources.js" */
/** @import { Activation, Pixel } from "../../state/types.js" */

/** Layers whose values are the answer. */
const ANSWERS = new Set(["dense", "softmax"]);

/** The photo, and how much each of its pixels counts for one score of the answer: the size of the score's gradient. */
export class InspectorAnswer {
  #photo = new MapCanvas("field-photo");
  #map = new MapCanvas("field-photo");
  #caption = h("figcaption");
  #heat;
  /** @type {Activation | null} */
  #drawn = null;

  /**
   * @param {LayerSource} source
   * @param {AbortSignal} signal
   * @param {() => void} changed  Paint again.
   */
  constructor(source, signal, changed) {
    this.#heat = new InspectorHeat(source, signal, changed);
    this.element = h("figure", { class: "answer-field", hidden: true }, h("div", {}, this.#photo.element, this.#map.element), this.#heat.legend, this.#caption);
  }

  /**
   * @param {ModelDetail} model
   * @param {NodeDetail} node
   * @param {Activation | undefined} input
   * @param {Pixel} pixel
   */
  paint(model, node, input, pixel) {
    const answers = ANSWERS.has(node.kind) && node.output_shape[0] === model.classes.length && Boolean(input?.data.length);
    setHidden(this.element, !answers);
    const heat = this.#heat.of(answers ? pixel : null);
    if (!answers || !input) return;
    const [, height = 1, width = 1] = input.shape;
    if (this.#drawn !== input) this.#photo.show(paintPhoto(input.data, width, height, model.input));
    this.#drawn = input;
    this.#map.element.hidden = !heat;
    if (heat) this.#map.paint(heat.values, { width, height }, heat.palette);
    const what = node.kind === "softmax" ? "probability" : "score";
    setText(this.#caption, `Gradient of the ${what} of ${className(model.classes[pixel.channel] ?? "")}: how much each pixel of the photo counts for it.`);
  }
}
