import { grouped } from "../../geometry/scale.js";
import { channels, layersOfAtlas, pick } from "../../state/channels.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, setAttribute, setText } from "../../widgets/dom.js";
import { counted, whole } from "./words.js";

/** @import { AtlasLayer } from "../../api/types.js" */

const STATES = { none: "none yet", computing: "computing", stopped: "stopped", done: "up to date" };
const WHAT = "An atlas is what every channel does on a set of photos: the patches that excite it most, how often, and for which classes.";

/** The layers that have cards, and what the atlas is of. */
export class ChannelDock extends BaseElement {
  #key = "";

  /** @override */
  connected() {
    this.watch(channels.atlas, channels.chosen);
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
    this.#paintAtlas();
  }

  #paintAtlas() {
    const atlas = channels.atlas.value?.atlas;
    const note = this.piece("atlas");
    if (!atlas) return setText(note, WHAT);
    const { photos, classes, right, skipped } = atlas;
    const among = classes.length ? ` in ${classes.length} classes` : "";
    const named = right === null ? "" : `; the network names ${whole(right / photos)} of them`;
    const left = skipped ? ` ${counted(skipped, "file is", "files are")} no image.` : "";
    note.replaceChildren(h("b", {}, `${grouped(photos)} photos`), `${among}${named}.${left}`);
    note.title = atlas.skipped_named.join("\n");
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
