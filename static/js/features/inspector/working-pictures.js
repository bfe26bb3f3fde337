import { paint } from "../../draw/colormap.js";
import { drawMarks } from "../../draw/marks.js";
import { largestOf } from "../../geometry/extremes.js";
import { currentTheme } from "../../state/scene.js";
import { inks, sameValues, stamp } from "../../widgets/canvases.js";
import { h, place } from "../../widgets/dom.js";
import { pixelRatio } from "../../widgets/zoom.js";

/** @import { Mark } from "../../draw/marks.js" */
/** @import { Palette } from "../../state/scene.js" */
/** @import { Spot } from "../../widgets/canvases.js" */

/** @typedef {{values: ArrayLike<number>, width: number, palette: Palette}} Image `width`: of a row of values. */
/**
 * @typedef {object} Picture
 * @property {Element} element Its place.
 * @property {string} size What the size of its place depends on.
 * @property {string} key What its marks depend on.
 * @property {(box: {width: number, height: number}) => readonly Mark[]} marks Of a place so large, CSS pixels.
 * @property {Image} [image] Below them.
 */

/** Tables whose places are remembered: measuring has the page laid out in the midst of its changes. */
const MANY = 100;

/**
 * All small pictures of a table and what is written on them, on one canvas over their places. Each on a canvas of its
 * own would be a layer of its own; as elements they are styled, laid out and painted anew one by one: at every move of
 * the pointer.
 */
export class WorkingPictures {
  element = h("canvas", { class: "working-pictures", width: 1, height: 1, "aria-hidden": "true" });
  #context = this.element.getContext("2d");
  /** @type {Picture[]} */
  #wanted = [];
  /** What the canvas shows. @type {Picture[]} */
  #drawn = [];
  /** Where the pictures stand. @type {Spot[]} */
  #spots = [];
  /** The same for every key so far. @type {Map<string, Spot[]>} */
  #measured = new Map();
  #key = "";
  #theme = "";

  /** @param {Picture} picture */
  add(picture) {
    this.#wanted.push(picture);
  }

  /**
   * Draw what has been added since the last time, if anything differs from what was there.
   *
   * @param {string} key What the places depend on besides the sizes of the pictures: measuring has the page laid out.
   */
  paint(key) {
    const [wanted, drawn] = [this.#wanted, this.#drawn];
    this.#wanted = [];
    const now = [pixelRatio(), key, ...wanted.map(({ size }) => size)].join();
    const same = now === this.#key && currentTheme() === this.#theme;
    if (same && wanted.every((picture, at) => isSame(picture, drawn[at]))) return;
    if (now === this.#key) this.#context?.clearRect(0, 0, this.element.width, this.element.height);
    else this.#fit((this.#spots = this.#measured.get(now) ?? this.#measure(wanted, now)));
    this.#key = now;
    this.#theme = currentTheme();
    this.#drawn = wanted;
    wanted.forEach((picture, at) => this.#draw(picture, this.#spots[at]));
  }

  /**
   * @param {readonly Picture[]} pictures
   * @param {string} key
   */
  #measure(pictures, key) {
    // Rounded as the browser does it, by where things stand on the screen.
    const onScreen = (/** @type {Element} */ each) => {
      const { left, top, right, bottom } = each.getBoundingClientRect();
      return [left, top, right, bottom].map((edge) => Math.round(edge * devicePixelRatio));
    };
    const [left = 0, top = 0] = onScreen(this.element);
    const spots = pictures.map(({ element }) => {
      const [x = 0, y = 0, right = 0, bottom = 0] = onScreen(element);
      return { x: x - left, y: y - top, width: right - x, height: bottom - y };
    });
    if (this.#measured.size > MANY) this.#measured.clear();
    // What is not shown has no size yet.
    if (spots.every(({ width }) => width > 0)) this.#measured.set(key, spots);
    return spots;
  }

  /** @param {readonly Spot[]} spots */
  #fit(spots) {
    const { element } = this;
    element.width = Math.max(1, largestOf(spots.map(({ x, width }) => x + width)));
    element.height = Math.max(1, largestOf(spots.map(({ y, height }) => y + height)));
    place(element, { width: element.width / pixelRatio(), height: element.height / pixelRatio() });
  }

  /**
   * @param {Picture} picture
   * @param {Spot | undefined} spot
   */
  #draw({ image, marks }, spot) {
    const [context, ratio] = [this.#context, pixelRatio()];
    if (!spot?.width || !context) return;
    // Crisp when enlarged, averaged when reduced.
    if (image?.values.length) stamp(context, imageOf(image), spot, spot.width < image.width);
    context.setTransform(ratio, 0, 0, ratio, spot.x, spot.y);
    drawMarks(context, marks({ width: spot.width / ratio, height: spot.height / ratio }), inks());
    context.resetTransform();
  }
}

/** @param {Image} image */
const imageOf = ({ values, width, palette: { scale, map } }) => paint(values, width, values.length / width, scale, map);

/**
 * @param {Picture} picture
 * @param {Picture | undefined} known
 */
function isSame({ element, key, image }, known) {
  if (known?.element !== element || known.key !== key) return false;
  if (!image || !known.image) return image === known.image;
  const [now, then] = [image.palette, known.image.palette];
  const alike = now.map === then.map && now.scale.low === then.scale.low && now.scale.high === then.scale.high;
  return alike && image.width === known.image.width && sameValues(image.values, known.image.values);
}
