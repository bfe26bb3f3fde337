import { valueAt } from "../../draw/tensor.js";
import { largestOf } from "../../geometry/extremes.js";
import { addUp, decimalsFor, equals, read } from "../../geometry/rounding.js";
import { fixed, rounded } from "../../geometry/scale.js";
import { number, strong } from "../words.js";
import { chip, reach, word } from "./cells.js";

/** @import { Pixel } from "../../state/types.js" */
/** @import { Arithmetic } from "./types.js" */

const AXES = /** @type {const} */ (["channel", "y", "x"]);
const POWER_DECIMALS = 4;
const SHARE_DECIMALS = 2;

/** z, e to the power of z less the largest, their sum, and the share of each. @type {Arithmetic} */
export const working = (question) => {
  const { node, own, inputs, pixel } = question;
  const [input] = inputs;
  const [source = ""] = node.inputs;
  if (!input) return null;
  const rank = own.shape.length + 1;
  const number_ = (number(node, "axis", -1) + rank) % rank;
  const axis = AXES[number_ - 1] ?? "channel";
  const places = Array.from(
    { length: own.shape[number_ - 1] ?? 1 },
    (_, at) => /** @type {Pixel} */ ({ ...pixel, node: source, [axis]: at }),
  );
  const scores = places.map((place) => valueAt(input, place.channel, place.y, place.x));
  const shares = places.map((place) => 100 * valueAt(own, place.channel, place.y, place.x));
  const largest = largestOf(scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const sum = powers.reduce((all, power) => all + power, 0);
  const printed = addUp(powers, sum, POWER_DECIMALS).parts;
  const decimals = decimalsFor(reach(input));
  const own_ = pixel[axis];
  const [power, total, share] = [
    printed[own_]?.text ?? "",
    fixed(sum, POWER_DECIMALS),
    fixed(shares[own_] ?? NaN, SHARE_DECIMALS),
  ];
  const relation = equals((100 * read(power)) / read(total), share, SHARE_DECIMALS);
  return {
    layout: "softmax",
    captions: ["", "score z", "eᶻ⁻ᵐᵃˣ", "share, %"],
    ...{ count: places.length, adds: shares, total: 100, decimals: SHARE_DECIMALS, inOrder: true },
    current: own_,
    rowOf: (pointed) => (pointed.node === source || pointed.node === node.name ? pointed[axis] : -1),
    row: (index, part) => {
      const place = places[index] ?? pixel;
      const name = axis === "channel" ? question.channelName(node, place.channel) : String(index);
      const score = scores[index] ?? NaN;
      return {
        label: `${name}: score ${fixed(score, decimals)}, share ${part?.text} percent`,
        cells: [
          word(name),
          chip(score, input, fixed(score, decimals)),
          word(printed[index]?.text ?? "", "end", printed[index]?.adjusted),
          word(part?.text ?? "", "end adds", part?.adjusted),
        ],
        target: place,
        descends: true,
        selected: index === own_,
      };
    },
    foot: [word("sum"), word(""), word(total, "end"), word(fixed(100, SHARE_DECIMALS), "end")],
    lines: [[word(power), word("/"), word(total), word(relation), chip((shares[own_] ?? 0) / 100, own, `${share} %`)]],
    notes: [
      [
        "The largest score, ",
        strong(rounded(largest)),
        ", is subtracted first: the shares stay the same, and eᶻ never overflows.",
      ],
    ],
  };
};
