import { colormap, cssColour, colour } from "../../draw/colormap.js";
import { largestOf } from "../../geometry/extremes.js";
import { channels, chosenLayer } from "../../state/channels.js";
import { currentTheme } from "../../state/scene.js";
import { view } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, setHidden } from "../../widgets/dom.js";
import { inExplore, whyHere } from "./links.js";
import { said, whole } from "./words.js";

/** @import { AtlasLayer } from "../../api/types.js" */
/** @import { Here } from "../../state/channels-types.js" */

const SIZE = 96;

/** The same channel on the photo that is open: its map over it, what its strongest value sees, and its rank. */
export class ChannelHere extends BaseElement {
  /** @override */
  connected() {
    this.watch(channels.here, channels.card, view.theme);
  }

  /** @override */
  paint() {
    const here = channels.here.value;
    const layer = chosenLayer();
    const fits = here && layer && here.node === layer.node;
    setHidden(this, !fits);
    if (!fits) return;
    const photo = h("canvas", { width: SIZE, height: SIZE, role: "img", "aria-label": "The channel's map over your photo" });
    drawMap(photo, here);
    const cut = h("canvas", { class: "patch", width: SIZE, height: SIZE, role: "img", "aria-label": "What its strongest value sees" });
    drawCut(cut, here, layer);
    this.replaceChildren(photo, cut, this.#text(here));
  }

  /** @param {Here} here */
  #text(here) {
    const place = here.height * here.width > 1 ? ` at row ${here.y}, column ${here.x} of ${here.height} × ${here.width}` : "";
    const rank = here.below === null ? ["."] : [": more than on ", h("b", {}, whole(here.below)), " of the atlas."];
    return h(
      "div",
      {},
      h("h3", {}, "On your photo"),
      h("p", { class: "num" }, "Strongest ", h("b", { "data-value": here.value }, said(here.value)), place, ...rank),
      h("div", { class: "row" }, ...this.#links(here)),
    );
  }

  /** @param {Here} here */
  #links({ node, channel, y, x }) {
    const explore = h("a", { class: "btn", href: inExplore(this.subject, { node, channel, y, x }) }, "Open in Explore");
    if (!document.querySelector('[data-half="answer"]')) return [explore];
    return [h("a", { class: "btn", href: whyHere(this.subject, { node, channel }) }, "Why, here?"), explore];
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Here} here
 */
function drawMap(canvas, here) {
  const context = canvas.getContext("2d");
  if (!context) return;
  stamp(context, here.photo, { x: 0, y: 0, width: here.photo.width, height: here.photo.height });
  const most = Math.max(largestOf(here.map.map(Math.abs)), 1e-9);
  const [high, wide] = [SIZE / here.height, SIZE / here.width];
  const map = colormap("diverging", currentTheme());
  here.map.forEach((value, at) => {
    context.globalAlpha = Math.min(0.85, (0.85 * Math.abs(value)) / most);
    context.fillStyle = cssColour(colour(value, { low: -most, high: most }, map));
    context.fillRect((at % here.width) * wide, Math.floor(at / here.width) * high, wide, high);
  });
  context.globalAlpha = 1;
  context.lineWidth = 2;
  context.strokeStyle = "#fff";
  context.strokeRect(here.x * wide - 1, here.y * high - 1, wide + 2, high + 2);
  context.lineWidth = 1;
  context.strokeStyle = "#000";
  context.strokeRect(here.x * wide - 0.5, here.y * high - 0.5, wide + 1, high + 1);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Here} here
 * @param {AtlasLayer} layer
 */
function drawCut(canvas, here, { field, stride, offset }) {
  const context = canvas.getContext("2d");
  if (!context) return;
  const [all, across] = [here.photo.height, here.photo.width];
  const inside = field[0] <= all && field[1] <= across;
  const box = inside ? { x: here.x * stride[1] + offset[1], y: here.y * stride[0] + offset[0], width: field[1], height: field[0] } : { x: 0, y: 0, width: across, height: all };
  stamp(context, here.photo, box);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {ImageData} photo
 * @param {{x: number, y: number, width: number, height: number}} box  Of the photo, in its pixels; may leave it.
 */
function stamp(context, photo, box) {
  const whole = new OffscreenCanvas(photo.width, photo.height);
  whole.getContext("2d")?.putImageData(photo, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(whole, box.x, box.y, box.width, box.height, 0, 0, SIZE, SIZE);
}

customElements.define("channel-here", ChannelHere);
