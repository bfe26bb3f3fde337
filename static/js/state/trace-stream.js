/**
 * One trace, from the server's frames to activations.
 *
 * @import { ModelDetail, NodeDetail, CropBox, ClassProbability, Doubt } from "../api/client.js"
 * @import { DoneHeader, LayerHeader } from "../api/messages.js"
 * @import { Activation } from "./types.js"
 */

import { ApiProblem, request, urls } from "../api/client.js";
import { readFrames } from "../api/frames.js";

/** More values than this travel in 8-bit steps: four times less to send. */
const EXACT_LIMIT = 4e6;

/**
 * @param {NodeDetail} node
 * @returns {number}
 */
const elements = (node) => node.output_shape.reduce((product, extent) => product * extent, 1);

/**
 * @param {LayerHeader} header
 * @param {Float32Array} data
 * @returns {Activation}
 */
function activationFrom(header, data) {
  const { node, kind, shape, encoding, min, max, mean, std, zero_fraction: zeroFraction, milliseconds } = header;
  return { node, kind, shape, data, exact: encoding === "float32", min, max, mean, std, zeroFraction, milliseconds };
}

/**
 * Read a trace to its end.
 *
 * @param {{ model: ModelDetail, image: { id: string }, crop: CropBox }} view
 * @param {AbortSignal} signal
 * @param {object} listeners
 * @param {(activation: Activation) => void} listeners.onActivation
 * @param {(received: number, total: number) => void} listeners.onProgress  Bytes; the total leaves headers out.
 * @returns {Promise<{ top: ClassProbability[], doubt: Doubt, crop: CropBox, milliseconds: number }>}
 */
export async function streamTrace({ model, image, crop }, signal, { onActivation, onProgress }) {
  const values = model.nodes.reduce((sum, node) => sum + elements(node), 0);
  const encoding = values > EXACT_LIMIT ? "uint8" : "float32";
  const total = values * (encoding === "uint8" ? 1 : 4);
  let received = 0;
  onProgress(0, total);
  const response = await request(urls.trace(model.id, image.id, crop, "frames", { encoding }), signal);
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
