import { late } from "../../api/client.js";
import { paintPhoto } from "../../draw/colormap.js";
import { outlineOf, ring } from "../../draw/marks.js";
import { TIMES } from "../../geometry/scale.js";
import { windowsOf } from "../../geometry/windows.js";
import { pointAt, pointAway } from "../../state/pointing.js";
import { view as page } from "../../state/view.js";
import { MapCanvas, MarksCanvas } from "../../widgets/canvases.js";
import { h, onWidth, setHidden, setText } from "../../widgets/dom.js";

/** @import { ModelDetail } from "../../api/client.js" */
/** @import { Box } from "../../geometry/windows.js" */
/** @import { LayerSource } from "../../state/sources.js" */
/** @import { Activation, Pixel } from "../../state/types.js" */
/** @import { InspectorHeat } from "./heat.js" */

/** The outline reaches this far beyond the photo, CSS pixels. */
const BEYOND = 2;

/** The picture as the network sees it, with the pixels that the current value depends on. */
export class InspectorField {
  #photo = new MapCanvas("field-photo");
  #shade = new MarksCanvas();
  #caption = h("p", { class: "field-caption" });
  #button = h(
    "button",
    {
      ...{ type: "button", class: "heat-toggle", "aria-pressed": "false", "aria-label": "Effective field" },
      title: "Effective field: how much each pixel of the photo counts for this value (|gradient|)",
    },
    "∇",
  );
  /** @type {InspectorHeat | null} Fetched when it is first asked for. */
  #heat = null;
  /** @type {Activation | null} */
  #drawn = null;
  /** What the canvas shows: the photo, or the heat in its place. @type {unknown} */
  #face = null;
  #extent = { width: 1, height: 1 };
  #width = 128;

  /**
   * @param {LayerSource} source
   * @param {AbortSignal} signal
   * @param {() => void} changed Paint again.
   */
  constructor(source, signal, changed) {
    this.source = source;
    this.#button.addEventListener("click", () => (page.gradient.value = !page.gradient.value), { signal });
    page.gradient.subscribe((hot) => void this.#heated(hot, signal, changed), { signal });
    const frame = h("div", { class: "field-frame" }, this.#photo.element, this.#shade.element);
    const view = h("div", { class: "field-view" }, frame, this.#button);
    this.element = h("div", { class: "inspector-field", "data-lesson": "field" }, view, this.#caption);
    onWidth(frame, signal, (width) => {
      this.#width = width;
      changed();
    });
    frame.addEventListener("pointerleave", pointAway, { signal });
    frame.addEventListener(
      "pointermove",
      (event) => {
        const box = frame.getBoundingClientRect();
        const { width, height } = this.#extent;
        const x = Math.min(width - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * width)));
        const y = Math.min(height - 1, Math.max(0, Math.floor(((event.clientY - box.top) / box.height) * height)));
        if (this.#drawn) pointAt(source.model.value, { node: this.#drawn.node, channel: 0, y, x });
      },
      { signal },
    );
  }

  /**
   * @param {boolean} hot
   * @param {AbortSignal} signal
   * @param {() => void} changed
   */
  async #heated(hot, signal, changed) {
    this.#button.setAttribute("aria-pressed", String(hot));
    if (!hot && !this.#heat) return;
    const { InspectorHeat } = await late(() => import("./heat.js"));
    if (!this.#heat) {
      this.#heat = new InspectorHeat(this.source, signal, changed);
      this.element.append(this.#heat.legend);
    }
    changed();
  }

  /**
   * @param {ModelDetail} model
   * @param {Activation} input
   * @param {Pixel} pixel
   */
  paint(model, input, pixel) {
    const [, height = 1, width = 1] = input.shape;
    this.#extent = { width, height };
    const heat = this.#heat?.of(page.gradient.value ? pixel : null) ?? null;
    this.#drawn = input;
    if (heat) this.#photo.paint(heat.values, { width, height }, heat.palette);
    if (this.#face !== (heat ?? input)) {
      this.#face = heat ?? input;
      if (!heat) this.#photo.show(paintPhoto(input.data, width, height, model.input));
      this.#photo.smoothWhenReduced(this.#width);
    }
    const box = windowsOf(model.nodes, pixel.node, pixel).get(input.node);
    if (!box) return;
    this.#outline(box, heat !== null);
    setHidden(this.#caption, heat !== null);
    const [across, down] = [box.right - box.left, box.bottom - box.top];
    const whole = across === width && down === height;
    setText(this.#caption, whole ? "sees the whole photo" : `sees ${down}${TIMES}${across} px`);
  }

  /**
   * @param {Box} box
   * @param {boolean} clear Whether what lies outside of it is to be seen as well.
   */
  #outline({ top, left, bottom, right }, clear) {
    const zoom = this.#width / this.#extent.width;
    const [width, height] = [this.#width, this.#extent.height * zoom];
    const area = { x: left * zoom, y: top * zoom, width: (right - left) * zoom, height: (bottom - top) * zoom };
    const outside = { path: outlineOf({ x: 0, y: 0, width, height }) + outlineOf(area), fill: "bg", opacity: 0.55 };
    this.#shade.cover({ width, height }, BEYOND, [...(clear ? [] : [outside]), ...ring(area)]);
  }
}
