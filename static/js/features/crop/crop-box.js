import { late, urls } from "../../api/client.js";
import { paintPhoto } from "../../draw/colormap.js";
import { ring } from "../../draw/marks.js";
import { TIMES } from "../../geometry/scale.js";
import { windowsOf } from "../../geometry/windows.js";
import { fitCrop } from "../../state/crop.js";
import { setCrop } from "../../state/loading.js";
import { nearestPixel } from "../../state/selection.js";
import { selectPixel, view } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { MarksCanvas } from "../../widgets/canvases.js";
import { place, setAttribute, setHidden, setStyle, setText } from "../../widgets/dom.js";
import { styles } from "../../widgets/styles.js";
import { zoomNow } from "../../widgets/zoom.js";

/** @import { CropBox as Crop } from "../../api/client.js" */

/** Smallest box in image pixels: below this the network sees a few flat colours. */
const SMALLEST = 8;
/** A pointer that moves less than this, in CSS pixels, has clicked. */
const CLICK = 3;
/** Longer side of the picture that is fetched: a photo of a telephone would be many megabytes. */
const PICTURE = 1024;
/** The outline of the field reaches this far beyond it, CSS pixels. */
const BEYOND = 3;

/**
 * The photo with a box around what the network sees: drag to move, corners to resize, arrow keys when focused.
 * Pointing into it points at the nearest value of the selected layer, whose receptive field is drawn here.
 */
export class CropBoxElement extends BaseElement {
  /** @type {{ grip: string, startX: number, startY: number, from: Crop, moved: boolean } | null} */
  #drag = null;
  #pixelsOf = /** @type {object | null} */ (null);
  #field = new MarksCanvas();

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    const { image, crop, model, shown, pending, arrived } = this.subject;
    const { selection, hover, pixels } = view;
    this.watch(image, crop, model, shown, pending, arrived, selection, hover, pixels);
    const options = { signal };
    const box = this.piece("crop");
    this.piece("pixels").after(this.#field.element);
    this.addEventListener("pointerdown", (event) => this.#grab(event), options);
    this.addEventListener("pointermove", (event) => this.#move(event), options);
    this.addEventListener("pointerup", (event) => this.#drop(event), options);
    this.addEventListener("pointercancel", () => this.#release(), options);
    this.addEventListener("pointerleave", () => this.#leave(), options);
    this.addEventListener("dblclick", () => this.#wish({ left: 0, top: 0, width: Infinity }, true), options);
    box.addEventListener("keydown", (event) => this.#key(event), options);
    this.#toggle.addEventListener("click", () => (pixels.value = !pixels.value), options);
    pixels.subscribe((shows) => this.#toggle.setAttribute("aria-pressed", String(shows)), options);
    const resized = new ResizeObserver(() => {
      this.#room = { width: this.clientWidth, height: this.clientHeight };
      this.requestPaint();
    });
    resized.observe(this);
    signal.addEventListener("abort", () => resized.disconnect());
  }

  /** The button with the input's size shows the network's own pixels; it stands in the head of the section. */
  get #toggle() {
    return /** @type {HTMLElement} */ (this.closest("image-dock")?.querySelector('[data-part="seen"]'));
  }

  get #showsPixels() {
    return view.pixels.value || this.#passes;
  }

  /** A frame on its way past is nowhere but in the network's input. */
  get #passes() {
    return this.subject.image.value?.frame === "passing";
  }

  /**
   * Ask for a box; it is made to fit the image and the network's proportions.
   *
   * @param {{ left: number, top: number, width: number }} wish
   * @param {boolean} [centred]
   */
  #wish(wish, centred = false) {
    const { model, image } = this.subject;
    if (!model.value || !image.value) return;
    // of a sound no pitch is left out
    const crop = fitCrop(model.value.input, image.value, wish, image.value.kind ? Infinity : SMALLEST);
    if (centred) {
      crop.left = (image.value.width - crop.width) >> 1;
      crop.top = (image.value.height - crop.height) >> 1;
    }
    setCrop(this.subject, crop);
  }

  /** Measured when it changes: asking at every paint would have the page laid out once more. */
  #room = { width: 0, height: 0 };

  /** CSS pixels per image pixel, across and down: a sound, however long, fills the room. */
  get #zoom() {
    const image = this.subject.image.value;
    const across = (image && this.#room.width / image.width) || 1;
    const down = (image && this.#room.height / image.height) || 1;
    const both = Math.min(across, down);
    return image?.kind ? { across, down } : { across: both, down: both };
  }

  /** @param {PointerEvent} event */
  #grab(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const crop = this.subject.crop.value;
    if (!crop || this.#showsPixels || event.button !== 0 || !target.closest(".crop")) return;
    const grip = target.dataset.grip ?? "";
    this.#drag = { grip, startX: event.clientX, startY: event.clientY, from: crop, moved: false };
    this.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const drag = this.#drag;
    if (!drag) return this.#point(event, false);
    const across = event.clientX - drag.startX;
    const down = event.clientY - drag.startY;
    drag.moved ||= Math.hypot(across, down) >= CLICK;
    if (!drag.moved) return;
    this.piece("crop").classList.add("dragging");
    [view.hover.value, view.probe.value] = [null, null];
    const zoom = this.#zoom;
    const [dx, dy] = [across / zoom.across / zoomNow(), down / zoom.down / zoomNow()];
    if (drag.grip) this.#resize(drag.grip, drag.from, dx, dy);
    else this.#wish({ left: drag.from.left + dx, top: drag.from.top + dy, width: drag.from.width });
  }

  /**
   * The corner opposite the grip stays where it is.
   *
   * @param {string} grip
   * @param {Crop} from
   * @param {number} dx  Image pixels.
   * @param {number} dy
   */
  #resize(grip, from, dx, dy) {
    const { model, image } = this.subject;
    if (!model.value || !image.value) return;
    const [north, west] = [grip.includes("n"), grip.includes("w")];
    const aspect = from.width / from.height;
    const grown = Math.max((west ? -dx : dx), (north ? -dy : dy) * aspect);
    const room = {
      width: west ? from.left + from.width : image.value.width - from.left,
      height: north ? from.top + from.height : image.value.height - from.top,
    };
    const width = Math.min(from.width + grown, room.width, room.height * aspect);
    const fitted = fitCrop(model.value.input, image.value, { ...from, width }, SMALLEST);
    const left = west ? from.left + from.width - fitted.width : from.left;
    const top = north ? from.top + from.height - fitted.height : from.top;
    this.#wish({ left, top, width: fitted.width });
  }

  #release() {
    this.#drag = null;
    this.piece("crop").classList.remove("dragging");
  }

  /** @param {PointerEvent} event */
  #drop(event) {
    const moved = this.#drag?.moved;
    this.#release();
    if (moved === false) this.#point(event, true);
  }

  /**
   * The place under the pointer, as a pixel of the selected layer.
   *
   * @param {PointerEvent} event
   * @param {boolean} choose  True to select it, false to look at it in passing.
   */
  #point(event, choose) {
    const { model } = this.subject;
    const { selection, hover, probe } = view;
    const input = model.value?.nodes[0];
    const node = model.value?.nodes.find((each) => each.name === selection.value.node);
    if (!model.value || !input || !node) return;
    const box = (this.#showsPixels ? this : this.piece("crop")).getBoundingClientRect();
    const down = (event.clientY - box.top) / box.height;
    const across = (event.clientX - box.left) / box.width;
    if (down < 0 || down >= 1 || across < 0 || across >= 1) return this.#leave();
    const { height, width } = model.value.input;
    const seen = { y: Math.floor(down * height), x: Math.floor(across * width) };
    const place = nearestPixel(input, node, seen);
    const pixel = { node: node.name, channel: selection.value.channel, ...place };
    if (choose) selectPixel(model.value, pixel);
    else [hover.value, probe.value] = [pixel, seen];
  }

  #leave() {
    if (!this.#drag) [view.hover.value, view.probe.value] = [null, null];
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const crop = this.subject.crop.value;
    const image = this.subject.image.value;
    if (!crop || !image || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = Math.max(1, Math.round(image.width / 100)) * (event.shiftKey ? 10 : 1);
    /** @type {Record<string, [number, number, number]>} */
    const moves = {
      ArrowLeft: [-step, 0, 0],
      ArrowRight: [step, 0, 0],
      ArrowUp: [0, -step, 0],
      ArrowDown: [0, step, 0],
      "+": [-step, -step, 2 * step],
      "=": [-step, -step, 2 * step],
      "-": [step, step, -2 * step],
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    const [left, top, width] = move;
    this.#wish({ left: crop.left + left, top: crop.top + top, width: crop.width + width });
  }

  /** @override */
  paint() {
    const { image, crop, model } = this.subject;
    const frame = this.piece("frame");
    frame.hidden = !image.value || !crop.value;
    this.#toggle.hidden = !model.value;
    if (model.value) {
      const { width, height, channels } = model.value.input;
      setText(this.#toggle, `${width}${TIMES}${height} px, ${channels === 3 ? "RGB" : "grey"}`);
    }
    if (!image.value || !crop.value) return;
    this.#paintPicture(image.value);
    this.#paintCrop(image.value, crop.value);
    this.#paintPixels();
    this.#paintField();
  }

  /** @param {import("../../state/types.js").ImageOnScreen} image */
  #paintPicture(image) {
    const picture = this.piece("picture", HTMLImageElement);
    if (picture.dataset.image !== image.id && !this.#passes) {
      if (image.kind) void styles("picture").then(() => late(() => import("./sound-panel.js")));
      picture.dataset.image = image.id;
      picture.src = image.kind ? urls.image(image.id) : urls.thumbnail(image.id, PICTURE);
      picture.alt = image.title;
    }
    const frame = this.piece("frame");
    place(frame, { width: image.width * this.#zoom.across, height: image.height * this.#zoom.down });
    setAttribute(frame, "title", image.title);
  }

  /**
   * @param {{ width: number, height: number }} image
   * @param {Crop} crop
   */
  #paintCrop(image, crop) {
    const box = this.piece("crop");
    const across = /** @type {const} */ (["left", "width"]);
    const down = /** @type {const} */ (["top", "height"]);
    for (const side of across) setStyle(box, side, `${(100 * crop[side]) / image.width}%`);
    for (const side of down) setStyle(box, side, `${(100 * crop[side]) / image.height}%`);
    // A finger that cannot move the box up or down scrolls the page instead.
    box.classList.toggle("level", crop.height === image.height);
    box.classList.toggle("whole", crop.width === image.width && crop.height === image.height);
    setAttribute(box, "aria-valuenow", String(Math.round((100 * crop.width) / image.width)));
    const text = `${crop.width} by ${crop.height} pixels at ${crop.left}, ${crop.top} of ${image.width} by ${image.height}`;
    setAttribute(box, "aria-valuetext", text);
  }

  /** The network's own input, one canvas pixel per value, from the trace itself. */
  #paintPixels() {
    const { shown, pending, model } = this.subject;
    const canvas = this.piece("pixels", HTMLCanvasElement);
    this.classList.toggle("pixels", this.#showsPixels);
    setHidden(canvas, !this.#showsPixels);
    const input = model.value?.nodes[0]?.name ?? "";
    const activation = pending.value?.activations.get(input) ?? shown.value?.activations.get(input);
    if (canvas.hidden || !model.value || !activation?.data.length || activation === this.#pixelsOf) return;
    this.#pixelsOf = activation;
    const { width, height } = model.value.input;
    canvas.width = width;
    canvas.height = height;
    canvas.getContext("2d")?.putImageData(paintPhoto(activation.data, width, height, model.value.input), 0, 0);
  }

  /** The receptive field of the value looked at. */
  #paintField() {
    const { model, crop } = this.subject;
    const { selection, hover } = view;
    const pixel = hover.value ?? selection.value;
    const input = model.value?.nodes[0];
    const known = model.value?.nodes.some((each) => each.name === pixel.node);
    const box = model.value && input && known ? windowsOf(model.value.nodes, pixel.node, pixel).get(input.name) : null;
    setHidden(this.#field.element, !box);
    if (!box || !model.value || !crop.value) return;
    const seen = { width: crop.value.width * this.#zoom.across, height: crop.value.height * this.#zoom.down };
    const { width, height } = this.#showsPixels ? this.#room : seen;
    const [across, down] = [width / model.value.input.width, height / model.value.input.height];
    const field = {
      ...{ x: box.left * across - 1, y: box.top * down - 1 },
      width: Math.max(3, (box.right - box.left) * across) + 2,
      height: Math.max(3, (box.bottom - box.top) * down) + 2,
    };
    this.#field.cover({ width, height }, BEYOND, ring(field));
  }
}

customElements.define("crop-box", CropBoxElement);
