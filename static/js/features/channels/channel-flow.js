import { largestOf } from "../../geometry/extremes.js";
import { channels, pick } from "../../state/channels.js";
import { fixed } from "../../geometry/scale.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, s, setHidden } from "../../widgets/dom.js";
import { cardPatch, wallPatch } from "./pictures.js";

/** @import { ChannelCard, PartnerSchema as Partner } from "../../api/types.js" */

const [WIDTH, ROW, TOP, ITEM, MIDDLE] = [648, 28, 24, 166, 40];

/** The channels that feed this one and that it feeds, as ribbons: orange adds, blue takes away. */
export class ChannelFlow extends BaseElement {
  /** @type {ChannelCard | null} */
  #drawn = null;

  /** @override */
  connected() {
    this.watch(channels.card);
  }

  /** @override */
  paint() {
    const card = channels.card.value;
    setHidden(this, !card);
    if (!card || card === this.#drawn) return;
    this.#drawn = card;
    const middle = h("span", { class: "flow-mid" }, ...(card.top.length ? [cardPatch(card.node, card.channel, 0, 80)] : []), h("b", { class: "num" }, String(card.channel)));
    const sides = [card.sources.map((each, at) => item(each, at, "")), card.targets.map((each, at) => item(each, at, "right"))];
    const none = (/** @type {string} */ text, /** @type {string} */ side) => h("p", { class: `flow-none ${side}` }, text);
    this.piece("flow").replaceChildren(
      ribbons(card),
      ...sides.flat(),
      middle,
      ...(card.sources.length ? [] : [none("Reads the photo itself: see its filter in Explore.", "left")]),
      ...(card.targets.length ? [] : [none("No later layer with a card reads it by weights.", "right")]),
    );
  }
}

/**
 * @param {Partner} partner
 * @param {number} at
 * @param {"" | "right"} side
 */
function item(partner, at, side) {
  const sign = partner.strength < 0 ? "neg" : "pos";
  const text = h("span", {}, `${partner.node.replace(/_relu$/, "")} `, h("b", {}, String(partner.channel)));
  const value = h("em", { class: sign }, `${partner.strength < 0 ? "" : "+"}${fixed(partner.strength, 2)}`);
  const title = `${partner.node}, channel ${partner.channel}: weights times mean activity ${fixed(partner.strength, 3)}`;
  const button = h("button", { type: "button", class: `flow-item num ${side}`, title }, text, value, wallPatch(partner.node, partner.channel, 0, 24));
  button.style.top = `${TOP + at * ROW}px`;
  button.addEventListener("click", () => pick(partner.node, partner.channel));
  return button;
}

/** @param {ChannelCard} card */
function ribbons({ sources, targets }) {
  const picture = s("svg", { viewBox: `0 0 ${WIDTH} 196`, "aria-hidden": "true" });
  for (const { strength, from, to, width } of stacked(sources)) picture.append(ribbon(strength, ITEM, from, WIDTH / 2 - MIDDLE - 4, to, width));
  for (const { strength, from, to, width } of stacked(targets)) picture.append(ribbon(strength, WIDTH / 2 + MIDDLE + 4, to, WIDTH - ITEM, from, width));
  return picture;
}

/**
 * Where each ribbon begins at its channel's row and ends at the middle, one below the other.
 *
 * @param {Partner[]} partners
 */
function stacked(partners) {
  const most = Math.max(largestOf(partners.map(({ strength }) => Math.abs(strength))), 1e-9);
  const widths = partners.map(({ strength }) => 1 + (9 * Math.abs(strength)) / most);
  let next = TOP + 2.5 * ROW + 12 - widths.reduce((sum, width) => sum + width, 0) / 2;
  return partners.map(({ strength }, at) => {
    const width = widths[at] ?? 1;
    const to = next + width / 2;
    next += width;
    return { strength, from: TOP + at * ROW + 12, to, width };
  });
}

/**
 * @param {number} strength
 * @param {number} x
 * @param {number} y
 * @param {number} toX
 * @param {number} toY
 * @param {number} width
 */
function ribbon(strength, x, y, toX, toY, width) {
  const half = (x + toX) / 2;
  const path = s("path", { d: `M${x} ${y}C${half} ${y} ${half} ${toY} ${toX} ${toY}`, "stroke-width": width, fill: "none", class: strength < 0 ? "neg" : "pos" });
  return path;
}

customElements.define("channel-flow", ChannelFlow);
