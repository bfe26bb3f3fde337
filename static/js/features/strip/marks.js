import { late } from "../../api/client.js";
import { largestOf, smallestOf } from "../../geometry/extremes.js";
import { channelAncestry, followedChannels } from "../../geometry/graph.js";
import { windowsOf } from "../../geometry/windows.js";
import { view } from "../../state/view.js";
import { MarksCanvas } from "../../widgets/canvases.js";
import { s, setHidden, setMarkup } from "../../widgets/dom.js";
import { linkMarks } from "./links.js";
import { isInView } from "./view.js";
import { columnMarks } from "./windows.js";

/** @import { ModelDetail } from "../../api/client.js" */
/** @import { Area } from "../../draw/marks.js" */
/** @import { Group } from "../../widgets/canvases.js" */
/** @import { Frame, StripColumn } from "./column.js" */
/** @import { StripLineup } from "./lineup.js" */
/** @import { View } from "./view.js" */

/** @typedef {Group & Area} MarkedColumn */

/** Marks reach this far beyond the maps, CSS pixels. */
const BEYOND = 4;

/** Fetched when the photo is first pointed at. @type {typeof import("../../geometry/reach.js") | null} */
let reaching = null;

/** Everything that lies over the maps; nothing of it repaints a canvas. */
export class StripMarks {
  #links = s("svg", { class: "strip-links", "aria-hidden": "true" });
  /** Before the sheet, on it, where they scroll with it, and after it: what stands still is not drawn again. */
  #before = new MarksCanvas();
  #onSheet = new MarksCanvas();
  #after = new MarksCanvas();
  #arrived;
  elements = [this.#links, this.#before.element, this.#after.element];

  /** @param {() => void} arrived Paint again: a kernel has come. */
  constructor(arrived) {
    this.#arrived = arrived;
  }

  async #fetchReach() {
    reaching = await late(() => import("../../geometry/reach.js"));
    this.#arrived();
  }

  /**
   * @param {ModelDetail} model
   * @param {StripLineup} lineup
   * @param {StripColumn} focus
   * @param {{frame: Frame, stage: View}} place
   */
  paint(model, lineup, focus, { frame, stage }) {
    const { selection, hover, layout, probe } = view;
    const { channel, y, x } = selection.value;
    const { node } = focus;
    const boxed = focus.form === "maps" || focus.form === "barcode";
    const boxes = boxed ? windowsOf(model.nodes, node.name, { channel, y, x }) : new Map();
    const ancestry = channelAncestry(model.nodes, node.name, channel);
    if (probe.value && !reaching) void this.#fetchReach();
    const reach = probe.value && reaching?.reachOf(model.nodes, probe.value);
    const followed = followedChannels(model.nodes, selection.value);
    /** @type {MarkedColumn[]} */
    const over = [];
    for (const column of lineup.shown) {
      const { name } = column.node;
      const seen = isInView(column, stage);
      column.element.classList.toggle("away", !seen && column !== focus);
      const selected = column === focus ? channel : null;
      const probed = reach ? (reach.get(name) ?? null) : undefined;
      const marks = { box: boxes.get(name), range: ancestry.get(name), followed: followed.get(name), selected };
      const drawn = seen ? columnMarks(column, { ...marks, reach: probed }) : [];
      if (column === focus) this.#paintSheet(column, drawn);
      else if (column.layout && drawn.length) over.push({ ...column.layout, y: column.mapsTop, height: column.rows, marks: drawn });
    }
    const middle = focus.layout?.x ?? 0;
    paintOver(this.#before, over.filter(({ x }) => x < middle));
    paintOver(this.#after, over.filter(({ x }) => x > middle));
    const link = { channel, ...frame, hovered: hover.value, arrived: this.#arrived };
    setMarkup(this.#links, lineup.arcs + (layout.value === "lens" ? linkMarks(focus, lineup.columns, link) : ""));
  }

  /**
   * @param {StripColumn} sheet
   * @param {Group["marks"]} marks
   */
  #paintSheet(sheet, marks) {
    const { element } = this.#onSheet;
    if (element.parentElement !== sheet.maps) sheet.maps.append(element);
    this.#onSheet.paint(sheet.window(BEYOND), [{ x: 0, y: 0, marks }]);
  }
}

/**
 * Draw as far as there are marks.
 *
 * @param {MarksCanvas} canvas
 * @param {readonly MarkedColumn[]} columns
 */
function paintOver(canvas, columns) {
  setHidden(canvas.element, !columns.length);
  if (!columns.length) return;
  const x = smallestOf(columns.map((each) => each.x)) - BEYOND;
  const y = smallestOf(columns.map((each) => each.y)) - BEYOND;
  const right = largestOf(columns.map((each) => each.x + each.width)) + BEYOND;
  const bottom = largestOf(columns.map((each) => each.y + each.height)) + BEYOND;
  canvas.paint({ x, y, width: right - x, height: bottom - y }, columns);
}
