import { urls } from "../../api/client.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, setHidden, setText } from "../../widgets/dom.js";
import { withSpot } from "./spot.js";

/** Pixels of the screen for a side of the photo. */
const SIDE = 416;

/** The part of the photo that the network sees, sharp; the chosen pixel is ringed in it. */
export class ExplainPhoto extends BaseElement {
  #canvas = h("canvas", { width: SIDE, height: SIDE, role: "img", "aria-label": "The photo" });
  #empty = h("p", {}, h("b", {}, "Drop a photo"), " or choose one");
  #title = h("h2", {}, "Photo");
  #size = h("span", { class: "num" });
  #image = new Image();
  #drawn = "";

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    const frame = h("div", { class: "explain-photo" }, this.#canvas, this.#empty);
    this.replaceChildren(h("div", { class: "dock-head" }, this.#title, this.#size), frame);
    withSpot(frame, signal);
    this.#image.addEventListener("load", () => this.#draw(), { signal });
    this.watch(this.subject.image, this.subject.crop, this.subject.model);
  }

  /** @override */
  paint() {
    const image = this.subject.image.value;
    const input = this.subject.model.value?.input;
    setText(this.#title, image?.kind === "sound" ? "Sound" : "Photo");
    setHidden(this.#canvas, !image);
    setHidden(this.#empty, !!image);
    setText(this.#size, image && input ? `${input.width}×${input.height} px` : "");
    if (!image) return;
    this.#canvas.setAttribute("aria-label", image.title);
    const address = urls.image(image.id);
    if (this.#image.getAttribute("src") !== address) this.#image.src = address;
    else if (this.#image.complete) this.#draw();
  }

  #draw() {
    const { image, crop } = this.subject;
    if (!image.value || !crop.value || this.#image.getAttribute("src") !== urls.image(image.value.id)) return;
    const { left, top, width, height } = crop.value;
    const key = [image.value.id, left, top, width].join();
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.#canvas.height = Math.round((SIDE * height) / width);
    this.#canvas.getContext("2d")?.drawImage(this.#image, left, top, width, height, 0, 0, SIDE, this.#canvas.height);
  }
}

customElements.define("explain-photo", ExplainPhoto);
