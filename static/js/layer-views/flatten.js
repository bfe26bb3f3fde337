import { names, shapes } from "./words.js";

/** @import { LayerView } from "./words.js" */

/** @type {LayerView} */
export const flatten = {
  glyph: "flatten",
  token: "flatten",
  title: "Flatten",
  link: "list",
  sentence: (context) => [
    `reads all maps of ${names(context.sources)} out into one list: `,
    ...[...shapes(context), " values. Nothing is computed."],
  ],
  settings: () => [["position", "(channel × height + row) × width + column"]],
};

/**
 * Which pixel of which map a flattened value was.
 *
 * @param {readonly number[]} shape Of the source: `[C, H, W]`.
 * @param {number} value
 */
export function flattenedFrom([, height = 1, width = 1], value) {
  const position = value % (height * width);
  return { channel: Math.floor(value / (height * width)), y: Math.floor(position / width), x: position % width };
}
