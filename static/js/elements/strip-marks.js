import { channelAncestry } from "../geometry/graph.js";
import { windowsOf } from "../geometry/windows.js";
import { session } from "../state/session.js";
import { s, setMarkup } from "./dom.js";
import { followedChannels } from "./following.js";
import { linkMarks } from "./strip-links.js";
import { isInView } from "./strip-view.js";
import { columnMarks } from "./strip-windows.js";

/** @import { ModelDetail } from "../api/client.js" */
/** @import { Frame, StripColumn } from "./strip-column.js" */
/** @import { StripLineup } from "./strip-lineup.js" */
/** @import { View } from "./strip-view.js" */

/** Fetched when the photo is first pointed at. @type {typeof import("../geometry/reach.js") | null} */
let reaching = null;

/** Everything that lies over the maps; nothing of it repaints a canvas. */
export class StripMarks {
  #links = s("svg", { class: "strip-links", "aria-hidden": "true" });
  /** Of all columns but the sheet, whose marks scroll with it: one drawing is laid out anew, not one a column. */
  #windows = s("svg", { class: "strip-overlay", "aria-hidden": "true" });
  #arrived;
  elements = [this.#links, this.#windows];

  /** @param {() => void} arrived Paint again: a kernel has come. */
  constructor(arrived) {
    this.#arrived = arrived;
  }

  async #fetchReach() {
    reaching = await import("../geometry/reach.js");
    this.#arrived();
  }

  /**
   * @param {ModelDetail} model
   * @param {StripLineup} lineup
   * @param {StripColumn} focus
   * @param {{frame: Frame, view: View}} place
   */
  paint(model, lineup, focus, { frame, view }) {
    const { selection, hover, layout, probe } = session;
    const { channel, y, x } = selection.value;
    const { node } = focus;
    const boxed = focus.form === "maps" || focus.form === "barcode";
    const boxes = boxed ? windowsOf(model.nodes, node.name, { channel, y, x }) : new Map();
    const ancestry = channelAncestry(model.nodes, node.name, channel);
    if (probe.value && !reaching) void this.#fetchReach();
    const reach = probe.value && reaching?.reachOf(model.nodes, probe.value);
    const followed = followedChannels(model, selection.value);
    const over = [];
    for (const column of lineup.shown) {
      const { name } = column.node;
      const seen = isInView(column, view);
      column.element.classList.toggle("away", !seen && column !== focus);
      const selected = column === focus ? channel : null;
      const probed = reach ? (reach.get(name) ?? null) : undefined;
      const marks = { box: boxes.get(name), range: ancestry.get(name), followed: followed.get(name), selected };
      const markup = seen ? columnMarks(column, { ...marks, reach: probed }) : "";
      const apart = column.layout?.role === "focus";
      setMarkup(column.overlay, apart ? markup : "");
      if (markup && !apart) over.push(inColumn(column, markup));
    }
    setMarkup(this.#windows, over.join(""));
    const link = { channel, ...frame, hovered: hover.value, arrived: this.#arrived };
    setMarkup(this.#links, lineup.arcs + (layout.value === "lens" ? linkMarks(focus, lineup.columns, link) : ""));
  }
}

/**
 * @param {StripColumn} column
 * @param {string} markup In its own place.
 */
function inColumn({ layout, mapsTop }, markup) {
  return `<g transform="translate(${layout?.x ?? 0} ${mapsTop})">${markup}</g>`;
}
