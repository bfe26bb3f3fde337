import { late } from "../../api/client.js";
import { view } from "../../state/view.js";
import { h, setAttribute, setHidden } from "../../widgets/dom.js";
import { jsonLink, npyLink, slideLink } from "./links.js";

/** @import { NodeDetail } from "../../api/client.js" */
/** @import { LayerSource } from "../../state/sources.js" */

/** What else can be saved: all maps as one picture, all numbers of the layer, the value with its arithmetic. */
export class InspectorSave {
  #sheet = h("button", { type: "button", class: "fact-link" }, "all maps (PNG)");
  #layer = h("a", { class: "fact-link" }, "all numbers (NPY)");
  #value = h("a", { class: "fact-link" }, "this value (JSON)");
  #slide = h("a", { class: "fact-link" }, "sliding window (WebP)");

  /**
   * @param {LayerSource} source
   * @param {AbortSignal} signal
   */
  constructor(source, signal) {
    this.source = source;
    const links = h("p", { class: "fact-links" }, this.#sheet, this.#layer, this.#value, this.#slide);
    this.element = h("div", { class: "inspector-facts inspector-save" }, h("h3", {}, "Save"), links);
    this.#sheet.addEventListener(
      "click",
      () => {
        const layer = source.layer(view.selection.value.node);
        if (layer) void late(() => import("./downloads.js")).then((module) => module.saveContactSheet(source, layer.activation));
      },
      { signal },
    );
  }

  /** @param {NodeDetail} node */
  paint(node) {
    setHidden(this.#sheet, node.output_shape.length < 2);
    point(this.#layer, npyLink(this.source, node, null));
    point(this.#value, jsonLink(this.source, node));
    point(this.#slide, slideLink(this.source, node));
  }
}

/**
 * @param {HTMLElement} link
 * @param {{href: string, download: string} | null} goal
 */
function point(link, goal) {
  setHidden(link, !goal);
  setAttribute(link, "href", goal?.href ?? null);
  setAttribute(link, "download", goal?.download ?? null);
}
