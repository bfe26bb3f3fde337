/** Playing the forward pass: a clock that moves through the layers, row by row. */

import { moveSelection } from "../state/selection.js";
import { session } from "../state/session.js";
import { layerOnScreen } from "./scene.js";

/** Seconds for one layer at speed 1. */
const LAYER_SECONDS = 1.8;

/** @returns {boolean} */
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * Share of a layer that is painted at this moment; everything, unless the forward pass is playing.
 *
 * @param {number} index
 */
export function paintedShare(index) {
  const { playing, position } = session.playback.value;
  if (!playing) return 1;
  if (still()) return index <= position ? 1 : 0;
  return Math.min(1, Math.max(0, position - index));
}

/** Starts, stops and moves the clock; one for the page. */
export class Player {
  #frame = 0;
  #last = 0;

  toggle() {
    if (session.playback.value.playing) this.pause();
    else this.play();
  }

  play() {
    const { model, selection, playback } = session;
    const nodes = model.value?.nodes ?? [];
    if (!nodes.length) return;
    const selected = nodes.findIndex((node) => node.name === selection.value.node);
    const start = selected < 0 || selected >= nodes.length - 1 ? 0 : selected;
    playback.value = { ...playback.value, playing: true, position: start };
    this.#last = performance.now();
    this.#follow(start, 0);
    this.#frame = requestAnimationFrame((now) => this.#tick(now));
  }

  pause() {
    cancelAnimationFrame(this.#frame);
    const { model, selection, playback } = session;
    if (!playback.value.playing) return;
    const at = model.value?.nodes.findIndex((node) => node.name === selection.value.node) ?? 0;
    playback.value = { ...playback.value, playing: false, position: at + 1 };
  }

  /** @param {number} speed */
  setSpeed(speed) {
    session.playback.value = { ...session.playback.value, speed };
  }

  /** @param {number} now */
  #tick(now) {
    const { model, playback } = session;
    if (!playback.value.playing) return;
    const count = model.value?.nodes.length ?? 0;
    const seconds = Math.min(0.25, (now - this.#last) / 1000);
    this.#last = now;
    const position = this.#advance(playback.value.position, (seconds * playback.value.speed) / LAYER_SECONDS);
    if (position >= count) return this.pause();
    const index = Math.floor(position);
    playback.value = { ...playback.value, position };
    this.#follow(index, position - index);
    this.#frame = requestAnimationFrame((next) => this.#tick(next));
  }

  /**
   * A layer that has not arrived yet is waited for.
   *
   * @param {number} position
   * @param {number} step
   */
  #advance(position, step) {
    const nodes = session.model.value?.nodes ?? [];
    const node = nodes[Math.floor(position)];
    const layer = node ? layerOnScreen(node.name) : null;
    return layer && !layer.stale ? position + step : position;
  }

  /**
   * Select what is being painted: the layer, and in it the pixel that has just been reached.
   *
   * @param {number} index
   * @param {number} share
   */
  #follow(index, share) {
    const { model, selection } = session;
    const node = model.value?.nodes[index];
    if (!model.value || !node) return;
    const next =
      selection.value.node === node.name ? selection.value : moveSelection(model.value, selection.value, node.name);
    const [, height = 0, width = 0] = node.output_shape;
    const pixel = Math.floor(share * height * width);
    const place = height && !still() ? { y: Math.floor(pixel / width), x: pixel % width } : {};
    selection.value = { ...next, ...place };
  }
}
