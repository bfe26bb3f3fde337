import { channels } from "../../state/channels.js";
import { makePicture } from "../../state/channels-loading.js";
import { BaseElement } from "../../widgets/base-element.js";
import { MapCanvas } from "../../widgets/canvases.js";
import { h, setHidden } from "../../widgets/dom.js";
import { said } from "./words.js";

/** The picture made to excite the channel, while it forms; the value it reaches against the best photo's. */
export class ChannelMade extends BaseElement {
  #canvas = new MapCanvas("made-picture");

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.#canvas.element.setAttribute("role", "img");
    this.#canvas.element.setAttribute("aria-label", "A picture made to excite this channel");
    this.piece("frame").append(this.#canvas.element);
    this.piece("make").addEventListener("click", () => void makePicture(this.subject), { signal });
    this.watch(channels.made, channels.card, channels.chosen);
  }

  /** @override */
  paint() {
    const made = channels.made.value;
    const { node, channel } = channels.chosen.value;
    const own = made && made.node === node && made.channel === channel ? made : null;
    setHidden(this.#canvas.element, !own);
    setHidden(this.piece("make"), own !== null || channels.card.value !== null);
    const note = this.piece("note");
    if (!own) return note.replaceChildren(channels.card.value ? "Forming…" : "about 2 s");
    this.#canvas.show(own.image);
    const best = channels.card.value?.top[0]?.value;
    const step = own.done ? "" : `, step ${own.step} of ${own.steps}`;
    const value = h("b", { "data-value": own.value }, said(own.value));
    if (best === undefined) return note.replaceChildren("reaches ", value, step);
    const below = own.done && own.value < best;
    const against = below ? h("span", { class: "bad" }, `: below the best photo, ${said(best)}`) : `, best photo ${said(best)}${step}`;
    return note.replaceChildren(value, against);
  }
}

customElements.define("channel-made", ChannelMade);
