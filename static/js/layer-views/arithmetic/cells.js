/** What tables of arithmetic are put together from. */

/** @import { Activation } from "../../state/types.js" */
/** @import { Chip, Share, Question, Text, Tone } from "./types.js" */

/**
 * @param {string} text
 * @param {string} [className]
 * @param {boolean} [adjusted] Whether its last digit was moved so that the printed numbers add up.
 * @returns {Text}
 */
export const word = (text, className = "", adjusted = false) => ({ kind: "text", text, className, adjusted });

/** @param {string} text */
export const sign = (text) => word(text, "sign");

/** @param {string} text */
export const name = (text) => word(text, "faint end");

/**
 * @param {number} value
 * @param {Tone} tone
 * @param {string} text
 * @param {boolean} [adjusted]
 * @returns {Chip}
 */
export const chip = (value, tone, text, adjusted = false) => ({ kind: "chip", value, tone, text, adjusted });

/** What a row adds, with its sign. @param {Share | null} share */
export const plus = (share) => (share && share.printed > 0 ? `+${share.text}` : (share?.text ?? ""));

/** @param {Iterable<number>} values */
export function largestOf(values) {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/** @param {Activation} activation */
export const reach = ({ min, max }) => Math.max(Math.abs(min), Math.abs(max));

/**
 * A value at the same place in every channel: the table that pointwise layers share.
 *
 * @param {Question} question
 */
export function neighbours({ node, pixel }) {
  const { y, x } = pixel;
  return {
    count: node.output_shape[0] ?? 1,
    rows: `Channels of ${node.name} at this place`,
    current: pixel.channel,
    /** @param {number} channel A row's click: down into the input, or over to that channel. @param {string} source */
    way: (channel, source) => {
      const descends = channel === pixel.channel;
      return { target: { node: descends ? source : node.name, channel, y, x }, descends, selected: descends };
    },
    rowOf: (/** @type {{node: string, channel: number}} */ pointed) =>
      node.inputs.includes(pointed.node) || pointed.node === node.name ? pointed.channel : -1,
  };
}
