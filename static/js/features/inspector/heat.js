import { getNpy } from "../../api/client.js";
import { colormap, legendImage } from "../../draw/colormap.js";
import { brief } from "../../geometry/scale.js";
import { currentTheme } from "../../state/scene.js";
import { Newest } from "../../state/newest.js";
import { view } from "../../state/view.js";
import { MapCanvas } from "../../widgets/canvases.js";
import { h } from "../../widgets/dom.js";

/** @import { Palette } from "../../state/scene.js" */
/** @import { LayerSource } from "../../state/sources.js" */
/** @import { Pixel } from "../../state/types.js" */

/** How long a value rests before its gradient is asked for. */
const REST = 80;

/** On demand: how much each pixel of the photo counts for the value, the size of its gradient there. */
export class InspectorHeat {
  #ramp = new MapCanvas("heat-ramp");
  #largest = h("span");
  legend = h("p", { class: "field-caption heat-legend", hidden: true }, "0", this.#ramp.element, this.#largest);
  #url = "";
  #timer = 0;
  #asked = new Newest();
  /** @type {{url: string, values: Float32Array, palette: Palette} | null} */
  #heat = null;

  /**
   * @param {LayerSource} source
   * @param {AbortSignal} signal
   * @param {() => void} changed Paint again.
   */
  constructor(source, signal, changed) {
    this.source = source;
    this.changed = changed;
    signal.addEventListener("abort", () => this.#forget());
  }

  /**
   * The heat of a value, once it is there.
   *
   * @param {Pixel | null} pixel null: none is wanted.
   */
  of(pixel) {
    const url = pixel && this.#address(pixel);
    if (!url) {
      this.#forget();
      return this.#told(null);
    }
    if (url !== this.#url) this.#ask(url);
    return this.#told(this.#heat?.url === url ? this.#heat : null);
  }

  /** @param {Pixel} pixel */
  #address({ node, channel, y, x }) {
    return this.source.address("gradient", node, { channel, y, x });
  }

  /** @param {{values: Float32Array, palette: Palette} | null} heat */
  #told(heat) {
    this.legend.hidden = !heat;
    if (!heat) return null;
    heat.palette.map = colormap("sequential", currentTheme());
    this.#ramp.show(legendImage(heat.palette.map, 64));
    this.#largest.textContent = `${brief(heat.palette.scale.high)} |∇|`;
    return heat;
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#asked.end();
    this.#url = "";
  }

  /** @param {string} url */
  #ask(url) {
    this.#forget();
    this.#url = url;
    const signal = this.#asked.begin();
    this.#timer = setTimeout(() => {
      getNpy(url, signal).then(
        ({ data, shape }) => {
          this.#heat = { url, ...heatOf(/** @type {Float32Array} */ (data), shape) };
          this.changed();
        },
        () => {
          if (!signal.aborted) view.announcement.value = "The effective field could not be had.";
        },
      );
    }, REST);
  }
}

/**
 * The size of the gradient at every pixel: its colours' absolute values added up.
 *
 * @param {Float32Array} gradient `(C, H, W)`.
 * @param {readonly number[]} shape
 */
export function heatOf(gradient, [, height = 1, width = 1]) {
  const values = new Float32Array(height * width);
  for (let at = 0; at < gradient.length; at += 1) {
    values[at % values.length] = (values[at % values.length] ?? 0) + Math.abs(gradient[at] ?? 0);
  }
  const high = values.reduce((largest, value) => Math.max(largest, value), 0);
  return { values, palette: { scale: { low: 0, high }, map: colormap("sequential", currentTheme()) } };
}
