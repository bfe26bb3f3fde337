/** The window of a layer on its way over the input: value by value or row by row, in reading order. */

import { extent } from "./graph.js";

/** @typedef {"layer" | "row" | "value"} Pace What one step of the playback finishes. */

/** A vector has no rows: it is taken in at most this many stretches. */
const STRETCHES = 32;

/**
 * How many values a map (or a vector) has, and how many of them one step finishes.
 *
 * @param {{output_shape: readonly number[]}} node
 * @param {Pace} pace
 */
export function stepsOf(node, pace) {
  const { channels, height, width } = extent(node);
  const maps = node.output_shape.length > 1;
  const row = maps ? width : Math.ceil(channels / STRETCHES);
  return { values: maps ? height * width : channels, step: pace === "value" ? 1 : row };
}

/**
 * The first value of the step that stands at this share of the layer.
 *
 * @param {{output_shape: readonly number[]}} node
 * @param {number} share From 0 to 1.
 * @param {Pace} pace
 */
export function valueAtShare(node, share, pace) {
  const { values, step } = stepsOf(node, pace);
  // A share is a quotient: what it was made from must come out again.
  const at = Math.floor((share * values) / step + 1e-6);
  return Math.max(0, Math.min(at, Math.ceil(values / step) - 1)) * step;
}

/**
 * The number of a pixel in its map, or of a value in its vector.
 *
 * @param {{output_shape: readonly number[]}} node
 * @param {{channel: number, y: number, x: number}} pixel
 */
export function valueNumber(node, { channel, y, x }) {
  return node.output_shape.length > 1 ? y * extent(node).width + x : channel;
}

/**
 * Where that value is: the reverse.
 *
 * @param {{output_shape: readonly number[]}} node
 * @param {number} value
 * @returns {{y: number, x: number} | {channel: number}}
 */
export function valuePlace(node, value) {
  const { width } = extent(node);
  return node.output_shape.length > 1 ? { y: Math.floor(value / width), x: value % width } : { channel: value };
}
