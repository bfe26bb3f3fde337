/** The live picture of what a network gets: its planes as numbers, and together as red, green and blue. */

import { colormap, paintPhoto } from "../../draw/colormap.js";
import { scaleFor, summary } from "../../draw/tensor.js";
import { fixed } from "../../geometry/scale.js";
import { scaled, stretched } from "../../geometry/scalings.js";
import { seenImage } from "../../state/imports.js";
import { Newest } from "../../state/newest.js";
import { currentTheme } from "../../state/scene.js";
import { MapCanvas } from "../../widgets/canvases.js";
import { h } from "../../widgets/dom.js";

/** @import { ModelSummary } from "../../api/client.js" */
/** @import { Subject } from "../../state/subject.js" */

/** @typedef {{ scaling: string | null, height: number, width: number }} Asked null: the numbers that the file tells. */

const COLOURS = ["red", "green", "blue"];
const NO_PHOTO = "Choose a photo on the page to see what the network gets of it.";

export class ImportPicture {
  #row = h("div", { class: "import-planes" });
  #said = h("p", { class: "import-seen", "aria-live": "polite" });
  element = h("figure", { class: "import-picture" }, this.#row, this.#said);
  #asked = new Newest();

  /**
   * @param {Subject} subject Its photo is shown.
   * @param {ModelSummary["input"]} input Of the network.
   */
  constructor(subject, input) {
    this.subject = subject;
    this.input = input;
  }

  /**
   * Show the photo on screen as it would arrive; a newer wish ends an older one.
   *
   * @param {Asked} asked
   */
  async show({ scaling, height, width }) {
    const signal = this.#asked.begin();
    const image = this.subject.image.value;
    if (!image) return this.#say(NO_PHOTO);
    const { channels } = this.input;
    try {
      const values = await seenImage(image.id, { channels, height, width, scaling: scaling ?? "bytes" }, signal);
      if (signal.aborted) return undefined;
      this.#paint(scaling ? values : scaled(values, this.input), { height, width }, scaling ?? "");
    } catch (error) {
      if (!signal.aborted) this.#say(error instanceof Error ? error.message : String(error));
    }
    return undefined;
  }

  /** Nothing more is shown. */
  end() {
    this.#asked.end();
  }

  /** @param {string} text */
  #say(text) {
    this.#row.replaceChildren();
    this.#said.textContent = text;
  }

  /**
   * @param {Float32Array} values `(C, H, W)`
   * @param {{ height: number, width: number }} size
   * @param {string} scaling
   */
  #paint(values, size, scaling) {
    const { channels, order } = this.input;
    const { min, max } = summary(values);
    const blueFirst = scaling ? scaling === "caffe" && channels === 3 : order === "BGR";
    const kind = min < 0 ? "diverging" : "sequential";
    const palette = { scale: scaleFor(min, max, kind), map: colormap(kind, currentTheme()) };
    const whole = new MapCanvas("import-plane");
    whole.show(paintPhoto(values, size.width, size.height, stretched(min, max, channels)));
    const together = channels === 3 ? "as colours" : "in grey";
    const planes = Array.from({ length: channels }, (_, channel) => {
      const plane = values.subarray((channel * values.length) / channels, ((channel + 1) * values.length) / channels);
      const canvas = new MapCanvas("import-plane");
      canvas.paint(plane, size, palette);
      const name = channels === 3 ? (COLOURS[blueFirst ? 2 - channel : channel] ?? "") : "grey";
      const range = summary(plane);
      return captioned(canvas, `${channel}: ${name}`, `${short(range.min)} to ${short(range.max)}`);
    });
    this.#row.replaceChildren(captioned(whole, together, `${size.width}×${size.height}`), ...planes);
    this.#said.textContent = `What the network gets of the photo on screen: values from ${short(min)} to ${short(max)}${blueFirst ? ", blue first" : ""}.`;
  }
}

/** @param {number} value */
const short = (value) => fixed(value, Math.abs(value) >= 20 ? 0 : 2);

/**
 * @param {MapCanvas} canvas
 * @param {string} name
 * @param {string} range
 */
function captioned(canvas, name, range) {
  canvas.smoothWhenReduced(96);
  return h("div", {}, canvas.element, h("b", {}, name), h("span", { class: "num" }, range));
}
