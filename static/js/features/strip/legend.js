import { legendGradient } from "../../draw/colormap.js";
import { brief, fixed } from "../../geometry/scale.js";
import { channelSummary, paletteOf } from "../../state/scene.js";
import { h } from "../../widgets/dom.js";
import { textWidth } from "../../widgets/text-width.js";

/** @import { Colormap } from "../../draw/colormap.js" */
/** @import { Activation } from "../../state/types.js" */
/** @import { Filters } from "./filters.js" */

/** A narrower column has no room for numbers, or for those of both ends. */
const NARROWEST = 16;
const BOTH_ENDS = 32;
/** Size of the numbers, CSS pixels. */
const SMALL = 11;

/** What the colours of a column mean: the ramp, and the values at its ends. */
export class StripLegend {
  #ramp = h("i", { class: "strip-ramp" });
  #text = h("div", { class: "strip-range" });
  #key = "";
  /** @type {Colormap | null} */
  #map = null;

  constructor() {
    this.element = h("div", { class: "strip-legend" }, this.#ramp, this.#text);
  }

  /**
   * @param {Activation | null} activation
   * @param {{width: number, room: number, maps: boolean, perMap: boolean, channel: number, filters: Filters | null}} options
   *   `width` of the column, Infinity on the sheet, which has so much `room`; `channel`: whose scale it is, where every map has its own.
   */
  paint(activation, { width, room, maps, perMap, channel, filters }) {
    this.element.hidden = !activation || width < NARROWEST;
    if (!activation) return;
    // On the sheet all lanes are to be read by one scale, that of the values.
    const shown = width === Infinity ? (activation.lanes?.all?.[1] ?? activation) : activation;
    const { scale, map } = filters ? filters.palette : paletteOf(shown, channel);
    const own = perMap && !filters && map.kind !== "grey" && maps;
    const { min, max } = filters ? { min: scale.low, max: scale.high } : own ? channelSummary(activation, channel) : activation;
    const sheet = width === Infinity;
    const signed = map.kind === "diverging" || filters !== null;
    const texts = own && !sheet ? [width < 44 ? "map" : "per map"] : fitting(rangeTexts(scale, signed, width), sheet ? room : Infinity);
    const key = [map.kind, map.table[0], scale.low, scale.high, min, max, own && channel, ...texts, sheet, !filters].join();
    if (this.#key === key) return;
    this.#key = key;
    if (map !== this.#map) this.#ramp.style.backgroundImage = legendGradient(map);
    this.#map = map;
    this.#text.replaceChildren(...texts.map((text) => h("span", {}, text)));
    const kernels = filters && `weights${filters.photo ? " for red, green and blue" : ""}: `;
    const range = `${kernels ?? (own ? `channel ${channel}: ` : "")}smallest ${fixed(min, 3)}, largest ${fixed(max, 3)}`;
    const signs = sheet && signed ? "Blue is negative, orange positive; " : "";
    this.element.title = own && !sheet ? "every map has its own scale" : signs + range;
  }
}

/**
 * Both ends, and what lies between them where there is room.
 *
 * @param {string[]} texts
 * @param {number} room CSS pixels.
 */
export function fitting(texts, room) {
  const fits = (/** @type {string[]} */ some) => (textWidth(some.join(" ")) + 2) * SMALL < room;
  const [low = "", , high = ""] = texts;
  if (texts.length < 3 || fits(texts)) return texts;
  return fits([low, high]) ? [low, high] : [low, high].map((text) => text.replace(/.* /, ""));
}

/**
 * @param {{low: number, high: number}} scale
 * @param {boolean} signed
 * @param {number} width Of the column; Infinity on the sheet.
 */
function rangeTexts({ low, high }, signed, width) {
  if (high === low) return ["all 0"];
  if (width < Infinity) {
    if (signed) return [`±${brief(high)}`];
    return width < BOTH_ENDS && low === 0 ? ["", brief(high)] : [brief(low), brief(high)];
  }
  const decimals = high >= 100 ? 1 : high >= 0.1 ? 2 : 4;
  return signed
    ? [`blue ${fixed(low, decimals)}`, "0", `orange ${fixed(high, decimals)}`]
    : [fixed(low, low ? decimals : 0), fixed(high, decimals)];
}
