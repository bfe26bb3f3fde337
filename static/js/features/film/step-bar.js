import { late } from "../../api/client.js";
import { grouped } from "../../geometry/scale.js";
import { stepsOf, valueNumber } from "../../geometry/slide.js";
import { viewOf } from "../../layer-views/index.js";
import { Player, filledValues, sliding } from "../../state/playback.js";
import { currentTheme, onSystemTheme, paintSignals, selectedNode } from "../../state/scene.js";
import { selectNode, view } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, setAttribute, setStyle } from "../../widgets/dom.js";
import { partNode } from "../../widgets/terms.js";
import { FilmFrame, FilmSheet, frameWidth, gapOf, placeFrame } from "./frames.js";
import { listenToKeys } from "./keys.js";
import { transport } from "./transport.js";
import { zoomNow } from "../../widgets/zoom.js";

/** @import { ModelDetail, NodeDetail } from "../../api/client.js" */

/** Padding of the reel at both ends, as the style sheet has it. */
const REEL_EDGES = 32;
/** Characters of a sentence that needs two lines on a laptop. */
const LONG = 156;

/** Whether the page is open for the first time, at no place of somebody's choice. */
const opensAnywhere = () => Boolean(document.documentElement.dataset.visit) && !location.hash && !new URLSearchParams(location.search).has("layer");

/** The forward pass as a film: a sentence about the step it is at, one frame a layer, and what moves through it. */
export class StepBar extends BaseElement {
  /** @type {Player | null} */
  #player = null;
  /** @type {FilmFrame[]} */
  #frames = [];
  #sheet = new FilmSheet();
  /** @type {ModelDetail | null} */
  #model = null;
  #sentence = h("p", { class: "step-sentence" });
  #head = h("i", { class: "film-head" });
  #film = h("div", {
    class: "film",
    role: "slider",
    tabindex: 0,
    "aria-label": "Step of the forward pass",
    "aria-valuemin": 0,
  });
  #reel = h("div", { class: "film-reel" }, this.#film);
  #scrubbing = false;
  /** Width of the reel, and how far it is scrolled: asking in a paint would have the page laid out once more. */
  #room = 0;
  #left = 0;
  /** Where the playing head was last brought into view. */
  #kept = "";
  /** Comes when the strip first does not fit. @type {import("./window.js").FilmWindow | null} */
  #window = null;
  #sentenceKey = "";

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    const player = new Player(this.source);
    const controls = transport(player, this.source, signal);
    this.#player = player;
    this.replaceChildren(controls, h("div", { class: "film-side" }, this.#sentence, this.#reel));
    this.watch(...paintSignals(this.source), view.selection, view.playback, view.pace, view.inView, this.subject.status, this.subject.progress);
    onSystemTheme(() => this.requestPaint(), signal);
    this.#film.addEventListener("pointerdown", (event) => this.#grab(event), { signal });
    this.#film.addEventListener("pointermove", (event) => this.#scrubbing && this.#scrub(event), { signal });
    for (const type of /** @type {const} */ (["pointerup", "pointercancel"])) {
      this.#film.addEventListener(type, () => (this.#scrubbing = false), { signal });
    }
    const sizes = new ResizeObserver(() => {
      this.#room = this.#reel.clientWidth;
      this.requestPaint();
    });
    sizes.observe(this.#reel);
    this.#reel.addEventListener("scroll", () => (this.#left = this.#reel.scrollLeft), { signal, passive: true });
    signal.addEventListener("abort", () => sizes.disconnect());
    listenToKeys(player, this.source, signal);
    if (opensAnywhere()) void late(() => import("./opening.js")).then(({ playOnce }) => playOnce(this, player, signal));
    player.listen(signal);
    const ended = new AbortController();
    const wider = () => view.inView.value && (ended.abort(), void this.#fetchWindow(signal));
    view.inView.subscribe(wider, { signal: ended.signal });
  }

  /** @param {AbortSignal} signal */
  async #fetchWindow(signal) {
    const { FilmWindow } = await late(() => import("./window.js"));
    if (signal.aborted) return;
    this.#window = new FilmWindow(signal);
    this.#film.append(this.#window.element);
    this.requestPaint();
  }

  /** @override */
  paint() {
    const model = this.subject.model.value;
    if (!model || this.hidden) return;
    if (model.nodes !== this.#model?.nodes) this.#build(model);
    const width = this.#frameWidth();
    const selected = this.#frames.findIndex((frame) => frame.node.name === view.selection.value.node);
    setStyle(this.#film, "--gap", `${gapOf(width)}px`);
    const size = this.#sheet.fit(this.#frames.length * width - gapOf(width));
    const key = `${currentTheme()}/${view.scaling.value}/${size}`;
    this.#frames.forEach((frame, index) => {
      placeFrame(frame, width, index === selected);
      frame.paint(this.#sheet, this.source.layer(frame.node.name), { x: index * width, width: width - gapOf(width) }, filledValues(index, frame.node), key);
    });
    const at = sliding() ? view.playback.value.position : selected + 1;
    this.#head.style.transform = `translateX(${at * width - 3}px)`;
    this.#window?.paint(width);
    this.#say(model, selected);
    this.#keepInView(at * width);
  }

  #frameWidth() {
    return frameWidth(this.#room - REEL_EDGES, this.#frames.length);
  }

  /** @param {ModelDetail} model */
  #build(model) {
    this.#model = model;
    this.#frames = model.nodes.map((node) => new FilmFrame(model, node));
    this.#film.replaceChildren(...this.#frames.map((frame) => frame.element), this.#sheet.element, this.#head);
    if (this.#window) this.#film.append(this.#window.element);
    setAttribute(this.#film, "aria-valuemax", String(model.nodes.length - 1));
  }

  /**
   * @param {ModelDetail} model
   * @param {number} index
   */
  #say(model, index) {
    const node = selectedNode(this.source);
    if (!node) return;
    setAttribute(this.#film, "aria-valuenow", String(index));
    setAttribute(this.#film, "aria-valuetext", node.name);
    const seen = this.source.layer(node.name)?.activation ?? null;
    // Of what differs between two nothing can be said that is true of either: what is told is B's.
    const activation = seen?.change ? seen.lanes?.b ?? null : seen;
    const empty = this.subject.status.value === "empty";
    const way = view.playback.value.held || (sliding() && view.pace.value !== "layer") ? this.#way(node) : "";
    const coming = empty ? "" : this.#coming(model);
    const key = [model.id, node.name, activation?.zeroFraction, empty, way, coming].join();
    if (key === this.#sentenceKey) return;
    this.#sentenceKey = key;
    if (empty) return this.#sentence.replaceChildren(h("strong", {}, "Choose a photo to start."));
    if (coming) return this.#sentence.replaceChildren(h("strong", {}, `${model.title} is at work: `), coming);
    const sources = node.inputs.flatMap((name) => model.nodes.filter((each) => each.name === name));
    const parts = viewOf(node.kind).sentence({ node, sources, activation });
    const words = parts.map(partNode);
    const step = h("span", { class: "step-number" }, `Step ${index + 1} of ${model.nodes.length}${way}`);
    this.#sentence.replaceChildren(step, " ", h("strong", {}, node.name), " ", ...words);
    this.#sentence.title = this.#sentence.textContent ?? "";
    this.#sentence.classList.toggle("long", this.#sentence.title.length > LONG);
  }

  /**
   * How far a first result has come: until then layers stand empty.
   *
   * @param {ModelDetail} model
   */
  #coming({ nodes }) {
    const { status, shown, progress } = this.subject;
    if (status.value !== "loading" || shown.value) return "";
    const here = nodes.filter(({ name }) => this.source.layer(name)).length;
    const { received = 0, total = 0 } = progress.value ?? {};
    const bytes = total ? `, ${grouped(received / 1000)} of ${grouped(total / 1000)} kB` : "";
    return `${here} of ${nodes.length} layers are here${bytes}; those still empty follow.`;
  }

  /**
   * How far the window has come.
   *
   * @param {NodeDetail} node
   */
  #way(node) {
    const { values } = stepsOf(node, "value");
    return `, value ${grouped(valueNumber(node, view.selection.value) + 1)} of ${grouped(values)}`;
  }

  /** @param {number} x */
  #keepInView(x) {
    if (this.#frameWidth() * this.#frames.length + REEL_EDGES <= this.#room + gapOf(this.#frameWidth()) || this.#scrubbing) return;
    const key = `${x}/${this.#room}`;
    if (key === this.#kept) return;
    this.#kept = key;
    const room = this.#room;
    if (x < this.#left + 40 || x > this.#left + room - 40) this.#reel.scrollLeft = x - room / 2;
  }

  /** @param {PointerEvent} event */
  #grab(event) {
    if (event.button !== 0) return;
    this.#scrubbing = true;
    this.#film.setPointerCapture(event.pointerId);
    this.#scrub(event);
  }

  /** @param {PointerEvent} event */
  #scrub(event) {
    const width = this.#frameWidth();
    const at = (event.clientX - this.#film.getBoundingClientRect().left) / (width * zoomNow());
    const index = Math.min(this.#frames.length - 1, Math.max(0, Math.floor(at)));
    if (view.pace.value !== "layer") return this.#player?.seek(index, Math.min(1, Math.max(0, at - index)));
    this.#player?.stop();
    const frame = this.#frames[index];
    if (frame) selectNode(this.subject.model.value, frame.node.name);
  }
}

customElements.define("step-bar", StepBar);
