import { paint } from "../draw/colormap.js";
import { h } from "./dom.js";
import { sameValues } from "./map-canvas.js";

/** @import { Palette } from "./scene.js" */

/**
 * @typedef {object} Picture
 * @property {Element} element Its place, of the size `box`, CSS pixels.
 * @property {{width: number, height: number}} box
 * @property {ArrayLike<number>} values
 * @property {number} width Of a row of values.
 * @property {Palette} palette
 */
/** @typedef {{x: number, y: number, width: number, height: number}} Spot In pixels of the screen. */

/**
 * All small pictures of a table, on one canvas over their places. Each on a canvas of its own would be a layer of its
 * own, and as backgrounds they are styled and painted anew one by one: at every move of the pointer.
 */
export class WorkingPictures {
  element = h("canvas", { class: "working-pictures", width: 1, height: 1, "aria-hidden": "true" });
  #context = this.element.getContext("2d");
  #one = new OffscreenCanvas(1, 1);
  #brush = this.#one.getContext("2d", { willReadFrequently: true });
  /** @type {Picture[]} */
  #wanted = [];
  /** What the canvas shows. @type {Picture[]} */
  #drawn = [];
  /** @type {Map<Element, Spot>} */
  #spots = new Map();
  #key = "";

  /** @param {Picture} picture */
  add(picture) {
    this.#wanted.push(picture);
  }

  /**
   * Draw what has been added since the last time, where it differs from what was there.
   *
   * @param {string} key What the places depend on besides the sizes of the pictures: measuring has the page laid out.
   */
  paint(key) {
    const sizes = this.#wanted.map(({ box }) => `${box.width} ${box.height}`);
    const now = [devicePixelRatio, key, ...sizes].join();
    if (now !== this.#key) this.#measure();
    this.#key = now;
    this.#wanted.forEach((picture, at) => isSame(picture, this.#drawn[at]) || this.#draw(picture));
    this.#drawn = this.#wanted;
    this.#wanted = [];
  }

  #measure() {
    const { element } = this;
    // Rounded as the browser does it, by where things stand on the screen.
    const onScreen = (/** @type {Element} */ each) => {
      const { left, top, right, bottom } = each.getBoundingClientRect();
      return [left, top, right, bottom].map((edge) => Math.round(edge * devicePixelRatio));
    };
    const [left = 0, top = 0] = onScreen(element);
    this.#spots = new Map(
      this.#wanted.map(({ element: place }) => {
        const [x = 0, y = 0, right = 0, bottom = 0] = onScreen(place);
        return [place, { x: x - left, y: y - top, width: right - x, height: bottom - y }];
      }),
    );
    const all = [...this.#spots.values()];
    this.#drawn = [];
    element.width = Math.max(1, ...all.map(({ x, width }) => x + width));
    element.height = Math.max(1, ...all.map(({ y, height }) => y + height));
    element.style.width = `${element.width / devicePixelRatio}px`;
    element.style.height = `${element.height / devicePixelRatio}px`;
  }

  /** @param {Picture} picture */
  #draw({ element, values, width, palette: { scale, map } }) {
    const spot = this.#spots.get(element);
    const height = values.length / width;
    if (!spot?.width || !height || !this.#context || !this.#brush) return;
    if (this.#one.width < width) this.#one.width = width;
    if (this.#one.height < height) this.#one.height = height;
    this.#brush.putImageData(paint(values, width, height, scale, map), 0, 0);
    // Crisp when enlarged, averaged when reduced.
    this.#context.imageSmoothingEnabled = spot.width < width;
    this.#context.clearRect(spot.x, spot.y, spot.width, spot.height);
    this.#context.drawImage(this.#one, 0, 0, width, height, spot.x, spot.y, spot.width, spot.height);
  }
}

/**
 * @param {Picture} picture
 * @param {Picture | undefined} known
 */
function isSame({ element, values, width, palette: { scale, map } }, known) {
  if (known?.element !== element || known.width !== width || known.palette.map !== map) return false;
  return scale.low === known.palette.scale.low && scale.high === known.palette.scale.high && sameValues(values, known.values);
}
