import { grouped } from "../../geometry/scale.js";
import { channels, layersOfAtlas } from "../../state/channels.js";
import { lookForAtlas } from "../../state/channels-loading.js";
import { BaseElement } from "../../widgets/base-element.js";
import { copyText } from "../../widgets/clipboard.js";
import { h, setHidden } from "../../widgets/dom.js";
import { counted } from "./words.js";

/** What there is to do where there is no atlas, and how far one has come that is being made. */
export class AtlasPanel extends BaseElement {
  #key = "";

  /** @override */
  connected() {
    this.watch(channels.atlas, this.subject.model, channels.trouble);
  }

  /** @override */
  paint() {
    const told = channels.atlas.value;
    setHidden(this, !told || told.state === "done");
    const trouble = channels.trouble.value;
    const key = JSON.stringify([told, trouble]);
    if (!told || key === this.#key) return;
    this.#key = key;
    const body = { none: () => this.#none(), computing: () => this.#computing(), stopped: () => this.#stopped(), done: () => [] };
    this.replaceChildren(...body[told.state](), ...(trouble ? [h("p", { class: "problem", role: "alert" }, trouble)] : []));
  }

  #none() {
    const model = this.subject.model.value?.id ?? "";
    return [
      h("h2", {}, "No atlas of this network yet"),
      h("p", {}, "Choose photos, and every channel of every layer gets a card. Nothing leaves this machine."),
      h(
        "ol",
        { class: "ways" },
        h(
          "li",
          {},
          h("b", {}, "The photos that come with ConvScope"),
          h("p", {}, "Enough to try it: 10 samples, cut into 400 pieces."),
          this.#button("Use the samples", "POST", "primary"),
        ),
        h(
          "li",
          {},
          h("b", {}, "Your own, by a command"),
          h("p", {}, "Folders inside it become classes; a flat folder works too. The page finds the result by itself."),
          command(`convscope atlas ${model} photos/`),
          command(`convscope atlas ${model} photos/ --workers 4`),
          command(`convscope atlas ${model} photos/ --scheduler tcp://head:8786`),
        ),
      ),
    ];
  }

  #computing() {
    const { photos, total, photos_a_second: rate, seconds_left: left, step } = channels.atlas.value ?? { photos: 0, total: 1, photos_a_second: 0, seconds_left: null, step: "" };
    const layers = layersOfAtlas();
    const count = layers.reduce((sum, { channels: each }) => sum + each, 0);
    const bar = h("i");
    bar.style.width = `${(100 * photos) / Math.max(1, total)}%`;
    const pace = rate ? [h("b", {}, `${grouped(rate)} images a second`), left ? `, about ${Math.ceil(left)} s left, ` : ", "] : [`${step}, `];
    return [
      h("h2", { class: "num" }, `${grouped(photos)} of ${grouped(total)} photos`),
      h("div", { class: "progress-line", role: "progressbar", "aria-label": "Photos surveyed", "aria-valuemin": 0, "aria-valuemax": total, "aria-valuenow": photos }, bar),
      h("p", { class: "num" }, ...pace, h("b", {}, counted(count, "channel", "channels")), ` in ${counted(layers.length, "layer", "layers")}`),
      h("p", { class: "note" }, "The same bits on one worker or many. Close the page if you like: it goes on."),
      this.#button("Stop", "DELETE"),
    ];
  }

  #stopped() {
    const { photos, total, problem } = channels.atlas.value ?? { photos: 0, total: 0, problem: null };
    return [
      h("h2", { class: "num" }, `Stopped at ${grouped(photos)} of ${grouped(total)} photos`),
      ...(problem ? [h("p", { class: "problem", role: "alert" }, problem)] : []),
      h("p", {}, "What is done stays done."),
      this.#button("Resume", "POST", "primary"),
    ];
  }

  /** @param {string} text @param {"POST" | "DELETE"} method */
  #button(text, method, kind = "") {
    const button = h("button", { class: `btn ${kind}`, type: "button" }, text);
    button.addEventListener("click", () => void lookForAtlas(this.subject, method));
    return button;
  }
}

/** @param {string} text */
function command(text) {
  const button = h("button", { class: "btn", type: "button" }, "Copy");
  button.addEventListener("click", () => void copyText(text));
  return h("div", { class: "command" }, h("code", {}, text), button);
}

customElements.define("atlas-panel", AtlasPanel);
