import { request, urls } from "../../api/client.js";
import { BANDS, HOP, boxInSound, milliseconds, pitches, samplesIn, wavSamples, wavePath } from "../../geometry/sound.js";
import { windowsOf } from "../../geometry/windows.js";
import { view } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { s, setAttribute, setHidden, setText } from "../../widgets/dom.js";
import { onKeys } from "../../widgets/keys.js";
import { play } from "./play.js";

/** @import { Part } from "./play.js" */

/** Parts that the outline is drawn in. */
const PARTS = 208;

/** @param {number} value */
const whole = (value) => Math.round(value).toLocaleString("en").replaceAll(",", "\u202f");

/** The sound above its spectrogram: its waveform, what the network hears of it, and what the value looked at does. */
export class SoundPanel extends BaseElement {
  /** Whose sound it is: a picture's id, or what passes. @type {string | Int16Array} */
  #of = "";
  /** @type {Int16Array | null} Null until it is here, and where the server has it no more. */
  #samples = null;
  #fetched = new AbortController();
  /** @type {{stop: () => void} | null} */
  #playing = null;
  #wave = s("path", { class: "wave" });
  #marks = ["seen", "heard"].map((name) => s("rect", { class: name, y: 0, height: 2 }));

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    const { image, crop, model, shown } = this.subject;
    this.watch(image, crop, model, shown, view.selection, view.hover);
    this.piece("outline").replaceChildren(s("svg", { viewBox: `0 0 ${PARTS} 2`, preserveAspectRatio: "none" }, ...this.#marks, this.#wave));
    this.piece("listen").addEventListener("click", () => this.#play(this.#seen()), { signal });
    this.piece("hear").addEventListener("click", () => this.#play(this.#heard()), { signal });
    const listening = () => (this.#samples ? this.#play(this.#seen()) : false);
    const hearing = () => (this.#samples ? this.#play(this.#heard()) : false);
    onKeys({ s: ["Listen to the sound", listening], v: ["Hear what the value hears", hearing] }, signal);
    signal.addEventListener("abort", () => this.#stop());
  }

  /** Whether the network takes sounds at all. */
  get #hears() {
    return this.subject.model.value?.input.takes === "sound";
  }

  /** The part of the sound that the network is shown; all of it where that takes none. @returns {Part | null} */
  #seen() {
    const { crop, image } = this.subject;
    const { left, width } = (this.#hears && crop.value) || { left: 0, width: image.value?.width ?? 0 };
    return width ? samplesIn({ left, right: left + width }) : null;
  }

  /** The part that the value looked at depends on. @returns {Required<Part> | null} */
  #heard() {
    const { model, crop } = this.subject;
    const pixel = view.hover.value ?? view.selection.value;
    const input = model.value?.nodes[0];
    if (!this.#hears || !model.value || !crop.value || !input || !model.value.nodes.some(({ name }) => name === pixel.node)) return null;
    const field = windowsOf(model.value.nodes, pixel.node, pixel).get(input.name);
    const box = field && boxInSound(field, model.value.input, crop.value);
    return box && box.right > box.left && box.bottom > box.top ? { ...samplesIn(box), ...pitches(box) } : null;
  }

  /** @param {Part | null} part */
  #play(part) {
    if (!part || !this.#samples) return;
    this.#stop();
    const { to, ...rest } = part;
    const playing = play(this.#samples, { ...rest, to: Math.min(to, this.#samples.length) });
    this.#playing = playing;
    this.classList.add("playing");
    void playing.ended.then(() => this.#playing === playing && this.#stop());
  }

  #stop() {
    this.#playing?.stop();
    this.#playing = null;
    this.classList.remove("playing");
  }

  /** @param {string} id */
  async #fetch(id) {
    this.#fetched.abort();
    this.#fetched = new AbortController();
    const { signal } = this.#fetched;
    this.#take(null);
    this.#stop();
    if (!id) return;
    try {
      const answer = await request(urls.sound(id), signal);
      const samples = wavSamples(await answer.arrayBuffer());
      if (signal.aborted) return;
      this.#take(samples);
    } catch {
      // a picture made of a sound's, with noise say, has no sound of its own: it is looked at, not heard
    }
    this.requestPaint();
  }

  /** @param {Int16Array | null} samples */
  #take(samples) {
    this.#samples = samples;
    if (samples) this.#wave.setAttribute("d", wavePath(samples, PARTS));
    else this.#wave.removeAttribute("d");
  }

  /** What is heard on its way past came with its answer. @param {Int16Array} samples */
  #pass(samples) {
    this.#fetched.abort();
    this.#take(samples);
  }

  /** @override */
  paint() {
    const { value: image } = this.subject.image;
    const sound = image?.kind === "sound";
    const passing = image?.frame === "passing" ? this.subject.shown.value?.samples : undefined;
    const of = (sound && (passing ?? image.id)) || "";
    if (of !== this.#of) {
      this.#of = of;
      if (typeof of === "string") void this.#fetch(of);
      else this.#pass(of);
    }
    this.#turn(image ?? null, sound);
    if (!image || !sound) return;
    const parts = [this.#seen(), this.#heard()];
    for (const [at, part] of parts.entries()) this.#mark(at, part, image.width * HOP);
    for (const name of ["listen", "hear"]) this.piece(name, HTMLButtonElement).disabled = !this.#samples || !parts[name === "hear" ? 1 : 0];
    const told = this.#sentence(this.#heard());
    setText(this.piece("told"), told);
    setAttribute(this.piece("hear"), "title", `${told} To hear just that, in time and pitch: V`);
  }

  /**
   * The dock from pictures to sounds and back.
   *
   * @param {import("../../state/types.js").ImageOnScreen | null} image
   * @param {boolean} sound
   */
  #turn(image, sound) {
    const dock = /** @type {HTMLElement} */ (this.closest("image-dock"));
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (dock.querySelector(`[data-part="${name}"]`));
    setHidden(this, !sound);
    this.parentElement?.classList.toggle("heard-input", sound);
    setHidden(part("axes"), !sound);
    if (image) setText(part("until"), image.frame === "passing" ? "now" : `${10 * image.width} ms`);
    setText(part("drop"), sound && this.#hears ? "or drop sounds" : "or drop photos");
  }

  /** @param {number} at @param {Part | null} part @param {number} length */
  #mark(at, part, length) {
    const mark = /** @type {SVGRectElement} */ (this.#marks[at]);
    const [from, to] = part ? [part.from, Math.min(part.to, length)] : [0, 0];
    setAttribute(mark, "x", String((PARTS * from) / length));
    setAttribute(mark, "width", String((PARTS * (to - from)) / length));
  }

  /** @param {Required<Part> | null} heard */
  #sentence(heard) {
    const what = `16 kHz, a column every 10 ms, ${BANDS} bands of pitch.`;
    if (!heard) return what;
    const [from, to, low, high] = [milliseconds(heard.from), milliseconds(heard.to), heard.low, heard.high].map(whole);
    return `The value hears ${from} to ${to} ms, ${low} to ${high} Hz. ${what}`;
  }
}

customElements.define("sound-panel", SoundPanel);
