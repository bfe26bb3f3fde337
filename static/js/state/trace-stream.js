/**
 * One trace, from what the server sends to activations: all of it at once, or its numbers first and maps later.
 *
 * @import { ModelDetail, CropBox, ClassProbability, Doubt, TraceSummary } from "../api/client.js"
 * @import { DoneHeader, LayerHeader } from "../api/messages.js"
 * @import { Activation, TraceView } from "./types.js"
 */

import { ApiProblem, getJson, request, urls } from "../api/client.js";
import { readFrames } from "../api/frames.js";

/**
 * Bytes. A result up to this is had in one answer: about a second at 100 Mbit/s, and two of them are held while one
 * gives way to the next. Of a larger one the page fetches what comes into view, map by map.
 */
const WHOLE = 16e6;

/** @typedef {{ top: ClassProbability[], doubt: Doubt, crop: CropBox, milliseconds: number }} Answer */

/**
 * @param {readonly number[]} shape
 * @returns {number}
 */
export const elements = (shape) => shape.reduce((product, extent) => product * extent, 1);

/**
 * Bytes of every layer's values.
 *
 * @param {ModelDetail} model
 */
const bytesOf = ({ nodes }) => 4 * nodes.reduce((sum, node) => sum + elements(node.output_shape), 0);

/**
 * Whether all values of a model's traces are fetched at once.
 *
 * @param {ModelDetail} model
 */
export const fetchedWhole = (model) => bytesOf(model) <= WHOLE;

/**
 * @param {LayerHeader} header
 * @param {Float32Array} data
 * @returns {Activation}
 */
function activationFrom({ node, kind, shape, min, max, mean, std, zero_fraction: zeroFraction }, data) {
  return { node, kind, shape, data, min, max, mean, std, zeroFraction };
}

/**
 * Read a trace to its end.
 *
 * @param {Pick<TraceView, "model" | "image" | "crop">} view
 * @param {AbortSignal} signal
 * @param {object} listeners
 * @param {(activation: Activation) => void} listeners.onActivation
 * @param {(received: number, total: number) => void} listeners.onProgress  Bytes; the total leaves headers out.
 * @returns {Promise<Answer>}
 */
export async function streamTrace({ model, image, crop }, signal, { onActivation, onProgress }) {
  const total = bytesOf(model);
  let received = 0;
  onProgress(0, total);
  const response = await request(urls.trace(model.id, image.id, crop, "frames", { encoding: "float32" }), signal);
  const onBytes = (/** @type {number} */ bytes) => {
    received = Math.min(total, received + bytes);
    onProgress(received, total);
  };
  /** @type {DoneHeader | null} */
  let answer = null;
  const body = /** @type {ReadableStream<Uint8Array>} */ (response.body);
  for await (const { header, data } of readFrames(body, onBytes)) {
    if ("error" in header) throw new ApiProblem(header.error.title, header.error.detail, header.error.status);
    // Read on to the very end: a body that is left early counts as aborted, and browsers do not keep it.
    if ("done" in header) answer = header;
    else onActivation(activationFrom(header, data));
  }
  if (answer) return answer;
  throw new ApiProblem("The answer broke off", "The server stopped before the last layer. Try again.", 0);
}

/**
 * A trace in numbers: every layer's range, no map yet. A layer of single values, and the photo, will come in one piece.
 *
 * @param {Pick<TraceView, "model" | "image" | "crop">} view
 * @param {AbortSignal} signal
 * @param {object} listeners
 * @param {(activation: Activation) => void} listeners.onActivation
 * @returns {Promise<Answer>}
 */
export async function outlineTrace({ model, image, crop }, signal, { onActivation }) {
  /** @type {TraceSummary} */
  const answer = await getJson(urls.trace(model.id, image.id, crop, ""), signal);
  const kinds = new Map(model.nodes.map((node) => [node.name, node.kind]));
  for (const { name, shape, min, max, mean, std, zero_fraction: zeroFraction } of answer.nodes) {
    const kind = kinds.get(name) ?? "";
    const single = elements(shape.slice(1)) === 1 || kind === "input";
    const planes = single ? {} : { planes: new Map() };
    onActivation({ node: name, kind, shape, data: new Float32Array(0), ...planes, min, max, mean, std, zeroFraction });
  }
  return answer;
}
