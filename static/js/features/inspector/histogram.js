import { barHeights, histogram, shareOf } from "../../draw/chart.js";
import { legendGradient } from "../../draw/colormap.js";
import { outlineOf } from "../../draw/marks.js";
import { plane } from "../../draw/tensor.js";
import { brief, fixed } from "../../geometry/scale.js";
import { paletteOf } from "../../state/scene.js";
import { MarksCanvas } from "../../widgets/canvases.js";
import { h, onWidth, s } from "../../widgets/dom.js";

/** @import { Activation } from "../../state/types.js" */

const BINS = 32;
const WIDTH = 128;
const HEIGHT = 28;
/** Over the bars and the colours, CSS pixels. */
const CARET = 36;

/** How often which value occurs in the chosen map, above the colours that stand for them. */
export class InspectorHistogram {
  #bars = s("svg", {
    class: "histogram-bars",
    viewBox: `0 0 ${WIDTH} ${HEIGHT + 1}`,
    width: WIDTH,
    height: HEIGHT + 1,
    "aria-hidden": "true",
  });
  #ramp = h("i", { class: "histogram-ramp" });
  #caret = new MarksCanvas();
  #width = WIDTH;
  #range = h("div", { class: "histogram-range" });
  #key = "";
  /** @type {Float32Array | null} */
  #values = null;

  /**
   * @param {AbortSignal} signal
   * @param {() => void} changed Paint again.
   */
  constructor(signal, changed) {
    const title = "Histogram of this map; the height is the root of the count";
    this.element = h(
      "div",
      { class: "inspector-histogram", title },
      this.#bars,
      this.#ramp,
      this.#caret.element,
      this.#range,
    );
    onWidth(this.element, signal, (width) => {
      this.#width = width;
      changed();
    });
  }

  /**
   * @param {Activation} activation
   * @param {number} channel
   * @param {number} value The one pointed at.
   */
  paint(activation, channel, value) {
    const { scale, map } = paletteOf(activation, channel);
    const values = activation.shape.length > 1 ? plane(activation, channel) : activation.data;
    const key = [scale.low, scale.high, map.kind, map.table[0], channel].join();
    if (key !== this.#key || this.#values?.buffer !== values.buffer) {
      this.#key = key;
      this.#values = values;
      this.#drawBars(values, scale);
      this.#ramp.style.backgroundImage = legendGradient(map);
      const ends = [
        scale.low ? format(scale.low) : "0",
        ...(map.kind === "diverging" ? ["0"] : []),
        format(scale.high),
      ];
      this.#range.replaceChildren(...ends.map((text) => h("span", {}, text)));
    }
    this.#point(shareOf(value, scale) * this.#width);
  }

  /** @param {number} x Of the value. */
  #point(x) {
    const halo = outlineOf({ x: x - 2, y: -1, width: 4, height: CARET + 2 });
    const ink = outlineOf({ x: x - 1, y: 0, width: 2, height: CARET });
    this.#caret.cover({ width: this.#width, height: CARET }, 2, [{ path: halo, fill: "halo" }, { path: ink, fill: "ink" }]);
  }

  /**
   * @param {Float32Array} values
   * @param {{low: number, high: number}} scale
   */
  #drawBars(values, scale) {
    const counts = histogram(values, scale, BINS);
    const zero = Math.min(BINS - 1, Math.floor(shareOf(0, scale) * BINS));
    const step = WIDTH / BINS;
    const bars = barHeights(counts, HEIGHT, scale.low < 0 ? -1 : zero).map((height, bin) =>
      s("rect", { x: bin * step, y: HEIGHT + 1 - height, width: step - 1, height }),
    );
    this.#bars.replaceChildren(...bars);
  }
}

/** @param {number} value */
const format = (value) => (Math.abs(value) >= 0.1 && Math.abs(value) < 1000 ? fixed(value, 2) : brief(value));
