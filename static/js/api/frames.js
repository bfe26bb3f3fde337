/**
 * The body of `.../frames`: one frame per layer, as soon as the server has computed it.
 *
 * A frame is a little-endian u32 with the length of the header, the header as JSON, and `header.bytes` bytes
 * of payload.
 *
 * @import { Frame, FrameHeader, LayerHeader } from "./messages.js"
 */

/** The longest header believed; anything above is not a stream of frames. */
const MAX_HEADER = 1 << 22;

/** Bytes of a stream, handed out in the lengths that are asked for. */
class ByteReader {
  /** @type {ReadableStreamDefaultReader<Uint8Array>} */
  #source;
  /** @type {Uint8Array[]} */
  #chunks = [];
  #held = 0;
  /** @type {(bytes: number) => void} */
  #onBytes;

  /**
   * @param {ReadableStream<Uint8Array>} stream
   * @param {(bytes: number) => void} onBytes
   */
  constructor(stream, onBytes) {
    this.#source = stream.getReader();
    this.#onBytes = onBytes;
  }

  /**
   * The next `length` bytes, in a buffer of their own; null at a clean end of the stream.
   *
   * @param {number} length
   * @returns {Promise<Uint8Array<ArrayBuffer> | null>}
   */
  async take(length) {
    while (this.#held < length) {
      const { value, done } = await this.#source.read();
      if (done) {
        if (this.#held === 0) return null;
        throw new Error(`frames: the answer broke off, ${length - this.#held} bytes are missing`);
      }
      this.#chunks.push(value);
      this.#held += value.length;
      this.#onBytes(value.length);
    }
    return this.#join(length);
  }

  /** @param {number} length */
  #join(length) {
    const result = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const chunk = /** @type {Uint8Array} */ (this.#chunks[0]);
      const used = Math.min(chunk.length, length - filled);
      result.set(chunk.subarray(0, used), filled);
      filled += used;
      if (used === chunk.length) this.#chunks.shift();
      else this.#chunks[0] = chunk.subarray(used);
    }
    this.#held -= length;
    return result;
  }

  async close() {
    await this.#source.cancel().catch(() => {});
  }
}

/**
 * @param {LayerHeader} header
 * @param {Uint8Array<ArrayBuffer>} payload
 * @returns {Float32Array}
 */
export function decode(header, payload) {
  const { elements, encoding, offset, scale } = header;
  if (encoding === "float32") return new Float32Array(payload.buffer, 0, elements);
  return Float32Array.from(payload.subarray(0, elements), (step) => offset + scale * step);
}

/**
 * The layers of a trace, and its end.
 *
 * @param {ReadableStream<Uint8Array>} body
 * @param {(bytes: number) => void} [onBytes]  Told of every piece that arrives.
 * @returns {AsyncGenerator<Frame, void, void>}
 */
export async function* readFrames(body, onBytes = () => {}) {
  for await (const { header, payload } of readPieces(body, onBytes)) {
    const told = /** @type {FrameHeader} */ (header);
    yield { header: told, data: "node" in told ? decode(told, payload) : new Float32Array(0) };
  }
}

/**
 * Frames of any kind as they are: a header, and the bytes it speaks of.
 *
 * @param {ReadableStream<Uint8Array>} body
 * @param {(bytes: number) => void} [onBytes]  Told of every piece that arrives.
 * @returns {AsyncGenerator<{ header: any, payload: Uint8Array<ArrayBuffer> }, void, void>}
 */
export async function* readPieces(body, onBytes = () => {}) {
  const reader = new ByteReader(body, onBytes);
  try {
    for (;;) {
      const prefix = await reader.take(4);
      if (!prefix) return;
      const length = new DataView(prefix.buffer).getUint32(0, true);
      if (length > MAX_HEADER) throw new Error(`frames: a header of ${length} bytes is no header`);
      const text = await reader.take(length);
      if (!text) throw new Error("frames: the answer broke off before a header");
      const header = JSON.parse(new TextDecoder().decode(text));
      const payload = header.bytes ? await reader.take(header.bytes) : new Uint8Array(0);
      if (!payload) throw new Error("frames: the answer broke off before a layer's values");
      yield { header, payload };
    }
  } finally {
    await reader.close();
  }
}
