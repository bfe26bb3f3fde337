/** One filter on one photo, wherever the photo is: <filter-playground>. */

import { strongest } from "../../geometry/same-answer.js";
import { Newest } from "../../state/newest.js";
import { playground, undo } from "../../state/playground.js";
import { onSystemTheme } from "../../state/scene.js";
import { moveTo, shift } from "../../state/shift.js";
import { view } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, setText } from "../../widgets/dom.js";
import { adaptToModel } from "./adapt.js";
import { KernelEditor } from "./kernel.js";
import { fetchPhoto, photoKey } from "./photo.js";
import { PlaygroundPointer } from "./pointer.js";
import { Workbench, complaintOf } from "./results.js";
import { PlaygroundSettings } from "./settings.js";
import { MapStage, PhotoStage } from "./stage.js";
import { PlaygroundTerms } from "./terms.js";
import { firstConvolution } from "./trained.js";
import { answers, sentence } from "./words.js";

/** @import { Place } from "../../geometry/same-answer.js" */
/** @import { Photo } from "./photo.js" */
/** @import { Results } from "./results.js" */
/** @import { Words } from "./words.js" */

/** How long everything rests before it is spoken. */
const QUIET = 500;

export class FilterPlayground extends BaseElement {
  #sentence = h("p", { class: "play-sentence" });
  #photoStage = new PhotoStage();
  #mapStage = new MapStage();
  #terms = new PlaygroundTerms();
  #position = h("output", { class: "play-position" });
  #sizes = h("span");
  #facts = h("dl", { class: "play-facts" });
  #bench = new Workbench();
  /** @type {{kernel: KernelEditor, settings: PlaygroundSettings, pointer: PlaygroundPointer} | null} */
  #parts = null;
  /** @type {Photo | null} */
  #photo = null;
  #wanted = "";
  #problem = "";
  #asked = new Newest();
  #speaking = 0;
  #inView = false;

  /** The map on the screen. */
  get map() {
    return this.#bench.last?.after.map ?? null;
  }

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    const kernel = new KernelEditor(signal);
    const settings = new PlaygroundSettings(signal);
    const pointer = new PlaygroundPointer(this.#photoStage, this.#mapStage, signal, () => this.requestPaint());
    this.#parts = { kernel, settings, pointer };
    this.replaceChildren(
      this.#sentence,
      h(
        "div",
        { class: "play-columns" },
        h("div", { class: "play-side" }, kernel.element, settings.element),
        ...[this.#photoColumn(signal), this.#mapColumn(), this.#terms.element],
      ),
    );
    this.watch(playground, this.subject.model, this.subject.image, this.subject.crop, view.theme);
    this.#followPhoto(signal);
    onSystemTheme(() => this.requestPaint(), signal);
    this.addEventListener("keydown", (event) => this.#key(event), { signal });
    const sizes = new ResizeObserver(() => this.requestPaint());
    sizes.observe(this);
    signal.addEventListener("abort", () => {
      sizes.disconnect();
      this.#asked.end();
      this.#wanted = "";
      clearTimeout(this.#speaking);
    });
  }

  /**
   * The photo of the page is this one, too; while nobody can see it here, its moves cost nothing here.
   *
   * @param {AbortSignal} signal
   */
  #followPhoto(signal) {
    shift.place.subscribe(() => this.#inView && this.requestPaint(), { signal });
    const seen = new IntersectionObserver((entries) => {
      this.#inView = entries.at(-1)?.isIntersecting ?? false;
      if (this.#inView) this.requestPaint();
    });
    seen.observe(this);
    signal.addEventListener("abort", () => seen.disconnect());
  }

  /** @param {AbortSignal} signal */
  #photoColumn(signal) {
    const nudges = /** @type {const} */ ([["←", "left", -1, 0], ["↑", "up", 0, -1], ["↓", "down", 0, 1], ["→", "right", 1, 0]]);
    const buttons = nudges.map(([sign, way, dx, dy]) => {
      const button = h("button", { type: "button", class: "btn icon", "aria-label": `Move the photo 1 px ${way}` }, sign);
      button.addEventListener("click", () => this.#parts?.pointer.moveBy(dx, dy), { signal });
      return button;
    });
    const back = h("button", { type: "button", class: "btn" }, "Back");
    back.addEventListener("click", () => moveTo(0, 0), { signal });
    const head = h("h3", {}, "Photo ", h("small", {}, "drag it, or use the arrow keys"));
    const tools = h("div", { class: "play-nudges" }, ...buttons, back, this.#position);
    return h("div", { class: "play-column photo" }, head, this.#photoStage.well, tools);
  }

  #mapColumn() {
    const head = h("h3", {}, "Feature map ", h("small", {}, this.#sizes));
    return h("div", { class: "play-column map" }, head, this.#mapStage.well, this.#mapStage.legend, this.#facts);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    undo();
  }

  /** @override */
  paint() {
    if (!this.#parts) return;
    this.#load();
    const model = this.subject.model.value;
    const node = firstConvolution(model);
    adaptToModel(model, node, this.#photo, () => this.requestPaint());
    const state = playground.value;
    const ready = this.#photo && state.cells.length > 0;
    const complaint = this.#photo && ready ? complaintOf(state, this.#photo) : null;
    this.#parts.kernel.paint(state, node, this.#photo, complaint?.setting ?? "");
    this.#parts.settings.paint(state, this.#photo, complaint);
    this.dataset.state = this.#problem ? "error" : !ready ? "waiting" : complaint ? "illegal" : "ready";
    if (this.#photo && ready && !complaint) this.#show(this.#bench.work(this.#photo, state, shift.place.value), node?.name ?? "the network");
    else if (complaint) this.#write(["These settings give no map: ", { strong: complaint.text }, " The last map stays."]);
    else this.#write([this.#problem || (this.subject.image.value ? "The photo is on its way." : "Choose a photo to start.")]);
  }

  /**
   * @param {Results} results
   * @param {string} layer
   */
  #show(results, layer) {
    const { before, after } = results;
    const at = this.#place(results);
    this.#parts?.pointer.follow(results, at);
    this.#photoStage.paint(results, at);
    this.#mapStage.paint(results, at);
    this.#terms.paint(results, at);
    const { dx, dy } = after.shift;
    setText(this.#position, `dx ${String(dx).replace("-", "−")}, dy ${String(dy).replace("-", "−")}`);
    setText(this.#sizes, `${after.map.height}×${after.map.width} values`);
    this.#write(sentence(results, layer));
    this.#paintFacts(results);
    this.dataset.strongest = `${before.strongest.y},${before.strongest.x}`;
  }

  /**
   * Where the window stands: under the pointer, where it was put, else on the strongest answer.
   *
   * @param {Results} results
   * @returns {Place}
   */
  #place({ before, after }) {
    const { map, goal } = after;
    const wish = this.#parts?.pointer.hover ?? playground.value.at;
    if (wish) return { y: Math.min(wish.y, map.height - 1), x: Math.min(wish.x, map.width - 1) };
    return typeof goal === "string" ? strongest(map, before.settings, before.picture) : goal;
  }

  /** @param {Results} results */
  #paintFacts(results) {
    const { before, after, verdict, same } = answers(results);
    const { dx, dy } = results.after.shift;
    const key = [...before, ...after, verdict, dx, dy].join("|");
    if (this.#facts.dataset.key === key) return;
    this.#facts.dataset.key = key;
    const row = (/** @type {string} */ name, /** @type {[string, string]} */ [place, value]) => [
      h("dt", {}, name, " ", h("small", {}, place)),
      h("dd", {}, value),
    ];
    const verdictLine = h("dd", { class: same ? "play-verdict same" : "play-verdict" }, verdict);
    const moved = dx || dy ? [...row("After the move", after), h("dt", { class: "sr-only" }, "compared"), verdictLine] : [];
    this.#facts.replaceChildren(...row("Strongest answer", before), ...moved);
  }

  /** @param {Words} words */
  #write(words) {
    const text = words.map((word) => (typeof word === "string" ? word : word.strong)).join("");
    if (this.#sentence.textContent === text) return;
    const first = !this.#sentence.textContent;
    this.#sentence.replaceChildren(...words.map((word) => (typeof word === "string" ? word : h("b", {}, word.strong))));
    clearTimeout(this.#speaking);
    if (!first && this.contains(document.activeElement)) {
      this.#speaking = setTimeout(() => (view.announcement.value = text), QUIET);
    }
  }

  /** Fetch the photo that the page has chosen, if it is another one. */
  #load() {
    const { model, image, crop } = this.subject;
    if (!model.value || !image.value || !crop.value) return;
    if (image.value.frame === "passing") return;
    const address = photoKey(model.value, image.value, crop.value);
    if (address === this.#wanted) return;
    this.#wanted = address;
    const signal = this.#asked.begin();
    fetchPhoto(address, model.value.input, signal).then(
      (photo) => {
        if (signal.aborted) return;
        [this.#photo, this.#problem] = [photo, ""];
        this.requestPaint();
      },
      (error) => {
        if (signal.aborted) return;
        this.#problem = `The photo could not be had: ${error instanceof Error ? error.message : String(error)}`;
        this.requestPaint();
      },
    );
  }
}

customElements.define("filter-playground", FilterPlayground);
