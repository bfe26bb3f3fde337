/** Playing the forward pass: a clock that moves through the layers, and inside a layer through its values. */

import { isHere } from "../draw/tensor.js";
import { stepsOf, valueAtShare, valueNumber, valuePlace } from "../geometry/slide.js";
import { moveSelection } from "./selection.js";
import { view } from "./view.js";

/** @import { NodeDetail } from "../api/client.js" */
/** @import { LayerSource } from "./sources.js" */
/** @import { Pixel } from "./types.js" */

/** Layers, rows or values a second at speed 1. */
const RATE = { layer: 1 / 1.8, row: 3, value: 4 };
/** Milliseconds between two steps for people who want less motion. */
const CALM = 250;
/** Seconds that it takes where it plays by itself. */
const ALONE = 8;

/** Whether people want less motion. @returns {boolean} */
export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Whether a layer is being filled: while the pass runs, or is held inside a layer. */
export const sliding = () => view.playback.value.playing || view.playback.value.held;

/**
 * How many values of every map of a layer are to be seen at this moment, in reading order: all, unless `sliding()`.
 *
 * @param {number} index
 * @param {NodeDetail} node
 */
export function filledValues(index, node) {
  const share = view.playback.value.position - index;
  const pace = view.pace.value;
  if (!sliding() || share >= 1 || (pace === "layer" && still() && share >= 0)) return Infinity;
  if (share < 0) return 0;
  const { values, step } = stepsOf(node, pace);
  const done = valueAtShare(node, share, pace);
  // The value that the window stands at is there already: its sum is what the page explains.
  return Math.min(values, pace === "layer" ? done : done + step);
}

/** @param {NodeDetail | undefined} node  Whether the window stands at its last value. */
const atEnd = (node) => node !== undefined && valueNumber(node, view.selection.value) >= stepsOf(node, "value").values - stepsOf(node, view.pace.value).step;

/** Starts, stops and moves the clock; one for the page. */
export class Player {
  #source;
  #frame = 0;
  #last = 0;
  /** The selection moves because the clock does. */
  #moving = false;
  /** What was selected before it began to play by itself. @type {Pixel | null} */
  #before = null;

  /** @param {LayerSource} source  Whose layers it waits for. */
  constructor(source) {
    this.#source = source;
  }

  get #model() {
    return this.#source.model.value;
  }

  /**
   * Whoever selects something while the clock runs is followed: a pixel moves the window, another layer ends it.
   *
   * @param {AbortSignal} signal
   */
  listen(signal) {
    view.selection.subscribe(() => !this.#moving && this.#followSelection(), { signal });
    view.pace.subscribe((pace) => pace === "layer" && view.playback.value.held && this.stop(), { signal });
  }

  toggle() {
    if (view.playback.value.playing) this.pause();
    else this.play();
  }

  play() {
    const nodes = this.#model?.nodes ?? [];
    if (!nodes.length) return;
    this.#last = performance.now();
    this.#move(this.#start(nodes), { playing: true, held: false, alone: false });
    this.#frame = requestAnimationFrame((now) => this.#tick(now));
  }

  /**
   * Where it goes on: from the beginning where it stands at the end, or at a layer that nobody chose.
   *
   * @param {readonly NodeDetail[]} nodes
   */
  #start(nodes) {
    const { held, position } = view.playback.value;
    const [selected, last] = [this.#selected, nodes.length - 1];
    if (held) return Math.floor(position) === last && atEnd(nodes[last]) ? 0 : position;
    return !view.chosen.value || selected < 0 || (view.pace.value === "layer" && selected === last) ? 0 : selected;
  }

  /** Play all of it once, by itself. */
  playAlone() {
    this.#before = view.selection.value;
    view.chosen.value = false;
    this.play();
    view.playback.value = { ...view.playback.value, alone: true };
  }

  /**
   * What plays by itself gives way: all is as it was before.
   *
   * @returns {boolean} False where nothing does.
   */
  skip() {
    if (!this.#before || !view.playback.value.alone) return false;
    this.#moving = true;
    view.selection.value = this.#before;
    this.#moving = false;
    view.chosen.value = false;
    this.stop();
    return true;
  }

  /** Layer by layer a pause shows everything; inside a layer the window stays where it is. */
  pause() {
    const { playback, pace } = view;
    if (!playback.value.playing) return;
    if (pace.value === "layer") return this.stop();
    cancelAnimationFrame(this.#frame);
    playback.value = { ...playback.value, playing: false, held: true, alone: false };
  }

  /** Everything is to be seen again. */
  stop() {
    cancelAnimationFrame(this.#frame);
    const { playback } = view;
    if (sliding()) playback.value = { ...playback.value, playing: false, held: false, alone: false, position: this.#selected + 1 };
  }

  /**
   * Move the window of the selected layer by values or rows; from the whole layer to its selected value.
   *
   * @param {number} by
   */
  step(by) {
    const { pace, selection } = view;
    if (pace.value === "layer") pace.value = "value";
    const node = this.#model?.nodes[this.#selected];
    if (!node) return;
    const { values, step } = stepsOf(node, pace.value);
    const share = (valueNumber(node, selection.value) + by * step) / values;
    this.seek(this.#selected, Math.min(1, Math.max(0, share)));
  }

  /**
   * Hold the window of a layer at a share of its way.
   *
   * @param {number} index
   * @param {number} share
   */
  seek(index, share) {
    const node = this.#model?.nodes[index];
    if (!node) return;
    cancelAnimationFrame(this.#frame);
    const value = valueAtShare(node, share, view.pace.value);
    this.#move(index + value / stepsOf(node, "value").values, { playing: false, held: true, alone: false });
  }

  /** @param {number} speed */
  setSpeed(speed) {
    view.playback.value = { ...view.playback.value, speed };
  }

  /** By itself it takes the same time for every network. */
  get #speed() {
    const { alone, speed } = view.playback.value;
    return alone ? (this.#model?.nodes.length ?? 0) / (ALONE * RATE.layer) : speed;
  }

  get #selected() {
    const { selection } = view;
    return this.#model?.nodes.findIndex((node) => node.name === selection.value.node) ?? -1;
  }

  #followSelection() {
    const { playback, pace, selection } = view;
    if (!sliding()) return;
    const index = Math.floor(playback.value.position);
    const node = this.#model?.nodes[index];
    if (!node || node.name !== selection.value.node) return this.stop();
    if (pace.value === "layer") return;
    const share = valueNumber(node, selection.value) / stepsOf(node, "value").values;
    playback.value = { ...playback.value, position: index + share };
  }

  /** @param {number} now */
  #tick(now) {
    const { playback } = view;
    if (!playback.value.playing) return;
    this.#frame = requestAnimationFrame((next) => this.#tick(next));
    if (still() && now - this.#last < CALM) return;
    const seconds = Math.min(0.25, (now - this.#last) / 1000);
    this.#last = now;
    const from = playback.value.position;
    // However fast, no layer is passed over: each is waited for.
    const position = Math.min(Math.floor(from) + 1, from + this.#advance(seconds * this.#speed));
    if (position >= (this.#model?.nodes.length ?? 0)) this.stop();
    else this.#move(position, {});
  }

  /**
   * What the position grows by. A layer, or the map of it that is selected, is waited for.
   *
   * @param {number} seconds
   */
  #advance(seconds) {
    const { pace, playback } = view;
    const node = this.#model?.nodes[Math.floor(playback.value.position)];
    const layer = node && this.#source.layer(node.name);
    if (!layer || layer.stale || !isHere(layer.activation, view.selection.value.channel)) return 0;
    const { values, step } = stepsOf(node, pace.value);
    return (seconds * RATE[pace.value]) / (pace.value === "layer" ? 1 : values / step);
  }

  /**
   * Go to a position and select what is there: the layer, and in it the value that the window stands at.
   *
   * @param {number} position
   * @param {{playing?: boolean, held?: boolean, alone?: boolean}} state
   */
  #move(position, state) {
    const { pace, playback, selection } = view;
    const index = Math.floor(position);
    const node = this.#model?.nodes[index];
    if (!this.#model || !node) return;
    const now = selection.value;
    const next = now.node === node.name ? now : moveSelection(this.#model, now, node.name);
    const fine = pace.value !== "layer";
    const place = valuePlace(node, valueAtShare(node, position - index, fine ? pace.value : "value"));
    this.#moving = true;
    view.chosen.value = true;
    playback.value = { ...playback.value, ...state, position };
    if (!fine && (still() || "channel" in place)) selection.value = next;
    else if (pace.value === "row" && "y" in place) selection.value = { ...next, y: place.y };
    else selection.value = { ...next, ...place };
    this.#moving = false;
  }
}
