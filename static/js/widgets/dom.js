/** Building elements without markup in strings. */

import { GLYPHS } from "../layer-views/glyphs.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes] false and null leave one out.
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

/**
 * @param {string} tag
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes]
 * @param {...Node} children
 * @returns {SVGElement}
 */
export function s(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

/**
 * @param {Element} element
 * @param {Record<string, string | number | boolean | null | undefined>} attributes
 */
function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

/**
 * The sign of a kind of layer.
 *
 * @param {string} name
 * @param {string} token
 * @param {number} [size]
 */
export function glyph(name, token, size = 16) {
  const shapes = GLYPHS[name] ?? GLYPHS.generic ?? [];
  const children = shapes.map(([tag, attributes]) => s(tag, attributes));
  const element = s(
    "svg",
    { class: "glyph", width: size, height: size, viewBox: "0 0 16 16", "aria-hidden": "true" },
    ...children,
  );
  element.style.color = `var(--t-${token})`;
  return element;
}

/**
 * Place an element in CSS pixels.
 *
 * @param {HTMLElement} element
 * @param {{left?: number, top?: number, width?: number, height?: number}} box
 */
export function place(element, box) {
  for (const [side, value] of Object.entries(box)) setStyle(element, side, `${value}px`);
}

/**
 * Set text only where it differs, so that nothing is laid out again for nothing.
 *
 * @param {Node} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent === text) return;
  const { firstChild } = node;
  if (firstChild instanceof Text && firstChild === node.lastChild) firstChild.data = text;
  else node.textContent = text;
}

/**
 * Set a property of the element's own style only where it differs.
 *
 * @param {HTMLElement} element
 * @param {string} name
 * @param {string} value
 */
export function setStyle(element, name, value) {
  if (element.style.getPropertyValue(name) !== value) element.style.setProperty(name, value);
}

/**
 * Set an attribute only where it differs; null removes it.
 *
 * @param {Element} element
 * @param {string} name
 * @param {string | null} value
 */
export function setAttribute(element, name, value) {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

/**
 * Hide an element or show it, only where that differs.
 *
 * @param {Element} element
 * @param {boolean} hidden
 */
export function setHidden(element, hidden) {
  setAttribute(element, "hidden", hidden ? "" : null);
}

/** What stands in quotes or between tags; what is escaped is left to the parser. */
const VALUE = /="([^"&]*)"|>([^<&]+)</g;

/** @typedef {{markup: string, shape: string, values: string[], places: Node[]}} Drawn */

/** @type {WeakMap<SVGElement, Drawn>} */
const marked = new WeakMap();

/**
 * Draw anew only what differs: where the shapes are the same ones, their numbers.
 *
 * @param {SVGElement} element
 * @param {string} markup Made by the page from numbers, never from text of the server.
 */
export function setMarkup(element, markup) {
  const known = marked.get(element);
  if (known?.markup === markup) return;
  /** @type {string[]} */
  const values = [];
  const shape = markup.replace(VALUE, (_, attribute, text) => {
    values.push(attribute ?? text);
    return attribute === undefined ? "><" : "=";
  });
  if (known?.shape === shape && known.places.length === values.length) {
    known.places.forEach((place, at) => {
      if (values[at] !== known.values[at]) place.nodeValue = values[at] ?? "";
    });
    Object.assign(known, { markup, values });
    return;
  }
  element.innerHTML = markup;
  marked.set(element, { markup, shape, values, places: [...element.childNodes].flatMap(valuesIn) });
}

/**
 * Attributes and texts in the order in which markup has them.
 *
 * @param {Node} node
 * @returns {Node[]}
 */
function valuesIn(node) {
  if (!(node instanceof Element)) return [node];
  return [...node.attributes, ...[...node.childNodes].flatMap(valuesIn)];
}

/**
 * Tell the width of an element now and whenever it changes: asking at every paint would lay the page out again.
 *
 * @param {Element} element
 * @param {AbortSignal} signal
 * @param {(width: number) => void} told CSS pixels, never 0.
 */
export function onWidth(element, signal, told) {
  let last = 0;
  const sizes = new ResizeObserver(() => {
    const width = element.clientWidth;
    if (width && width !== last) told((last = width));
  });
  sizes.observe(element);
  signal.addEventListener("abort", () => sizes.disconnect());
}

/**
 * Tell whenever an element has another size: one that fills what others leave changes its height without its width.
 *
 * @param {Element} element
 * @param {AbortSignal} signal
 * @param {() => void} told
 */
export function onSize(element, signal, told) {
  const sizes = new ResizeObserver(told);
  sizes.observe(element);
  signal.addEventListener("abort", () => sizes.disconnect());
}
