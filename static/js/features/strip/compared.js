/** What the strip shows of two that are compared: three lanes on the sheet, and how far apart the layers are below it. */

import { relative } from "../../state/difference.js";
import { mutedIn } from "../../state/edits.js";
import { h, place, setAttribute, setHidden, setStyle, setText } from "../../widgets/dom.js";
import { eye } from "../../widgets/eye.js";

/** @import { Distances } from "../../state/sources.js" */
/** @import { ChannelChange } from "../../state/types.js" */

/**
 * How much a channel has changed, of its own length in A; "equal" only where every bit is the same.
 *
 * @param {ChannelChange} change
 */
function changeText({ differing, distance, length }) {
  if (!differing) return "equal";
  return shareText(relative(distance, length));
}

/** @param {number | null} share null: there was nothing before. @returns {string} Per cent. */
function shareText(share) {
  if (share === null) return "from 0";
  if (share > 0 && share < 0.0005) return "<0.1\u202f%";
  return `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)}\u202f%`;
}

/** What stands around the three maps of a channel: its number before them, how much has changed after them. */
export class StripLanes {
  #others = [h("i", { class: "strip-beside" }), h("i", { class: "strip-beside" })];
  #share = h("b");
  #change = h("span", { class: "strip-change num" }, this.#share, h("i"));
  /** Mutes the channel. */
  #eye;

  /** @param {number} channel */
  constructor(channel) {
    this.#eye = h("i", { class: "strip-eye", title: "Mute (O)", "data-mute": channel }, eye(false));
    const number = h("span", { class: "strip-number num" }, String(channel), this.#eye);
    this.element = h("span", { class: "strip-lanes-cell", "aria-hidden": "true" }, number, ...this.#others, this.#change);
  }

  /**
   * @param {number} beside From one map to the next.
   * @param {number} width Of a map.
   */
  place(beside, width) {
    this.#others.forEach((other, at) => place(other, { left: (at + 1) * beside, width }));
    place(this.#change, { left: 2 * beside + width + 6 });
  }

  /** @param {boolean} muted */
  #mute(muted) {
    if (this.#eye.classList.contains("off") === muted) return;
    this.#eye.classList.toggle("off", muted);
    this.#eye.replaceChildren(eye(muted));
  }

  /**
   * @param {ChannelChange | undefined} change
   * @param {boolean} muted
   * @returns {string} What is said of it.
   */
  write(change, muted) {
    const text = change ? changeText(change) : "";
    const share = change?.differing ? (relative(change.distance, change.length) ?? 1) : 0;
    setText(this.#share, text);
    setStyle(this.#change, "--share", String(Math.min(1, share)));
    this.#mute(muted);
    return `A, B and B minus A: ${text === "equal" ? "exactly equal" : `changed by ${text}`}`;
  }
}

export { mutedIn };

const LANES = ["A", "B", "B \u2212 A"];

/** The names of the lanes, over the maps of the sheet. */
export class StripLaneNames {
  #names = LANES.map((name) => h("span", {}, name));
  element = h("p", { class: "strip-lane-names", "aria-hidden": "true" }, ...this.#names);

  /**
   * @param {{x: number, width: number, beside?: number} | undefined} cell The first of the sheet.
   * @param {number} top Where the maps begin.
   */
  place(cell, top) {
    const beside = cell?.beside;
    this.element.hidden = !beside;
    if (!cell || !beside) return;
    place(this.element, { top: top - 14 });
    this.#names.forEach((name, at) => place(name, { left: cell.x + at * beside, width: cell.width }));
  }
}

/** The tallest bar, and where the line is that all stand on; CSS pixels. */
const TALLEST = 18;
const GROUND = 44;

/** How far B's output of a layer is from A's: one bar of the chart under the strip. */
export class StripDistance {
  #bar = h("i");
  #text = h("span");
  element = h("div", { class: "strip-distance num", hidden: true }, this.#bar, this.#text);

  /**
   * @param {{relative: number | null, equal: boolean} | null} distance null: it has no counterpart.
   * @param {number} most The largest of all.
   * @param {boolean} first Whether it is the first layer that differs.
   */
  paint(distance, most, first) {
    const share = distance ? (distance.relative ?? most) : 0;
    const height = distance && !distance.equal ? Math.max(1, (share / (most || 1)) * TALLEST) : 0;
    const text = !distance ? "" : distance.equal ? "=" : shareText(distance.relative).replace("\u202f%", "");
    place(this.#bar, { top: GROUND - height, height });
    place(this.#text, { top: GROUND - height - 13 });
    setText(this.#text, text);
    this.element.classList.toggle("first", first);
    setAttribute(this.element, "title", !distance ? "no counterpart" : distance.equal ? "exactly equal" : `B is ${shareText(distance.relative)} of A's length away`);
  }
}

/** What the chart is, and where the difference begins. */
export class DistanceLabels {
  #name = h("b");
  #rest = h("span");
  #first = h("p", { class: "strip-first" }, this.#name, this.#rest);
  element = h("div", { class: "strip-distances", hidden: true }, h("p", {}, "Distance of B from A, % of A\u2019s length"), h("hr"), this.#first);

  /** @param {Distances | null} distances */
  paint(distances) {
    setHidden(this.element, !distances);
    if (!distances) return;
    const { first, exact } = distances;
    setText(this.#name, exact ? "\u2713 Exactly equal" : first ? `\u25b2 ${first}` : "");
    setText(this.#rest, exact ? ": every bit of every layer" : first ? " is the first that differs" : "No layer that both have differs");
  }
}
