import { valueAt } from "../../draw/tensor.js";
import { rounded } from "../../geometry/scale.js";
import { number } from "../words.js";
import { chip, word } from "./cells.js";
import { mapOf, pixelOnly } from "./merge.js";

/** @import { Arithmetic } from "./types.js" */

const AXES = /** @type {const} */ (["channel", "y", "x"]);
const WORDS = { channel: "channels", y: "rows", x: "columns" };

/** Which input, and which channel of it, this value came from. @type {Arithmetic} */
export const working = ({ node, own, inputs, sources, pixel }) => {
  const rank = own.shape.length + 1;
  const axis = AXES[((number(node, "axis", 1) + rank) % rank) - 1] ?? "channel";
  let start = 0;
  const parts = inputs.map((input) => {
    const from = start;
    start += input.shape[AXES.indexOf(axis)] ?? 1;
    return { from, to: start };
  });
  const read = parts.findIndex(({ from, to }) => pixel[axis] >= from && pixel[axis] < to);
  return {
    layout: "origins",
    captions: ["input", `${WORDS[axis]} here`, `its ${axis}`, "value"],
    count: inputs.length,
    current: read,
    rowOf: (pointed) => node.inputs.indexOf(pointed.node),
    row: (index) => {
      const { from, to } = parts[index] ?? { from: 0, to: 0 };
      const input = inputs[index] ?? own;
      const selected = index === read;
      const place = { ...pixel, node: node.inputs[index] ?? "", [axis]: selected ? pixel[axis] - from : 0 };
      const value = valueAt(input, place.channel, place.y, place.x);
      return {
        label: `${place.node}: ${WORDS[axis]} ${from} to ${to - 1}${selected ? ", read here" : ""}`,
        cells: [
          word(sources[index]?.name ?? ""),
          word(`${from} to ${to - 1}`, "end"),
          word(selected ? String(pixel[axis] - from) : "–", "end"),
          selected ? chip(value, input, rounded(value)) : word(""),
        ],
        target: selected ? place : { ...pixel, node: node.name, [axis]: from },
        descends: selected,
        selected,
        detail: () => (selected && !pixelOnly(input) ? [mapOf(input, place.node, place)] : []),
      };
    },
    lines: [],
    notes: [
      [
        `Nothing is computed: ${axis} ${pixel[axis]} here is ${axis} ${pixel[axis] - (parts[read]?.from ?? 0)} of ${node.inputs[read]}.`,
      ],
    ],
  };
};
