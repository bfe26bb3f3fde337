import { ApiProblem, request, urls } from "../../api/client.js";
import { readPieces } from "../../api/frames.js";
import { plane } from "../../draw/tensor.js";
import { largestOf, smallestOf } from "../../geometry/extremes.js";
import { fixed, grouped } from "../../geometry/scale.js";
import { Newest } from "../../state/newest.js";
import { className } from "../../state/scene.js";
import { h, onWidth, setAttribute, setStyle } from "../../widgets/dom.js";
import { rove } from "../../widgets/keys.js";
import { isMuted } from "./channel.js";

/** @import { ModelDetail, NodeDetail } from "../../api/client.js" */
/** @import { MutesDone, MutesHeader } from "../../api/frame-headers.js" */
/** @import { Editing } from "../../state/editing.js" */
/** @import { LayerSource } from "../../state/sources.js" */
/** @import { TraceView } from "../../state/types.js" */

/** @typedef {{key: string, node: NodeDetail, header: MutesHeader | null, values: (number | null)[], done: MutesDone | null, problem: string}} Sweep */

/** A bar narrower than this has no number; CSS pixels. */
const NUMBERED = 34;

/** What each channel of a layer is worth to a class: the change of its logit when it is muted, one bar a channel. */
export class MuteBars {
  #sentence = h("p", { class: "edit-sentence num" });
  #bars = h("div", { class: "edit-mutes num", role: "group" });
  #said = h("div", { class: "edit-said num", "aria-live": "polite" });
  #stop = h("button", { type: "button", class: "btn small" }, "Stop");
  #asked = new Newest();
  /** @type {Sweep | null} */
  #sweep = null;
  #channel = 0;
  #width = 600;

  /**
   * @param {Editing} editing
   * @param {(channel: number) => void} mute
   */
  constructor(editing, mute) {
    this.editing = editing;
    this.element = h("div", { class: "edit-view" }, this.#sentence, h("div", { class: "edit-sweep" }, this.#bars, this.#said));
    this.#bars.addEventListener("click", ({ target }) => {
      const bar = target instanceof Element ? target.closest("button") : null;
      if (bar) mute(Number(bar.dataset.channel));
    });
    this.#bars.addEventListener("keydown", (event) => rove(event, this.#buttons, this.#buttons.length));
    this.#stop.addEventListener("click", () => this.#end("Stopped."));
    onWidth(this.#bars, new AbortController().signal, (width) => this.#fit((this.#width = width)));
  }

  #fit(width = this.#width) {
    this.#bars.classList.toggle("narrow", width / Math.max(1, this.#bars.childElementCount) < NUMBERED);
  }

  get #buttons() {
    return /** @type {HTMLElement[]} */ ([...this.#bars.querySelectorAll("button")]);
  }

  /**
   * The layer that is looked at; asked for again where another one is, or the network is edited otherwise.
   *
   * @param {TraceView} shown  What is asked of.
   * @param {NodeDetail} node
   * @param {number} channel
   * @param {LayerSource} source
   */
  paint(shown, node, channel, source) {
    const key = `${shown.key}/${node.name}`;
    this.#channel = channel;
    if (key !== this.#sweep?.key) void this.#ask(key, shown, node, askedClass(shown.model, source));
    else this.#show();
  }

  /** Nothing is seen of it any more. */
  leave() {
    if (this.#sweep && !this.#sweep.done) this.#end("");
  }

  /** @param {string} why */
  #end(why) {
    this.#asked.end();
    if (this.#sweep) this.#sweep = { ...this.#sweep, problem: why, key: why ? this.#sweep.key : "" };
    this.#show();
  }

  /**
   * @param {string} key
   * @param {TraceView} shown
   * @param {NodeDetail} node
   * @param {number | null} a
   */
  async #ask(key, { model, image, crop }, node, a) {
    const signal = this.#asked.begin();
    const sweep = (this.#sweep = /** @type {Sweep} */ ({ key, node, header: null, values: [], done: null, problem: "" }));
    this.#show();
    /** @type {Record<string, string | number>} */
    const query = a === null ? { target: model.output, channel: 0 } : { a };
    try {
      const response = await request(urls.trace(model.id, image.id, crop, `mutes/${encodeURIComponent(node.name)}`, query), signal);
      for await (const { header } of readPieces(/** @type {ReadableStream<Uint8Array>} */ (response.body))) {
        if (signal.aborted) return;
        if (header.error) throw new ApiProblem(header.error.title, header.error.detail, header.error.status);
        if (header.kind === "mutes") sweep.header = header;
        else if (header.kind === "some") for (const each of header.values) sweep.values.push(each);
        else sweep.done = header;
        this.#show();
      }
    } catch (error) {
      if (signal.aborted) return;
      sweep.problem = error instanceof ApiProblem ? error.detail || error.title : String(error);
      this.#show();
    }
  }

  #show() {
    const sweep = this.#sweep;
    if (!sweep) return;
    const { header, node, values, done, problem } = sweep;
    const who = asked(header);
    const value = header?.value ?? NaN;
    this.#sentence.replaceChildren("Mute each channel of ", h("b", {}, node.name), header ? ` in turn: the change of ${who.of}, ${fixed(value)} as it stands.` : " in turn\u2026");
    const changes = values.map((each) => (each === null ? NaN : each - value));
    this.#draw(node, changes);
    const busy = header && !done && !problem ? h("p", {}, `${values.length} of ${header.channels} `, this.#stop) : "";
    this.#said.replaceChildren(...(problem ? [h("p", {}, problem)] : done && header ? told(changes, header, done, who.name) : [busy]));
    setStyle(this.element, "--done", String(done || !header ? 0 : values.length / header.channels));
  }

  /**
   * @param {NodeDetail} node
   * @param {number[]} changes
   */
  #draw(node, changes) {
    const [channels = 0] = node.output_shape;
    if (this.#buttons.length !== channels) {
      const bar = (/** @type {unknown} */ _, /** @type {number} */ at) => h("button", { type: "button", "data-channel": at }, h("i"), h("b"), h("span", {}, String(at)));
      this.#bars.replaceChildren(...Array.from({ length: channels }, bar));
    }
    const [most, least] = [Math.max(0, largestOf(changes.filter(Number.isFinite))), Math.min(0, smallestOf(changes.filter(Number.isFinite)))];
    const span = most - least || 1;
    this.#fit();
    setStyle(this.#bars, "--zero", String(most / span));
    setAttribute(this.#bars, "aria-label", `Change without each channel of ${node.name}`);
    const edits = this.editing.edits();
    this.#buttons.forEach((button, at) => {
      const change = changes[at] ?? NaN;
      const text = Number.isFinite(change) ? signed(change) : "";
      const [bar, number] = /** @type {HTMLElement[]} */ ([...button.children]);
      const muted = isMuted(edits, node.name, at);
      setStyle(button, "--from", String(Number.isFinite(change) ? (most - Math.max(change, 0)) / span : 0));
      setStyle(button, "--high", String(Number.isFinite(change) ? Math.abs(change) / span : 0));
      bar?.classList.toggle("neg", change < 0);
      if (number) number.textContent = text;
      button.classList.toggle("muted", muted);
      button.tabIndex = at === this.#channel ? 0 : -1;
      setAttribute(button, "aria-pressed", String(muted));
      setAttribute(button, "aria-current", at === this.#channel ? "true" : null);
      setAttribute(button, "aria-label", `Channel ${at}${text ? `: ${text} without it` : ""}`);
      setAttribute(button, "title", `Channel ${at}${text ? `: ${text} without it` : ""}${muted ? ", muted" : ""}`);
    });
  }
}

/** @param {ModelDetail} model @param {LayerSource} source @returns {number | null} The class that A gives. */
function askedClass(model, source) {
  if (!model.classes.length) return null;
  const answer = (source.sides?.()?.a ?? source).layer(model.output)?.activation;
  if (!answer?.data.length) return 0;
  const values = plane({ ...answer, shape: [1, answer.data.length] }, 0);
  return values.indexOf(largestOf(values));
}

/** @param {MutesHeader | null} header */
function asked(header) {
  if (header?.of === "class") {
    const name = className(header.label ?? `class ${header.a}`);
    return { name, of: `${name}'s logit` };
  }
  return { name: "it", of: `the mean of ${header?.target}, channel ${header?.channel}` };
}

/** @param {number} change */
function signed(change) {
  if (change === 0) return "0";
  const decimals = Math.abs(change) >= 10 ? 0 : Math.abs(change) >= 0.95 ? 1 : 2;
  const text = fixed(change, decimals);
  return change > 0 ? `+${text}` : text;
}

/**
 * @param {number[]} changes
 * @param {MutesHeader} header
 * @param {MutesDone} done
 * @param {string} name
 */
function told(changes, { node, target, value }, { sum, additive, adds_up: adds, constant, milliseconds }, name) {
  const worst = changes.reduce((best, change, at) => (change < (changes[best] ?? Infinity) ? at : best), 0);
  const loses = (changes[worst] ?? 0) < 0;
  const lead = loses ? ["Without channel ", h("b", {}, String(worst)), ` ${name} loses most: `, h("b", {}, fixed(changes[worst] ?? NaN)), "."] : [`No channel's loss makes ${name} less.`];
  const whole = sum === null || node === target ? "" : adds ? `\u2713 They add up: ${fixed(sum)} = ${fixed(value)} \u2212 ${fixed(constant ?? 0)}, the logit without the bias.` : `They add up to ${fixed(sum)}, ${additive ? "but for rounding the logit without the bias" : "not to the logit: what follows is not linear"}.`;
  return [h("p", {}, ...lead), h("p", {}, whole), h("p", { class: "note" }, `Click a bar to mute it. ${grouped(Math.round(milliseconds))} ms`)];
}
