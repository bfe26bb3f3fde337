import { shareOf } from "../../draw/chart.js";
import { fixed, percent } from "../../geometry/scale.js";
import { channelName, paletteOf, valueColours } from "../../state/scene.js";
import { selectChannel } from "../../state/view.js";
import { h, setAttribute } from "../../widgets/dom.js";

/** @import { ModelDetail, NodeDetail } from "../../api/client.js" */
/** @import { LayerSource } from "../../state/sources.js" */
/** @import { Activation } from "../../state/types.js" */

/** More rows than this are cut to the largest ones. */
const MOST = 16;

/** A layer that is a list of numbers: one bar each, around zero. */
export class InspectorList {
  #rows = h("ol", { class: "bar-list" });
  #note = h("p", { class: "inspector-note" });
  #key = "";
  /** @type {Activation | null} */
  #drawn = null;

  /**
   * @param {LayerSource} source
   * @param {AbortSignal} signal
   */
  constructor({ model }, signal) {
    this.element = h("div", { class: "inspector-list" }, this.#rows, this.#note);
    this.#rows.addEventListener(
      "click",
      (event) => {
        const row = event.target instanceof Element ? event.target.closest("[data-value]") : null;
        if (row instanceof HTMLElement) selectChannel(model.value, Number(row.dataset.value));
      },
      { signal },
    );
  }

  /**
   * @param {ModelDetail} model
   * @param {NodeDetail} node
   * @param {Activation} activation
   * @param {number} channel
   */
  paint(model, node, activation, channel) {
    const { map } = paletteOf(activation, channel);
    const shown = valuesToShow(activation, channel);
    const key = [map.table[0], node.name, ...shown].join();
    if (key !== this.#key || activation !== this.#drawn) {
      this.#key = key;
      this.#drawn = activation;
      this.#rows.replaceChildren(...shown.map((index) => barRow(model, node, activation, index)));
      const hidden = activation.data.length - shown.length;
      this.#note.textContent = hidden ? `The largest of ${activation.data.length} values, and the selected one.` : "";
    }
    for (const row of this.#rows.querySelectorAll("button"))
      setAttribute(row, "aria-pressed", String(Number(row.dataset.value) === channel));
  }
}

/**
 * All values in order, or the largest ones and the selected one.
 *
 * @param {Activation} activation
 * @param {number} channel
 */
function valuesToShow({ data }, channel) {
  const all = Array.from(data, (_, index) => index);
  if (all.length <= MOST) return all;
  const size = (/** @type {number} */ index) => (index === channel ? Infinity : Math.abs(data[index] ?? 0));
  return all
    .sort((a, b) => size(b) - size(a))
    .slice(0, MOST)
    .sort((a, b) => a - b);
}

/**
 * @param {ModelDetail} model
 * @param {NodeDetail} node
 * @param {Activation} activation
 * @param {number} index
 */
function barRow(model, node, activation, index) {
  const value = activation.data[index] ?? NaN;
  const { scale } = paletteOf(activation, index);
  const zero = shareOf(0, scale);
  const end = shareOf(value, scale);
  const bar = h("i");
  bar.style.left = `${Math.min(zero, end) * 100}%`;
  bar.style.width = `${Math.abs(end - zero) * 100}%`;
  bar.style.background = valueColours(activation, index, value).background;
  const track = h("span", { class: "bar-track" }, bar);
  track.style.setProperty("--zero", `${zero * 100}%`);
  const text = node.kind === "softmax" ? percent(value) : fixed(value, 3);
  const name = h("span", {}, channelName(model, node, index));
  return h("li", {}, h("button", { type: "button", "data-value": index }, name, track, h("b", {}, text)));
}
