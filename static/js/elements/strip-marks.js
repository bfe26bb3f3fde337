import { channelAncestry } from "../geometry/graph.js";
import { reachOf } from "../geometry/reach.js";
import { windowsOf } from "../geometry/windows.js";
import { session } from "../state/session.js";
import { s, setMarkup } from "./dom.js";
import { followedChannels } from "./following.js";
import { arcMarks, arcRoom, linkMarks, skips } from "./strip-links.js";
import { isInView } from "./strip-view.js";
import { columnMarks } from "./strip-windows.js";

/** @import { ModelDetail } from "../api/client.js" */
/** @import { Frame, StripColumn } from "./strip-column.js" */
/** @import { Skip } from "./strip-links.js" */
/** @import { View } from "./strip-view.js" */

/** Everything that lies over the maps; nothing of it repaints a canvas. */
export class StripMarks {
  #links = s("svg", { class: "strip-links", "aria-hidden": "true" });
  /** Of all columns but the sheet, whose marks scroll with it: one drawing is laid out anew, not one a column. */
  #windows = s("svg", { class: "strip-overlay", "aria-hidden": "true" });
  #arrived;
  /** @type {readonly Skip[]} */
  #skips = [];
  elements = [this.#links, this.#windows];
  /** Height above the heads that the arcs take. */
  room = 0;

  /** @param {() => void} arrived Paint again: a kernel has come. */
  constructor(arrived) {
    this.#arrived = arrived;
  }

  /** @param {readonly StripColumn[]} columns Of a new model. */
  build(columns) {
    this.#skips = skips(columns);
    this.room = arcRoom(this.#skips);
  }

  /**
   * @param {ModelDetail} model
   * @param {Map<string, StripColumn>} columns
   * @param {StripColumn} focus
   * @param {{frame: Frame, view: View}} place
   */
  paint(model, columns, focus, { frame, view }) {
    const { selection, hover, layout, probe } = session;
    const { channel, y, x } = selection.value;
    const { node } = focus;
    const boxed = focus.form === "maps" || focus.form === "barcode";
    const boxes = boxed ? windowsOf(model.nodes, node.name, { channel, y, x }) : new Map();
    const ancestry = channelAncestry(model.nodes, node.name, channel);
    const reach = probe.value && reachOf(model.nodes, probe.value);
    const followed = followedChannels(model, selection.value);
    const over = [];
    for (const [name, column] of columns) {
      const seen = isInView(column, view);
      column.element.classList.toggle("away", !seen && column !== focus);
      const selected = column === focus ? channel : null;
      const probed = reach ? (reach.get(name) ?? null) : undefined;
      const marks = { box: boxes.get(name), range: ancestry.get(name), followed: followed.get(name), selected };
      const markup = seen ? columnMarks(column, { ...marks, reach: probed }) : "";
      const apart = column.layout?.role === "focus";
      setMarkup(column.overlay, apart ? markup : "");
      if (markup && !apart) over.push(inColumn(column, frame, markup));
    }
    setMarkup(this.#windows, over.join(""));
    const arcs = arcMarks([...columns.values()], this.#skips, this.room);
    const link = { channel, ...frame, hovered: hover.value, arrived: this.#arrived };
    setMarkup(this.#links, arcs + (layout.value === "lens" ? linkMarks(focus, columns, link) : ""));
  }
}

/**
 * @param {StripColumn} column
 * @param {Frame} frame
 * @param {string} markup In its own place.
 */
function inColumn({ layout }, { head }, markup) {
  return `<g transform="translate(${layout?.x ?? 0} ${head})">${markup}</g>`;
}
