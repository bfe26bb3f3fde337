import { h } from "./dom.js";

/** @import { Column } from "../geometry/layout.js" */
/** @import { StripCell } from "./strip-cell.js" */

/**
 * All maps of a narrow column in one picture. A browser keeps a layer for every canvas it shows and looks at all of
 * them at every frame, so the column's own canvases, of one pixel a value, stay hidden and are drawn from here.
 */
export class StripPicture {
  element = h("canvas", { class: "strip-picture", width: 1, height: 1, "aria-hidden": "true" });

  /**
   * @param {Column} column
   * @param {number} height Of its maps, CSS pixels.
   * @param {ReadonlyMap<number, StripCell>} cells
   */
  paint({ x: left, width, cells: places }, height, cells) {
    const ratio = devicePixelRatio;
    // On whole pixels of the screen, wherever the column begins.
    const start = Math.round(left * ratio);
    const across = (/** @type {number} */ x) => Math.round((left + x) * ratio) - start;
    const down = (/** @type {number} */ y) => Math.round(y * ratio);
    const context = this.#empty(across(width), down(height));
    this.element.style.left = `${start / ratio - left}px`;
    for (const { channel, ...place } of places) {
      const cell = cells.get(channel);
      if (!cell || !context) continue;
      const [x, y] = [across(place.x), down(place.y)];
      context.imageSmoothingEnabled = cell.map.classList.contains("reduced");
      context.drawImage(cell.map, x, y, across(place.x + place.width) - x, down(place.y + place.height) - y);
    }
  }

  /**
   * @param {number} width In pixels of the screen.
   * @param {number} height
   */
  #empty(width, height) {
    const { element } = this;
    const context = element.getContext("2d");
    if (element.width === width && element.height === height) context?.clearRect(0, 0, width, height);
    else Object.assign(element, { width, height });
    element.style.width = `${width / devicePixelRatio}px`;
    element.style.height = `${height / devicePixelRatio}px`;
    return context;
  }
}
