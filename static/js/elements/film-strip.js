import { isHere, plane } from "../draw/tensor.js";
import { formOf } from "../geometry/graph.js";
import { viewOf } from "../layer-views/index.js";
import { h, place, setAttribute } from "./dom.js";
import { MapCanvas } from "./map-canvas.js";
import { paintPhoto } from "../draw/colormap.js";
import { layerOnScreen, paletteOf, strongestChannels } from "./scene.js";

/** @import { ModelDetail, NodeDetail } from "../api/client.js" */
/** @import { Activation } from "../state/session.js" */

const HEIGHT = 40;
export const GAP = 4;
/** A frame is never narrower: a longer film scrolls. */
const NARROWEST = 12;
/** Narrower frames do without their name. */
const NAMED = 44;
const MOST_BARS = 32;

/** One layer on the film: its strongest maps, small. */
export class FilmFrame {
  #canvases = [new MapCanvas("film-map"), new MapCanvas("film-map")];
  #bars = h("span", { class: "film-bars" });
  #pictures = h("span", { class: "film-pictures" });
  /** @type {Activation | null} */
  #drawn = null;
  #key = "";

  /**
   * @param {ModelDetail} model
   * @param {NodeDetail} node
   */
  constructor(model, node) {
    const view = viewOf(node.kind);
    this.model = model;
    this.node = node;
    this.form = formOf(node, model.classes.length);
    this.name = h("span", { class: "film-name" }, node.name);
    this.element = h(
      "div",
      { class: "film-frame", "data-frame": node.name, title: `${node.name}: ${view.title}` },
      this.#pictures,
      this.name,
    );
    this.element.style.setProperty("--kind", `var(--t-${view.token})`);
  }

  /**
   * @param {number} width
   * @param {number} filled How many values of the layer are to be seen.
   * @param {string} key What the colours depend on.
   */
  paint(width, filled, key) {
    const layer = layerOnScreen(this.node.name);
    const channels = layer ? channelsHere(layer.activation, width - GAP >= 1.7 * HEIGHT ? 2 : 1) : [];
    this.element.classList.toggle("todo", filled <= 0 || !channels.length);
    this.element.classList.toggle("stale", layer?.stale === true);
    const full = `${key}/${width}/${channels}`;
    if (!layer || !channels.length || (layer.activation === this.#drawn && full === this.#key)) return;
    this.#drawn = layer.activation;
    this.#key = full;
    if (this.form === "maps") this.#paintMaps(layer.activation, width - GAP, channels);
    else if (this.form === "units") this.#paintBars(layer.activation);
    else this.#paintBarcode(layer.activation);
  }

  /**
   * @param {Activation} activation
   * @param {number} width
   * @param {readonly number[]} channels
   */
  #paintMaps(activation, width, channels) {
    const [, height = 1, across = 1] = activation.shape;
    if (this.node.kind === "input") {
      const [only] = this.#canvases;
      const { mean, std } = this.model.input;
      only?.show(paintPhoto(activation.data, across, height, mean, std));
      if (only) place(only.element, { width: Math.min(HEIGHT, width), height: Math.min(HEIGHT, width) });
      return this.#pictures.replaceChildren(...(only ? [only.element] : []));
    }
    const count = channels.length;
    const side = Math.min(HEIGHT, Math.floor((width - count + 1) / count));
    const maps = channels.flatMap((channel, index) => {
      const map = this.#canvases[index];
      if (!map) return [];
      map.paint(plane(activation, channel), { width: across, height }, paletteOf(activation, channel));
      place(map.element, { width: side, height: side });
      map.smoothWhenReduced(side);
      return [map.element];
    });
    this.#pictures.replaceChildren(...maps);
  }

  /** @param {Activation} activation */
  #paintBars({ data, min, max }) {
    const low = Math.min(0, min);
    const span = Math.max(0, max) - low || 1;
    const step = Math.ceil(data.length / MOST_BARS);
    const bars = Array.from(data)
      .filter((_, index) => index % step === 0)
      .map((value) => {
        const bar = h("i", { class: value < 0 ? "below" : "above" });
        bar.style.height = `${Math.max(2, (Math.abs(value) / span) * 100)}%`;
        bar.style.marginBottom = `${(((value < 0 ? value : 0) - low) / span) * (HEIGHT - 2)}px`;
        return bar;
      });
    this.#bars.classList.toggle("dense", bars.length > 12);
    this.#bars.replaceChildren(...bars);
    this.#pictures.replaceChildren(this.#bars);
  }

  /** @param {Activation} activation */
  #paintBarcode(activation) {
    const [code] = this.#canvases;
    if (!code) return;
    code.paint(activation.data, { width: activation.data.length, height: 1 }, paletteOf(activation, 0));
    code.element.classList.add("film-code");
    this.#pictures.replaceChildren(code.element);
  }
}

/**
 * The strongest channels that are here: the film is small, and asks for none itself.
 *
 * @param {Activation} activation
 * @param {number} count
 */
function channelsHere(activation, count) {
  const strongest = strongestChannels(activation, count).filter((channel) => isHere(activation, channel));
  return strongest.length ? strongest : [...(activation.planes?.keys() ?? [])].slice(0, 1);
}

/**
 * Width of every frame, its gap included.
 *
 * @param {number} room
 * @param {number} count
 */
export const frameWidth = (room, count) => Math.max(NARROWEST, Math.floor((room + GAP - 1) / Math.max(1, count)));

/**
 * @param {FilmFrame} frame
 * @param {number} width
 * @param {boolean} selected
 */
export function placeFrame(frame, width, selected) {
  place(frame.element, { width: width - GAP });
  setAttribute(frame.element, "data-selected", selected ? "" : null);
  frame.name.classList.toggle("tight", width < NAMED && !selected);
}
