/** Patches and photos of an atlas as elements. */

import { urls } from "../../api/client.js";
import { channels } from "../../state/channels.js";
import { h } from "../../widgets/dom.js";

/** Channels whose patches come in one picture. */
const SHEET = 16;
/** Patches of each on the wall. */
export const ON_WALL = 4;

const atlasId = () => channels.atlas.value?.atlas?.id ?? "";

/**
 * A patch of the wall's sheets: strongest first.
 *
 * @param {string} node
 * @param {number} channel
 * @param {number} rank
 * @param {number} size  CSS pixels.
 */
export function wallPatch(node, channel, rank, size) {
  const first = channel - (channel % SHEET);
  return patch(urls.patches(atlasId(), node, first, SHEET, ON_WALL), { row: channel - first, column: rank, columns: ON_WALL, size });
}

/**
 * A patch of the card's own sheet.
 *
 * @param {string} node
 * @param {number} channel
 * @param {number} rank
 * @param {number} size
 */
export function cardPatch(node, channel, rank, size) {
  return patch(urls.patches(atlasId(), node, channel, 1, 9), { row: 0, column: rank, columns: 9, size });
}

/**
 * @param {string} sheet
 * @param {{row: number, column: number, columns: number, size: number}} where
 */
function patch(sheet, { row, column, columns, size }) {
  const element = h("i", { class: "patch", "aria-hidden": "true" });
  element.style.width = element.style.height = `${size}px`;
  element.style.setProperty("--sheet", `url("${sheet}")`);
  element.style.setProperty("--at", `${-column * size}px ${-row * size}px`);
  element.style.setProperty("--wide", `${columns * size}px auto`);
  return element;
}

/**
 * A whole photo as the network got it.
 *
 * @param {number} photo
 * @param {string} alt
 */
export function photo(photo, alt) {
  return h("img", { class: "whole", src: urls.atlasPhoto(atlasId(), photo), alt, draggable: false });
}
