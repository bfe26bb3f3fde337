import { valueAt } from "../../draw/tensor.js";
import { decimalsFor, equals } from "../../geometry/rounding.js";
import { fixed, rounded } from "../../geometry/scale.js";
import { chip, neighbours, reach, sign, word } from "./cells.js";

/** @import { Arithmetic } from "./types.js" */

/** The pixel's colours from 0 to 255, and how they became the values of the network. @type {Arithmetic} */
export const working = (question) => {
  const { model, node, own, pixel } = question;
  const decimals = decimalsFor(reach(own));
  const { way, ...shared } = neighbours(question);
  return {
    ...shared,
    layout: "pixel",
    captions: ["", "0 to 255", "", "", "value"],
    row: (channel) => {
      const value = valueAt(own, channel, pixel.y, pixel.x);
      const [mean, std] = [model.input.mean[channel] ?? 0, model.input.std[channel] ?? 1];
      const { divisor } = model.input;
      const raw = Math.round(divisor * (value * std + mean));
      const shift = mean ? ` − ${rounded(mean)}` : "";
      const formula = `${divisor === 1 ? "" : `/ ${rounded(divisor)}`}${shift}${std === 1 ? "" : ` then / ${rounded(std)}`}`;
      const relation = equals((raw / divisor - mean) / std, fixed(value, decimals), decimals);
      return {
        label: `${question.channelName(node, channel)}: ${raw} becomes ${fixed(value, decimals)}`,
        cells: [
          word(question.channelName(node, channel)),
          word(String(raw), "end strong"),
          word(formula, "sign"),
          sign(relation),
          chip(value, own, fixed(value, decimals)),
        ],
        ...way(channel, node.name),
        descends: false,
      };
    },
    lines: [],
    notes: [
      [
        "Where the photo has another size, its pixels are averaged or interpolated first. The first layer reads all planes at once.",
      ],
    ],
  };
};
