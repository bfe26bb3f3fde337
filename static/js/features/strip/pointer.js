/** The pointer over the strip: what it points at, and what a click selects. */

import { late } from "../../api/client.js";
import { isHere } from "../../draw/tensor.js";
import { pointAt, pointAway } from "../../state/pointing.js";
import { selectNode, selectPixel, view } from "../../state/view.js";
import { showsFilters } from "./sheet.js";
import { zoomNow } from "../../widgets/zoom.js";

/** @import { LayerSource } from "../../state/sources.js" */
/** @import { Pixel } from "../../state/types.js" */
/** @import { StripColumn } from "./column.js" */
/** @import { StripLoupe } from "./loupe.js" */

/** The loupe, fetched when there is first something for it to show. */
class LateLoupe {
  /** @type {StripLoupe | null} */
  #made = null;
  /** @type {Parameters<StripLoupe["show"]> | null} */
  #wanted = null;

  /** @param {HTMLElement} stage */
  constructor(stage) {
    this.stage = stage;
  }

  hide() {
    this.#wanted = null;
    this.#made?.hide();
  }

  /** @param {Parameters<StripLoupe["show"]>} what */
  show(...what) {
    this.#wanted = what;
    if (this.#made) return this.#made.show(...what);
    void late(() => import("./loupe.js")).then(({ StripLoupe }) => {
      if (!this.#made) this.stage.append((this.#made = new StripLoupe()).element);
      if (this.#wanted) this.#made.show(...this.#wanted);
    });
  }
}

/**
 * @param {LayerSource} source
 * @param {HTMLElement} stage
 * @param {(name: string) => StripColumn | undefined} columnOf
 * @param {AbortSignal} signal
 */
export function followPointer({ model }, stage, columnOf, signal) {
  const loupe = new LateLoupe(stage);
  const leave = () => {
    loupe.hide();
    pointAway();
  };
  stage.addEventListener(
    "pointermove",
    (event) => {
      const found = pixelUnder(event, columnOf);
      if (!found) return leave();
      // Asked before anything is changed: afterwards the page would have to be laid out for the answer.
      const frame = stage.getBoundingClientRect();
      pointAt(model.value, found.pixel);
      // A finger hides what is under it, and a tap selects anyway.
      if (event.pointerType !== "touch") showLoupe(frame, found, loupe);
    },
    { signal },
  );
  stage.addEventListener("pointerleave", leave, { signal });
  stage.addEventListener(
    "click",
    (event) => {
      const head = event.target instanceof Element ? event.target.closest("[data-head]") : null;
      if (head instanceof HTMLElement && head.dataset.head) return selectNode(model.value, head.dataset.head);
      const found = pixelUnder(event, columnOf);
      if (!found || (event.target instanceof Element && event.target.closest("[data-mute]"))) return;
      loupe.hide();
      if (showsFilters(found.column)) view.sheet.value = "maps";
      selectPixel(model.value, found.pixel);
    },
    { signal },
  );
}

/**
 * @param {PointerEvent | MouseEvent} event
 * @param {(name: string) => StripColumn | undefined} columnOf
 * @returns {{column: StripColumn, box: DOMRect, pixel: Pixel} | null} `box`: of the cell.
 */
function pixelUnder(event, columnOf) {
  const cell = event.target instanceof Element ? event.target.closest("[data-cell]") : null;
  const owner = cell?.closest("[data-node]");
  if (!(cell instanceof HTMLElement) || !(owner instanceof HTMLElement)) return null;
  const column = columnOf(owner.dataset.node ?? "");
  if (!column) return null;
  // Of three lanes each has a map of the same channel.
  const lane = event.target instanceof Element ? event.target.closest(".strip-beside") : null;
  const box = (lane ?? cell).getBoundingClientRect();
  const across = (event.clientX - box.left) / box.width;
  const down = (event.clientY - box.top) / box.height;
  return { column, box, pixel: pixelOf(column, Number(cell.dataset.cell), down, across) };
}

/**
 * @param {StripColumn} column
 * @param {number} number Of the cell.
 * @param {number} down From 0 to 1.
 * @param {number} across
 * @returns {Pixel}
 */
function pixelOf(column, number, down, across) {
  const node = column.node.name;
  if (column.form === "barcode") {
    const { from, to } = column.parts[number] ?? { from: 0, to: 1 };
    return { node, channel: Math.min(to - 1, Math.max(from, from + Math.floor(down * (to - from)))), y: 0, x: 0 };
  }
  if (showsFilters(column)) return { ...view.selection.value, node, channel: number };
  const [, height = 1, width = 1] = column.node.output_shape;
  const inside = (/** @type {number} */ share, /** @type {number} */ count) =>
    Math.min(count - 1, Math.max(0, Math.floor(share * count)));
  return { node, channel: number, y: inside(down, height), x: inside(across, width) };
}

/**
 * @param {DOMRect} frame Of the stage.
 * @param {{column: StripColumn, box: DOMRect, pixel: Pixel}} found
 * @param {LateLoupe} loupe
 */
function showLoupe(frame, { column, box, pixel }, loupe) {
  const layer = column.layer;
  const small = column.form === "maps" && column.layout?.role !== "focus";
  if (!layer || !small || !isHere(layer.activation, pixel.channel) || view.playback.value.playing) return loupe.hide();
  const zoom = zoomNow();
  loupe.show(column, layer.activation, pixel, {
    left: (box.left - frame.left) / zoom,
    right: (box.right - frame.left) / zoom,
    top: (box.top + box.height / 2 - frame.top) / zoom,
    width: frame.width / zoom,
    height: frame.height / zoom,
  });
}
