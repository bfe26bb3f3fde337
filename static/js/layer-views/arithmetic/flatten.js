import { valueAt } from "../../draw/tensor.js";
import { TIMES, rounded } from "../../geometry/scale.js";
import { flattenedFrom } from "../flatten.js";
import { strong } from "../words.js";
import { chip, word } from "./cells.js";
import { mapOf, pixelOnly } from "./merge.js";

/** @import { Arithmetic } from "./types.js" */

/** Which pixel of which map this value was, and the formula both ways. @type {Arithmetic} */
export const working = ({ node, inputs, sources, pixel }) => {
  const [input] = inputs;
  const [source] = sources;
  if (!input || !source) return null;
  const place = { node: source.name, ...flattenedFrom(source.output_shape, pixel.channel) };
  const [, height = 1, width = 1] = source.output_shape;
  const value = valueAt(input, place.channel, place.y, place.x);
  const plane = `${height}${TIMES}${width}`;
  return {
    layout: "origins",
    captions: ["input", "channel", "row, column", "value"],
    count: 1,
    current: 0,
    rowOf: (pointed) => (node.inputs.includes(pointed.node) ? 0 : -1),
    row: () => ({
      label: `${source.name}, channel ${place.channel}, row ${place.y}, column ${place.x}`,
      cells: [
        word(source.name),
        word(String(place.channel), "end"),
        word(`${place.y}, ${place.x}`, "end"),
        chip(value, input, rounded(value)),
      ],
      target: place,
      descends: true,
      selected: true,
      detail: () => (pixelOnly(input) ? [] : [mapOf(input, source.name, place)]),
    }),
    lines: [],
    notes: [
      ["position = (channel × height + row) × width + column"],
      [`(${place.channel} × ${height} + ${place.y}) × ${width} + ${place.x} = `, strong(pixel.channel)],
      ["and back: ", strong(pixel.channel), ` = ${place.channel} × ${plane} + ${place.y} × ${width} + ${place.x}`],
    ],
  };
};
