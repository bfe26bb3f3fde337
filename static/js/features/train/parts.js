/** What the parts of the Training lab are built of. */

import { colormap, colour, cssColour, inkOn, paint } from "../../draw/colormap.js";
import { fixed } from "../../geometry/scale.js";
import { currentTheme } from "../../state/scene.js";
import { h, s } from "../../widgets/dom.js";

/** @import { Pictures } from "../../api/training-types.js" */
/** @import { MapKind } from "../../draw/colormap.js" */

/**
 * @param {string | Node} content
 * @param {Record<string, string | number | boolean | null | undefined>} attributes
 * @param {() => void} action
 */
export function button(content, attributes, action) {
  const element = h("button", { type: "button", ...attributes }, content);
  element.addEventListener("click", action);
  return element;
}

/**
 * A row of buttons of which one is pressed.
 *
 * @template {string | number | boolean} T
 * @param {string} label
 * @param {readonly (readonly [value: T, text: string])[]} options
 * @param {T} now
 * @param {(value: T) => void} choose
 */
export function choices(label, options, now, choose) {
  const buttons = options.map(([value, text]) =>
    button(text, { "aria-pressed": String(value === now), "data-focus": `${label} ${value}` }, () => choose(value)),
  );
  return h("div", { class: "seg", role: "group", "aria-label": label }, ...buttons);
}

/** @param {string} path */
export const icon = (path) =>
  s("svg", { width: 16, height: 14, viewBox: "0 0 16 14", "aria-hidden": "true" }, s("path", { d: path, fill: "currentColor" }));

/**
 * Put other children into an element; the focus stays on the one that says the same of itself.
 *
 * @param {Element} element
 * @param {...(Node | string)} children
 */
export function renew(element, ...children) {
  const active = document.activeElement;
  const name = active instanceof HTMLElement && element.contains(active) ? active.dataset.focus : undefined;
  element.replaceChildren(...children);
  if (name === undefined) return;
  const again = element.querySelector(`[data-focus="${CSS.escape(name)}"]`);
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
}

/**
 * A button that unfolds a list below it; Escape and a click elsewhere fold it again.
 *
 * @param {HTMLElement} toggle
 * @param {HTMLElement} list
 * @param {AbortSignal} signal
 * @param {() => void} fill
 */
export function unfolds(toggle, list, signal, fill) {
  const show = (/** @type {boolean} */ open) => {
    list.hidden = !open;
    toggle.setAttribute("aria-expanded", String(open));
    if (!open) return;
    fill();
    /** @type {HTMLElement | null} */ (list.querySelector("a, button"))?.focus();
  };
  toggle.addEventListener("click", () => show(list.hidden === true), { signal });
  document.addEventListener("click", (event) => event.target instanceof Node && !toggle.parentElement?.contains(event.target) && show(false), { signal });
  list.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    show(false);
    toggle.focus();
  }, { signal });
}

/**
 * A map on a canvas of one pixel a value.
 *
 * @param {ArrayLike<number>} values
 * @param {number} width
 * @param {number} height
 * @param {number} most  The value of the strongest colour.
 * @param {Record<string, string | null>} [attributes]
 * @param {MapKind} [kind]
 */
export function mapOf(values, width, height, most, attributes = {}, kind = "diverging") {
  const canvas = h("canvas", { width, height, ...attributes });
  const scale = { low: kind === "diverging" ? -most : 0, high: most };
  canvas.getContext("2d")?.putImageData(paint(values, width, height, scale, colormap(kind, currentTheme())), 0, 0);
  return canvas;
}

/**
 * A picture of one channel or three, from 0 to 1, as it is.
 *
 * @param {ArrayLike<number>} values
 * @param {number} width
 * @param {number} height
 * @param {Record<string, string | null>} [attributes]
 */
export function pictureOf(values, width, height, attributes = {}) {
  const canvas = h("canvas", { width, height, ...attributes });
  const image = new ImageData(width, height);
  const size = width * height;
  const coloured = values.length >= 3 * size;
  for (let at = 0; at < size; at += 1) {
    const [red, green, blue] = [0, 1, 2].map((channel) => 255 * (values[coloured ? channel * size + at : at] ?? 0));
    image.data.set([red ?? 0, green ?? 0, blue ?? 0, 255], 4 * at);
  }
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas;
}

/**
 * Weights that read red, green and blue, as a colour: grey is 0.
 *
 * @param {ArrayLike<number>} weights
 * @param {number} width
 * @param {number} height
 * @param {number} most
 * @param {Record<string, string | null>} [attributes]
 */
export function colouredOf(weights, width, height, most, attributes = {}) {
  return pictureOf(Float32Array.from(weights, (each) => 0.5 + each / (2 * most)), width, height, attributes);
}

/**
 * A test picture, from 0 to 1; of one colour it has one value a pixel.
 *
 * @param {Pictures} held
 * @param {number} at
 * @param {boolean} shuffled As the nets get it that see shuffled pixels.
 */
export function pixelsOf({ shape, pixels, order }, at, shuffled) {
  const [, channels, height, width] = shape;
  const plane = height * width;
  return Float32Array.from({ length: channels * plane }, (_, n) => {
    const place = shuffled ? n - (n % plane) + (order?.[n % plane] ?? n % plane) : n;
    return (pixels[at * channels * plane + place] ?? 0) / 255;
  });
}

/** @param {ArrayLike<number>} values The largest magnitude; never 0. */
export function largest(values) {
  let most = 0;
  for (let at = 0; at < values.length; at += 1) most = Math.max(most, Math.abs(values[at] ?? 0));
  return most || 1e-12;
}

/**
 * Colour a cell by its value.
 *
 * @param {HTMLElement} element
 * @param {number} value
 * @param {number} most
 * @param {MapKind} [kind]
 */
export function tint(element, value, most, kind = "diverging") {
  const rgb = colour(value, { low: kind === "diverging" ? -most : 0, high: most }, colormap(kind, currentTheme()));
  element.style.background = cssColour(rgb);
  element.style.color = inkOn(rgb);
  return element;
}

/** @param {number} value As many places as show four digits. */
export function four(value) {
  const size = Math.abs(value);
  if (!size) return "0";
  if (size && size < 1e-4) {
    const power = Math.floor(Math.log10(size));
    return `${fixed(value / 10 ** power, 1)}e\u2212${-power}`;
  }
  return fixed(value, Math.min(6, Math.max(2, 3 - Math.floor(Math.log10(size || 1)))));
}

/**
 * @param {number} value
 * @param {number} decimals
 */
export const signed = (value, decimals) => (value >= 0 ? "+" : "") + fixed(value, decimals);

/** The name of a net in a sentence. @param {{kind: string, shuffled: boolean}} net */
export const called = ({ kind, shuffled }) => `${shuffled ? "shuffled " : ""}${kind.toUpperCase()}`;

/** The name of a net beside its line. @param {{kind: string, shuffled: boolean}} net */
export const shortName = ({ kind, shuffled }) => `${kind.toUpperCase()}${shuffled ? " shuffled" : ""}`;

/** Classes that are shapes have a sign; others a short name. @type {Record<string, string>} */
const SIGNS = { circle: "○", square: "□", triangle: "△", cross: "+" };

/** @param {string} name */
export const signOf = (name) => SIGNS[name] ?? name.slice(0, 3);
