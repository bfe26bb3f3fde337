import { grouped } from "../../geometry/scale.js";
import { channels, layersOfAtlas, pick } from "../../state/channels.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, setAttribute, setHidden, setText } from "../../widgets/dom.js";
import { counted, whole } from "./words.js";

/** @import { AtlasLayer } from "../../api/types.js" */

const STATES = { none: "none yet", computing: "computing", stopped: "stopped", done: "up to date" };
const WHAT = "An atlas is what every channel does on a set of photos: the patches that excite it most, how often, and for which classes.";

/** The layers that have cards, and what the atlas is of. */
export class ChannelDock extends BaseElement {
  #key = "";

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.piece("another").addEventListener("click", () => (channels.offering.value = true), { signal });
    this.watch(channels.atlas, channels.chosen, channels.leftOut);
  }

  /** @override */
  paint() {
    const layers = layersOfAtlas();
    const list = this.piece("layers");
    const key = JSON.stringify(layers);
    if (key !== this.#key) list.replaceChildren(...layers.map((layer) => h("li", {}, this.#button(layer))));
    this.#key = key;
    for (const button of list.querySelectorAll("button")) {
      setAttribute(button, "aria-pressed", String(button.dataset.node === channels.chosen.value.node));
    }
    const told = channels.atlas.value;
    setText(this.piece("state"), told ? STATES[told.state] : "");
    setHidden(this.piece("another"), told?.state !== "done");
    this.#paintAtlas();
  }

  #paintAtlas() {
    const atlas = channels.atlas.value?.atlas;
    const note = this.piece("atlas");
    if (!atlas) return setText(note, WHAT);
    const { photos, classes, right, skipped, skipped_named: named } = atlas;
    const among = classes.length ? ` in ${classes.length} classes` : "";
    const known = right === null ? "" : `; the network names ${whole(right / photos)} of them`;
    note.replaceChildren(h("b", {}, `${grouped(photos)} photos`), `${among}${known}.`);
    const large = channels.leftOut.value.map((path) => `${path}: too large`);
    const all = [...named, ...large];
    const left = this.piece("left");
    setHidden(left, !all.length);
    const more = skipped - named.length;
    const rows = all.map((text) => h("li", {}, text));
    left.replaceChildren(
      h("summary", {}, `${counted(skipped + large.length, "file was", "files were")} left out`),
      h("ul", {}, ...rows, ...(more > 0 ? [h("li", {}, `and ${grouped(more)} more`)] : [])),
    );
  }

  /** @param {AtlasLayer} layer */
  #button({ node, channels: count, field, dead, twins }) {
    const notes = [dead ? `${dead} dead` : "", twins ? `${twins} twins` : ""].filter(Boolean).join(", ");
    const button = h(
      "button",
      { type: "button", "data-node": node, title: node },
      h("b", {}, node),
      h("span", {}, grouped(count)),
      h("small", {}, `sees ${field[0]} × ${field[1]} px`),
      h("small", {}, notes),
    );
    button.addEventListener("click", () => pick(node, 0));
    return button;
  }
}

customElements.define("channel-dock", ChannelDock);
