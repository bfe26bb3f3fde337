import { layerOnScreen } from "../../state/scene.js";
import { session } from "../../state/session.js";
import { h, setAttribute, setHidden } from "../../widgets/dom.js";
import { jsonLink, npyLink, slideLink } from "./links.js";

/** @import { NodeDetail } from "../../api/client.js" */

/** What else can be saved: all maps as one picture, all numbers of the layer, the value with its arithmetic. */
export class InspectorSave {
  #sheet = h("button", { type: "button", class: "fact-link" }, "all maps (PNG)");
  #layer = h("a", { class: "fact-link" }, "all numbers (NPY)");
  #value = h("a", { class: "fact-link" }, "this value (JSON)");
  #slide = h("a", { class: "fact-link" }, "sliding window (WebP)");

  /** @param {AbortSignal} signal */
  constructor(signal) {
    const links = h("p", { class: "fact-links" }, this.#sheet, this.#layer, this.#value, this.#slide);
    this.element = h("div", { class: "inspector-facts inspector-save" }, h("h3", {}, "Save"), links);
    this.#sheet.addEventListener(
      "click",
      () => {
        const layer = layerOnScreen(session.selection.value.node);
        if (layer) void import("./downloads.js").then((module) => module.saveContactSheet(layer.activation));
      },
      { signal },
    );
  }

  /** @param {NodeDetail} node */
  paint(node) {
    setHidden(this.#sheet, node.output_shape.length < 2);
    point(this.#layer, npyLink(node, null));
    point(this.#value, jsonLink(node));
    point(this.#slide, slideLink(node));
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
