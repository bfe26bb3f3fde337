import { paint, paintPhoto } from "../../draw/colormap.js";
import { isHere, plane } from "../../draw/tensor.js";
import { formOf } from "../../geometry/graph.js";
import { viewOf } from "../../layer-views/index.js";
import { paletteOf, strongestChannels } from "../../state/scene.js";
import { inks } from "../../widgets/canvases.js";
import { h, place, setAttribute } from "../../widgets/dom.js";
import { textWidth } from "../../widgets/text-width.js";
import { pixelRatio } from "../../widgets/zoom.js";

/** @import { ModelDetail, NodeDetail } from "../../api/client.js" */
/** @import { Activation, LayerOnScreen } from "../../state/types.js" */

const HEIGHT = 40;
const GAP = 4;
/** Between frames that are narrow. */
const CLOSE_GAP = 1;
/** A frame is never narrower: a longer film scrolls. */
const NARROWEST = 5;
/** Frames of this width have the usual gap. */
const USUAL = 20;
/** Size of the names, CSS pixels. */
const SMALL = 11;
const MOST_BARS = 32;
/** More bars than these stand without gaps. */
const CLOSE = 12;
/** No bar is lower, as a share of the height. */
const LOWEST = 0.02;
/** How much of a frame is seen before its layer's turn. */
const UNFILLED = 0.25;

/**
 * The pictures of all frames, on one canvas: a hundred canvases beside each other would cost the browser more at every
 * frame it shows than everything else on the page.
 */
export class FilmSheet {
  #one = new OffscreenCanvas(1, 1);
  #scale = 1;
  element = h("canvas", { class: "film-sheet", width: 1, height: 1 });

  /**
   * @param {number} width CSS pixels.
   * @returns {string} What the size is; it tells frames to draw themselves again.
   */
  fit(width) {
    const scale = Math.max(1, pixelRatio());
    if (this.element.width !== Math.ceil(width * scale) || scale !== this.#scale) {
      this.#scale = scale;
      this.element.width = Math.ceil(width * scale);
      this.element.height = HEIGHT * scale;
      place(this.element, { width, height: HEIGHT });
    }
    return `${width}/${scale}`;
  }

  /**
   * @param {number} x
   * @param {number} width
   */
  clear(x, width) {
    this.#context()?.clearRect(x, 0, width, HEIGHT);
  }

  /**
   * Averaged where it is reduced, crisp where it is enlarged.
   *
   * @param {ImageData} image
   * @param {{x: number, width: number, height: number, opacity: number}} area
   */
  draw(image, { x, width, height, opacity }) {
    const context = this.#context();
    if (!context) return;
    this.#one.width = image.width;
    this.#one.height = image.height;
    this.#one.getContext("2d")?.putImageData(image, 0, 0);
    context.globalAlpha = opacity;
    context.imageSmoothingEnabled = width * this.#scale < image.width || height * this.#scale < image.height;
    context.imageSmoothingQuality = "high";
    context.drawImage(this.#one, x, 0, width, height);
  }

  /**
   * Values beside each other, from their common zero up or down.
   *
   * @param {{from: number, to: number, ink: string}[]} bars Shares of the height, from its bottom.
   * @param {{x: number, width: number, height: number, opacity: number}} area
   */
  bars(bars, { x, width, height, opacity }) {
    const context = this.#context();
    if (!context) return;
    const gap = bars.length > CLOSE ? 0 : 1;
    const pitch = (width + gap) / bars.length;
    const { colours } = inks();
    context.globalAlpha = opacity;
    bars.forEach(({ from, to, ink }, at) => {
      context.fillStyle = colours[ink] ?? "";
      context.fillRect(x + at * pitch, (1 - to) * height, pitch - gap, (to - from) * height);
    });
  }

  #context() {
    const context = this.element.getContext("2d");
    context?.setTransform(this.#scale, 0, 0, this.#scale, 0, 0);
    return context;
  }
}

/** One layer on the film: its strongest maps, small. */
export class FilmFrame {
  #pictures = h("span", { class: "film-pictures" });
  /** @type {Activation | null} */
  #drawn = null;
  #key = "";

  /**
   * @param {ModelDetail} model
   * @param {NodeDetail} node
   */
  constructor(model, node) {
    const { title, token } = viewOf(node.kind);
    this.model = model;
    this.node = node;
    this.form = formOf(node, model.classes.length);
    this.name = h("span", { class: "film-name" }, node.name);
    this.element = h(
      "div",
      { class: "film-frame", "data-frame": node.name, title: `${node.name}: ${title}` },
      this.#pictures,
      this.name,
    );
    this.element.style.setProperty("--kind", `var(--t-${token})`);
  }

  /**
   * @param {FilmSheet} sheet
   * @param {LayerOnScreen | null} layer
   * @param {{x: number, width: number}} area Of its picture.
   * @param {number} filled How many values of the layer are to be seen.
   * @param {string} key What colours and sizes depend on.
   */
  paint(sheet, layer, { x, width }, filled, key) {
    const channels = layer ? channelsHere(layer.activation, width >= 1.7 * HEIGHT ? 2 : 1) : [];
    const opacity = filled <= 0 ? UNFILLED : 1;
    const full = `${key}/${width}/${channels}/${opacity}`;
    if ((layer?.activation ?? null) === this.#drawn && full === this.#key) return;
    this.#drawn = layer?.activation ?? null;
    this.#key = full;
    this.element.classList.toggle("blank", !channels.length);
    sheet.clear(x, width + CLOSE_GAP);
    if (!layer || !channels.length) return;
    if (this.form === "maps") this.#paintMaps(sheet, layer.activation, { x, width, opacity }, channels);
    else if (this.form === "units") sheet.bars(barsOf(layer.activation), { x, width, height: HEIGHT, opacity });
    else this.#paintBarcode(sheet, layer.activation, { x, width, height: HEIGHT, opacity });
  }

  /**
   * @param {FilmSheet} sheet
   * @param {Activation} activation
   * @param {{x: number, width: number, opacity: number}} area
   * @param {readonly number[]} channels
   */
  #paintMaps(sheet, activation, { x, width, opacity }, channels) {
    const [, height = 1, across = 1] = activation.shape;
    if (this.node.kind === "input") {
      const side = Math.min(HEIGHT, width);
      const { data } = activation.change ? (activation.lanes?.b ?? activation) : activation;
      sheet.draw(paintPhoto(data, across, height, this.model.input), { x, width: side, height: side, opacity });
      return;
    }
    const count = channels.length;
    const side = Math.min(HEIGHT, Math.floor((width - count + 1) / count));
    channels.forEach((channel, index) => {
      const { scale, map } = paletteOf(activation, channel);
      const image = paint(plane(activation, channel), across, height, scale, map);
      sheet.draw(image, { x: x + index * (side + 1), width: side, height: side, opacity });
    });
  }

  /**
   * @param {FilmSheet} sheet
   * @param {Activation} activation
   * @param {{x: number, width: number, height: number, opacity: number}} area
   */
  #paintBarcode(sheet, activation, area) {
    const { scale, map } = paletteOf(activation, 0);
    sheet.draw(paint(activation.data, activation.data.length, 1, scale, map), area);
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

/** @param {Activation} activation */
function barsOf({ data, min, max }) {
  const low = Math.min(0, min);
  const span = Math.max(0, max) - low || 1;
  const step = Math.ceil(data.length / MOST_BARS);
  const some = Array.from(data).filter((_, index) => index % step === 0);
  return some.map((value) => {
    const [from, to] = [Math.min(0, value), Math.max(0, value)].map((end) => (end - low) / span);
    return { from: from ?? 0, to: Math.max(to ?? 0, (from ?? 0) + LOWEST), ink: value < 0 ? "neg" : "pos" };
  });
}

/**
 * Width of every frame, its gap included.
 *
 * @param {number} room
 * @param {number} count
 */
export const frameWidth = (room, count) => Math.max(NARROWEST, Math.floor((room + CLOSE_GAP - 1) / Math.max(1, count)));

/** What of that width is gap. @param {number} width */
export const gapOf = (width) => (width < USUAL ? CLOSE_GAP : GAP);

/**
 * @param {FilmFrame} frame
 * @param {number} width
 * @param {boolean} selected
 */
export function placeFrame(frame, width, selected) {
  place(frame.element, { width: width - gapOf(width) });
  setAttribute(frame.element, "data-selected", selected ? "" : null);
  frame.name.classList.toggle("tight", textWidth(frame.node.name) * SMALL > width - GAP && !selected);
}
