import { cleared, stamp } from "./canvas.js";
import { h, place } from "./dom.js";

/** @import { Cell } from "../geometry/cells.js" */
/** @import { Column } from "../geometry/layout.js" */
/** @import { StripCell } from "./strip-cell.js" */

/**
 * All maps of a column in one picture. A browser keeps a layer for every canvas it shows and looks at all of them at
 * every frame, and making one costs more than drawing on it.
 */
export class StripPicture {
  element = h("canvas", { class: "strip-picture", width: 1, height: 1, "aria-hidden": "true" });

  /**
   * @param {Column} column
   * @param {readonly Cell[]} places Of the cells in view.
   * @param {ReadonlyMap<number, StripCell>} cells
   */
  paint({ x: left, width }, places, cells) {
    const ratio = devicePixelRatio;
    // On whole pixels of the screen, wherever the column begins.
    const start = Math.round(left * ratio);
    const across = (/** @type {number} */ x) => Math.round((left + x) * ratio) - start;
    const top = Math.floor(Math.min(...places.map(({ y }) => y)) * ratio);
    const down = (/** @type {number} */ y) => Math.round(y * ratio) - top;
    const context = cleared(this.element, across(width), down(Math.max(...places.map(({ y, height }) => y + height))));
    place(this.element, { left: start / ratio - left, top: top / ratio });
    for (const { channel, ...box } of places) {
      const cell = cells.get(channel);
      if (!cell?.image || !context) continue;
      const [x, y] = [across(box.x), down(box.y)];
      const spot = { x, y, width: across(box.x + box.width) - x, height: down(box.y + box.height) - y };
      stamp(context, cell.image, spot, cell.smooth);
    }
  }
}
