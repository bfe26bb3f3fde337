import { getNpy, urls } from "../../api/client.js";
import { postFile } from "../../api/files.js";
import { goesRound } from "../../geometry/around.js";
import { catalogue } from "../../state/catalogue.js";
import { sameNumbers, unedited } from "../../state/edits.js";
import { problemOf } from "../../state/loading.js";
import { samplesFor } from "../../state/switching.js";
import { h, setAttribute, setHidden, setText } from "../../widgets/dom.js";
import { MapField, givenByB, wayOf } from "./field.js";
import { counted } from "./words.js";

/** @import { ModelDetail, NodeDetail, NpyArray } from "../../api/client.js" */
/** @import { Edit } from "../../state/edits.js" */
/** @import { Editing } from "../../state/editing.js" */
/** @import { LayerSource } from "../../state/sources.js" */
/** @import { Subject } from "../../state/subject.js" */
/** @import { Box, Place } from "./field.js" */

/** @typedef {{id: string, title: string}} Picture */
/** @typedef {{model: ModelDetail, node: NodeDetail, channel: number}} Layer */

/** Each of the two maps: its largest side, CSS pixels. */
const SIDE = 150;
const THUMBNAIL = 64;

/** Puts what another photo has in a layer in the place of what B's has: a rectangle or all of it, of one channel or of all. */
export class PatchTool {
  #pictures = h("div", { class: "edit-pictures", role: "group", "aria-label": "Photo to take from" });
  #file = h("input", { type: "file", accept: "image/*,.heic,.heif,.avif,.tif,.tiff", hidden: true, "aria-label": "Photo to take from" });
  #own = h("button", { type: "button", class: "btn small" }, "Own photo\u2026");
  #from = new MapField("", false);
  #into = new MapField("Rectangle to be replaced");
  #names = [h("figcaption"), h("figcaption", {}, "into B")];
  #maps;
  #all = h("button", { type: "button" });
  #only = h("button", { type: "button" });
  #whole = h("button", { type: "button", class: "btn small" }, "Whole map");
  #proof = h("p", { class: "edit-proof", role: "status" });
  /** Photos that were brought here. @type {Picture[]} */
  #brought = [];
  /** What other photos have, by address. @type {Map<string, NpyArray>} */
  #taken = new Map();
  /** @type {Set<string>} */
  #asked = new Set();
  /** Of what is to be patched next. @type {{picture: Picture | null, every: boolean}} */
  #wish = { picture: null, every: true };
  /** Where a rectangle began that is being dragged. @type {Place | null} */
  #begun = null;
  /** @type {Box | null} */
  #box = null;
  /** @type {Layer | null} */
  #now = null;

  /**
   * @param {Editing} editing
   * @param {Subject} subject
   * @param {LayerSource} source
   */
  constructor(editing, subject, source) {
    this.editing = editing;
    this.subject = subject;
    this.source = source;
    const figures = [this.#from, this.#into].map((field, at) => h("figure", {}, /** @type {Node} */ (this.#names[at]), field.element));
    this.#maps = h("div", { class: "edit-patch" }, .../** @type {[HTMLElement, HTMLElement]} */ (figures));
    figures[0]?.after(h("span", { "aria-hidden": "true" }, "\u2192"));
    const channels = h("div", { class: "seg tiny", role: "group", "aria-label": "Channels" }, this.#all, this.#only);
    const lead = h("p", { class: "note" }, "Put what another photo has here into this one. Choose it, drag a rectangle on B, or take all of it.");
    this.element = h("div", { class: "edit-tool" }, lead, this.#pictures, this.#maps, h("div", { class: "edit-row" }, h("span", {}, "Channels"), channels, this.#whole), this.#proof, this.#file);
    this.#listen();
  }

  #listen() {
    this.#own.addEventListener("click", () => this.#file.click());
    this.#file.addEventListener("change", () => void this.#bring());
    this.#pictures.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest("button[data-image]") : null;
      const picture = this.#known.find(({ id }) => button instanceof HTMLElement && id === button.dataset.image);
      if (picture) this.#put({ picture });
    });
    this.#all.addEventListener("click", () => this.#put({ every: true }));
    this.#only.addEventListener("click", () => this.#put({ every: false }));
    this.#whole.addEventListener("click", () => this.#put({ box: null }));
    const field = this.#into.element;
    field.addEventListener("pointerdown", (event) => this.#begin(event));
    field.addEventListener("pointermove", (event) => this.#drag(event));
    for (const over of /** @type {const} */ (["pointerup", "pointercancel"])) field.addEventListener(over, () => this.#end());
    field.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @returns {Picture[]} */
  get #known() {
    return [...this.#brought, ...samplesFor(catalogue.samples.value, this.subject.model.value)];
  }

  async #bring() {
    const [file] = this.#file.files ?? [];
    this.#file.value = "";
    if (!file) return;
    try {
      const { id } = await postFile(urls.images(), file, { name: file.name });
      this.#brought = [{ id, title: file.name }, ...this.#brought.filter((each) => each.id !== id)];
      this.#put({ picture: { id, title: file.name } });
    } catch (error) {
      this.subject.problem.value = problemOf(error, file.name, () => {});
    }
  }

  /** The patch of this layer that there is. @returns {Edit | undefined} */
  get #edit() {
    const { node } = /** @type {Layer} */ (this.#now);
    return this.editing.edits().find((each) => each.node === node.name && each.what === "patch" && !each.off);
  }

  /**
   * What is patched from now on: what is not told stays as it is.
   *
   * @param {{picture?: Picture, every?: boolean, box?: Box | null}} wish
   */
  #put({ picture, every, box }) {
    if (picture) this.#wish.picture = picture;
    if (every !== undefined) this.#wish.every = every;
    if (box !== undefined) this.#box = box;
    if (!this.#wish.picture || !this.#now) return this.#show();
    const { node, channel } = this.#now;
    const rest = this.#box ? [this.#box.top, this.#box.left, this.#box.bottom, this.#box.right].join() : "";
    const edit = { node: node.name, what: "patch", which: this.#wish.every ? "*" : String(channel), value: this.#wish.picture.id, rest, off: false };
    const before = this.#edit;
    void this.editing.make([...this.editing.edits().filter((each) => !before || !sameNumbers(each, before) || each.off), edit]);
  }

  /**
   * @param {ModelDetail} model
   * @param {NodeDetail} node
   * @param {number} channel
   */
  paint(model, node, channel) {
    const other = this.#now?.node !== node;
    this.#now = { model, node, channel };
    const edit = this.#edit;
    if (edit && !this.#begun) {
      const id = edit.value.split(",")[0] ?? "";
      const [top = 0, left = 0, bottom = 0, right = 0] = edit.rest.split(",").map(Number);
      this.#wish = { picture: this.#known.find((each) => each.id === id) ?? { id, title: "another photo" }, every: edit.which === "*" };
      this.#box = edit.rest ? { top, left, bottom, right } : null;
    } else if (other) this.#box = null;
    this.#show();
  }

  #show() {
    if (!this.#now) return;
    const { model, node, channel } = this.#now;
    const { picture, every } = this.#wish;
    this.#offer(model);
    for (const button of this.#pictures.querySelectorAll("button[data-image]")) setAttribute(button, "aria-pressed", String(button.getAttribute("data-image") === picture?.id));
    const activation = givenByB(this.source, node.name);
    const map = node.output_shape.length > 1 && activation !== null;
    setHidden(this.#maps, !map || !picture);
    setHidden(this.#whole, !map);
    setText(this.#all, `all ${node.output_shape[0]}`);
    setText(this.#only, `only ${channel}`);
    for (const [button, one] of /** @type {const} */ ([[this.#all, true], [this.#only, false]])) setAttribute(button, "aria-pressed", String(every === one));
    setAttribute(this.#whole, "aria-pressed", String(!this.#box));
    if (map && picture) {
      const [, height = 1, width = 1] = activation.shape;
      const theirs = this.#values(picture, `nodes/${encodeURIComponent(node.name)}`, { channels: channel });
      const box = this.#box ?? { top: 0, left: 0, bottom: height, right: width };
      setText(/** @type {Node} */ (this.#names[0]), `from ${picture.title}`);
      if (theirs) this.#from.paint(activation, channel, SIDE, theirs);
      this.#from.rename(`${node.name}, channel ${channel}, of ${picture.title}`);
      this.#into.paint(activation, channel, SIDE);
      this.#into.rename(`Rectangle to be replaced: rows ${box.top} to ${box.bottom - 1}, columns ${box.left} to ${box.right - 1}; arrow keys move it, with Shift they size it`);
      for (const field of [this.#from, this.#into]) field.outline(box);
    }
    this.#prove();
  }

  /** @param {ModelDetail} model */
  #offer(model) {
    const known = this.#known;
    const key = [model.input.channels, ...known.map(({ id }) => id)].join();
    if (this.#pictures.dataset.key === key) return;
    this.#pictures.dataset.key = key;
    const buttons = known.map(({ id, title }) => h("button", { type: "button", "data-image": id, title, "aria-label": title }, h("img", { src: urls.thumbnail(id, THUMBNAIL), alt: "", draggable: "false" })));
    this.#pictures.replaceChildren(...buttons, this.#own);
  }

  /**
   * What the network, before its edits, gives for another photo; null until it is here.
   *
   * @param {Picture} picture
   * @param {string} tail
   * @param {Record<string, number>} query
   */
  #values({ id }, tail, query) {
    const { model } = /** @type {Layer} */ (this.#now);
    const address = urls.trace(unedited(model.id), id, null, tail, query);
    const known = this.#taken.get(address)?.data;
    if (known instanceof Float32Array) return known;
    if (!this.#asked.has(address)) {
      this.#asked.add(address);
      getNpy(address).then(
        (array) => {
          this.#taken.set(address, array);
          this.#show();
        },
        () => this.#asked.delete(address),
      );
    }
    return null;
  }

  /** Of all of a layer: that B's answer is the other photo's, as it was found, or what goes round it. */
  #prove() {
    const { model, node } = /** @type {Layer} */ (this.#now);
    const [edit, { picture, every }] = [this.#edit, this.#wish];
    const [channels = 1, height = 1, width = 1] = node.output_shape;
    if (!picture || !edit) return this.#say(false, "Nothing is patched yet: choose a photo.");
    if (!every || this.#box) {
      const { top, left, bottom, right } = this.#box ?? { top: 0, left: 0, bottom: height, right: width };
      const of = every ? `${counted(channels, "channel")}` : "one channel";
      return this.#say(false, `${(bottom - top) * (right - left)} of ${height * width} values of ${of} come from ${picture.title}.`);
    }
    const round = goesRound(model.nodes, node.name);
    const all = `All of ${node.name} now comes from ${picture.title}`;
    if (round) return this.#say(false, `${all}, but ${round} also reads what goes round it, so B's answer does not follow from ${picture.title} alone.`);
    const theirs = this.#values(picture, `nodes/${encodeURIComponent(model.output)}`, {});
    const shown = this.subject.shown.value;
    const ours = shown?.model.id === model.id ? shown.activations.get(model.output)?.data : null;
    if (!theirs || !ours?.length) return this.#say(false, `${all}.`);
    if (sameBits(theirs, ours)) return this.#say(true, `${all}, and nothing goes round it, so B's answer is that of ${picture.title}, in every bit.`);
    return this.#say(false, `${all}. B's answer is another one all the same: there are edits behind this layer.`);
  }

  /** @param {boolean} exact @param {string} text */
  #say(exact, text) {
    if (this.#proof.textContent === `${exact ? "\u2713 exact " : ""}${text}`) return;
    this.#proof.replaceChildren(...(exact ? [h("b", {}, "\u2713 exact"), " "] : []), text);
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    if (event.button !== 0) return;
    this.#into.element.setPointerCapture(event.pointerId);
    this.#begun = this.#into.under(event);
    this.#drag(event);
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    if (!this.#begun) return;
    const [from, to] = [this.#begun, this.#into.under(event)];
    this.#box = { top: Math.min(from.y, to.y), left: Math.min(from.x, to.x), bottom: Math.max(from.y, to.y) + 1, right: Math.max(from.x, to.x) + 1 };
    this.#show();
  }

  #end() {
    if (!this.#begun) return;
    this.#begun = null;
    this.#put({});
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const way = wayOf(event);
    const [, height = 1, width = 1] = this.#now?.node.output_shape ?? [];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const { top, left, bottom, right } = this.#box ?? { top: 0, left: 0, bottom: height, right: width };
    const within = (/** @type {number} */ value, /** @type {number} */ least, /** @type {number} */ most) => Math.max(least, Math.min(most, value));
    const [rows, columns] = event.shiftKey ? [within(bottom - top + way.y, 1, height - top), within(right - left + way.x, 1, width - left)] : [bottom - top, right - left];
    const [y, x] = event.shiftKey ? [top, left] : [within(top + way.y, 0, height - rows), within(left + way.x, 0, width - columns)];
    this.#put({ box: { top: y, left: x, bottom: y + rows, right: x + columns } });
  }
}

/** @param {Float32Array} a @param {Float32Array} b */
function sameBits(a, b) {
  const bits = (/** @type {Float32Array} */ { buffer, byteOffset, length }) => new Uint32Array(buffer, byteOffset, length);
  const [first, second] = [bits(a), bits(b)];
  return first.length === second.length && first.every((each, at) => each === second[at]);
}
