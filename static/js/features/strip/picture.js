import { largestOf, smallestOf } from "../../geometry/extremes.js";
import { cleared, stamp } from "../../widgets/canvases.js";
import { h, place } from "../../widgets/dom.js";
import { pixelRatio } from "../../widgets/zoom.js";

/** @import { Cell } from "../../geometry/cells.js" */
/** @import { Column } from "../../geometry/layout.js" */
/** @import { StripCell } from "./cell.js" */

/**
 * All maps of a column in one picture. A browser keeps a layer for every canvas it shows and looks at all of them at
 * every frame, and making one costs more than drawing on it.
 */
export class StripPicture {
  element = h("canvas", { class: "strip-picture", width: 1, height: 1, "aria-hidden": "true" });
  #key = "";

  /**
   * @param {Column} column
   * @param {readonly Cell[]} places Of the cells in view.
   * @param {ReadonlyMap<number, StripCell>} cells
   */
  paint({ x: left, width }, places, cells) {
    const ratio = pixelRatio();
    // On whole pixels of the screen, wherever the column begins.
    const start = Math.round(left * ratio);
    const across = (/** @type {number} */ x) => Math.round((left + x) * ratio) - start;
    const top = Math.floor(smallestOf(places.map(({ y }) => y)) * ratio);
    const down = (/** @type {number} */ y) => Math.round(y * ratio) - top;
    const size = { width: across(width), height: down(largestOf(places.map(({ y, height }) => y + height))) };
    const stamps = places.flatMap(({ channel, beside = 0, ...box }) => {
      const cell = cells.get(channel);
      const [y, low] = [down(box.y), down(box.y + box.height)];
      return (cell?.images ?? []).map((image, lane) => {
        const x = across(box.x + lane * beside);
        return { image, cell: /** @type {StripCell} */ (cell), x, y, width: across(box.x + lane * beside + box.width) - x, height: low - y };
      });
    });
    place(this.element, { left: start / ratio - left, top: top / ratio });
    // Most columns only move when another layer is chosen.
    const key = JSON.stringify([ratio, size, stamps.map(({ cell: { version, smooth }, image: _, ...spot }) => [version, smooth, spot])]);
    if (key === this.#key) return;
    this.#key = key;
    const context = cleared(this.element, size.width, size.height);
    for (const { cell, image, ...spot } of stamps) if (context && image) stamp(context, image, spot, cell.smooth);
  }
}
