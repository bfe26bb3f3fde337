import { grouped } from "../../geometry/scale.js";
import { channels, layersOfAtlas } from "../../state/channels.js";
import { lookForAtlas } from "../../state/channels-loading.js";
import { cancelSending, sendPhotos } from "../../state/channels-photos.js";
import { filesOfVisit } from "../../state/photo-sending.js";
import { photos } from "../../state/photos.js";
import { BaseElement } from "../../widgets/base-element.js";
import { copyText } from "../../widgets/clipboard.js";
import { h, setHidden } from "../../widgets/dom.js";
import { counted } from "./words.js";

/** @import { WorkerRow } from "../../api/types.js" */

/** What there is to do where there is no atlas, and how far one has come that is being made. */
export class AtlasPanel extends BaseElement {
  #key = "";

  /** @override */
  connected() {
    this.watch(channels.atlas, this.subject.model, channels.trouble, channels.sending, channels.offering, photos);
  }

  /** @override */
  paint() {
    const told = channels.atlas.value;
    const { value: sending } = channels.sending;
    const offering = channels.offering.value || sending !== null;
    setHidden(this, !told || (told.state === "done" && !offering));
    const trouble = channels.trouble.value;
    const key = JSON.stringify([told, trouble, sending, offering, photos.value.length]);
    if (!told || key === this.#key) return;
    this.#key = key;
    const body = { none: () => this.#none(), computing: () => this.#computing(), stopped: () => this.#stopped(), done: () => this.#another() };
    const parts = sending ? this.#sending(sending) : body[told.state]();
    this.replaceChildren(...parts, ...(trouble ? [h("p", { class: "problem", role: "alert" }, trouble)] : []));
  }

  #none() {
    return [
      h("h2", {}, "No atlas of this network yet"),
      h("p", {}, "Choose photos, and every channel of every layer gets a card. Nothing leaves this machine."),
      this.#ways(),
    ];
  }

  #another() {
    const back = h("button", { class: "btn", type: "button" }, "Keep this one");
    back.addEventListener("click", () => (channels.offering.value = false));
    return [h("h2", {}, "Another atlas"), h("p", {}, "The page shows the newest; the one before stays on disk."), this.#ways(), back];
  }

  #ways() {
    const model = this.subject.model.value?.id ?? "";
    return h(
      "ol",
      { class: "ways" },
      h(
        "li",
        {},
        h("b", {}, "Your photos"),
        h("p", {}, "Folders inside the folder become classes; a flat one works too. What is no image is named and left out."),
        h("div", { class: "row" }, this.#chooser("Choose a folder…", true), this.#chooser("A zip…", false), ...this.#visit()),
      ),
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
        h("b", {}, "By a command"),
        h("p", {}, "For very many photos, several processes, or a cluster. The page finds the result by itself."),
        command(`convscope atlas ${model} photos/`),
        command(`convscope atlas ${model} photos/ --workers 4`),
        command(`convscope atlas ${model} photos/ --scheduler tcp://head:8786`),
      ),
    );
  }

  /**
   * A button that asks for files.
   *
   * @param {string} text
   * @param {boolean} folder
   */
  #chooser(text, folder) {
    const input = h("input", { type: "file", hidden: true, "aria-label": text, ...(folder ? { webkitdirectory: true, multiple: true } : { accept: ".zip,application/zip" }) });
    input.addEventListener("change", () => void sendPhotos(this.subject, [...(input.files ?? [])]));
    const button = h("button", { class: "btn", type: "button" }, text);
    button.addEventListener("click", () => input.click());
    return h("span", {}, button, input);
  }

  /** @param {{ sent: number, total: number }} sending */
  #sending({ sent, total }) {
    const cancel = h("button", { class: "btn", type: "button" }, "Cancel");
    cancel.addEventListener("click", cancelSending);
    return [h("h2", { class: "num" }, `${grouped(sent)} of ${grouped(total)} files read in`), progress(sent, total, "Files read in"), cancel];
  }

  #computing() {
    const told = channels.atlas.value;
    if (!told) return [];
    const { photos, total, photos_a_second: rate, seconds_left: left, step, workers } = told;
    const layers = layersOfAtlas();
    const count = layers.reduce((sum, { channels: each }) => sum + each, 0);
    const pace = rate ? [h("b", {}, `${grouped(rate)} images a second`), left ? `, about ${Math.ceil(left)} s left, ` : ", "] : [`${step}, `];
    return [
      h("h2", { class: "num" }, `${grouped(photos)} of ${grouped(total)} photos`),
      progress(photos, total, "Photos surveyed"),
      h("p", { class: "num" }, ...pace, h("b", {}, counted(count, "channel", "channels")), ` in ${counted(layers.length, "layer", "layers")}`),
      ...(workers.length ? [workerTable(workers)] : []),
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
      this.#button("Resume", "POST", "primary", "same"),
      this.#ways(),
    ];
  }

  /** The photos of this visit, where there are any. */
  #visit() {
    const count = photos.value.length;
    if (!count) return [];
    const button = h("button", { class: "btn", type: "button" }, count === 1 ? "The one of this visit" : `The ${count} of this visit`);
    button.addEventListener("click", () => void sendPhotos(this.subject, filesOfVisit()));
    return [button];
  }

  /** @param {string} text @param {"POST" | "DELETE"} method */
  #button(text, method, kind = "", photos = "samples") {
    const button = h("button", { class: `btn ${kind}`, type: "button" }, text);
    button.addEventListener("click", () => {
      channels.offering.value = false;
      void lookForAtlas(this.subject, method, photos);
    });
    return button;
  }
}

/** @param {number} done @param {number} total @param {string} label */
function progress(done, total, label) {
  const bar = h("i");
  bar.style.width = `${(100 * done) / Math.max(1, total)}%`;
  return h("div", { class: "progress-line", role: "progressbar", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": total, "aria-valuenow": done }, bar);
}

/** Who makes the atlas, a row each. @param {WorkerRow[]} workers */
function workerTable(workers) {
  const head = ["worker", "at", "shards", "images a second"].map((text) => h("th", { scope: "col" }, text));
  const rows = workers.map(({ name, now, lost, shards, photos_a_second: rate }) =>
    h("tr", {}, h("th", { scope: "row" }, name), h("td", { class: lost ? "bad" : "" }, lost ? "lost: its shard is made by another" : now || "waiting"), h("td", {}, grouped(shards)), h("td", {}, grouped(rate))),
  );
  return h("table", { class: "workers num" }, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows));
}

/** @param {string} text */
function command(text) {
  const button = h("button", { class: "btn", type: "button" }, "Copy");
  button.addEventListener("click", () => void copyText(text));
  return h("div", { class: "command" }, h("code", {}, text), button);
}

customElements.define("atlas-panel", AtlasPanel);
