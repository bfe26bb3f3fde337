import { valueAt } from "../../draw/tensor.js";
import { rounded, shapeText } from "../../geometry/scale.js";
import { chip, word } from "./cells.js";

/** @import { Arithmetic } from "./types.js" */

/** A kind without arithmetic of its own: what its inputs are at this place, and what came out. @type {Arithmetic} */
export const working = ({ node, own, inputs, sources, pixel }) => {
  const value = valueAt(own, pixel.channel, pixel.y, pixel.x);
  return {
    layout: "origins",
    captions: ["input", "shape", "", "here"],
    count: sources.length,
    current: -1,
    rowOf: (pointed) => node.inputs.indexOf(pointed.node),
    row: (index) => {
      const [source, input] = [sources[index], inputs[index]];
      const [, height = 1, width = 1] = source?.output_shape ?? [];
      const there = input ? valueAt(input, pixel.channel, pixel.y, pixel.x) : NaN;
      const fits = pixel.y < height && pixel.x < width && !Number.isNaN(there);
      return {
        label: `${source?.name}, ${shapeText(source?.output_shape ?? [])}`,
        cells: [
          word(source?.name ?? ""),
          word(shapeText(source?.output_shape ?? []), "end"),
          word(""),
          fits && input ? chip(there, input, rounded(there)) : word("–", "end"),
        ],
        target: { ...pixel, node: source?.name ?? "" },
        descends: true,
      };
    },
    lines: [[word("out"), chip(value, own, rounded(value))]],
    notes: [
      ["No arithmetic is written down for this kind of layer: these are its inputs at the same place, and its result."],
    ],
  };
};
