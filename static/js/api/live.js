/**
 * The live socket: send what is to be shown, as often as it changes, and get the newest state answered.
 *
 * Nothing queues on this side either: while the socket is not open, or still has bytes to send, only the newest
 * state is kept.
 *
 * @import { FrameState, LiveMessage, LiveState } from "./live-messages.js"
 * @import { LiveAnswer, LiveStatus } from "./messages.js"
 */

/** @typedef {FrameState & { payload: Uint8Array }} PassingFrame  What lies behind its JSON. */

/** Seconds before each new attempt after a connection is lost; the last one repeats. */
const WAITS = [0.5, 1, 2, 4, 8];

/** Bytes the browser may hold unsent before a state waits for the next to replace it. */
const MAX_UNSENT = 16384;

/** The longest header believed. */
const MAX_HEADER = 1 << 22;

/** Close codes after which trying again by itself would not help, or only hurt. */
const REFUSED = new Set([1003, 1007, 1008, 1009, 1013]);
const SILENT = 4408;

/**
 * Put the arrays where the JSON stands for them, at any depth: a fraction of the time that a reviver takes.
 *
 * @param {any} value
 * @param {ArrayBuffer} buffer
 * @param {number} start
 * @returns {any}
 */
function withArrays(value, buffer, start) {
  if (value === null || typeof value !== "object") return value;
  const { array, at, length } = value;
  if (array === "float32") return new Float32Array(buffer, start + at, length);
  if (array === "rgba") return new Uint8ClampedArray(buffer, start + at, length);
  if (array === "uint8") return new Uint8Array(buffer, start + at, length);
  for (const key of Object.keys(value)) {
    if (typeof value[key] === "object") value[key] = withArrays(value[key], buffer, start);
  }
  return value;
}

/**
 * A message with its arrays in place; they are views of the buffer, not copies.
 *
 * @param {ArrayBuffer} buffer
 * @returns {LiveMessage}
 */
export function decodeMessage(buffer) {
  const length = buffer.byteLength < 4 ? Infinity : new DataView(buffer).getUint32(0, true);
  if (length > MAX_HEADER || 4 + length > buffer.byteLength) throw new Error("live: this is no message");
  const text = new TextDecoder().decode(new Uint8Array(buffer, 4, length));
  return withArrays(JSON.parse(text), buffer, 4 + length);
}

/** @param {{ place: number, taken: number }} line @returns {string} */
const sentenceOfLine = ({ place, taken }) =>
  `All ${taken} live places of this server are taken. You are number ${place} in line, and join by yourself as soon as there is room.`;

/** @param {string} topic @returns {string} */
function here(topic) {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/live${topic}`;
}

/**
 * A frame of the camera's or the microphone's topic: its state as JSON, and behind it pixels or samples.
 *
 * @param {number} seq
 * @param {PassingFrame} frame
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function encodeFrame(seq, { payload, ...state }) {
  const header = new TextEncoder().encode(JSON.stringify({ seq, ...state }));
  const message = new Uint8Array(4 + header.length + payload.length);
  new DataView(message.buffer).setUint32(0, header.length, true);
  message.set(header, 4);
  message.set(payload, 4 + header.length);
  return message;
}

/**
 * One connection that comes back by itself.
 *
 * @template {object} [State=LiveState]
 * @template [Answer=LiveAnswer]
 */
export class LiveSocket {
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {string | Uint8Array<ArrayBuffer> | null} The newest state that has not been sent. */
  #waiting = null;
  /** @type {string | Uint8Array<ArrayBuffer> | null} The newest state, for the next connection. */
  #last = null;
  #seq = 0;
  #failures = 0;
  #closed = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #onMessage;
  #onState;
  #url;
  #encode;

  /**
   * @param {object} options
   * @param {(message: Answer) => void} options.onMessage
   * @param {(state: LiveStatus, reason: string) => void} [options.onState]
   * @param {string} [options.url]
   * @param {string} [options.topic]  As the address has it; what has none is the Shift lab's.
   * @param {(seq: number, state: State) => string | Uint8Array<ArrayBuffer>} [options.encode]
   */
  constructor({ onMessage, onState = () => {}, topic = "", url = here(topic), encode = (seq, state) => JSON.stringify({ seq, ...state }) }) {
    this.#onMessage = onMessage;
    this.#onState = onState;
    this.#url = url;
    this.#encode = encode;
  }

  /**
   * Show this; what was asked before and has not been answered is forgotten.
   *
   * @param {State} state
   * @returns {number}  Its number, which comes back in every message about it.
   */
  send(state) {
    this.#seq += 1;
    this.#last = this.#waiting = this.#encode(this.#seq, state);
    if (this.#socket) this.#flush();
    else if (!this.#timer) this.#open();
    return this.#seq;
  }

  /** End it for good. */
  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
    this.#socket = null;
  }

  #open() {
    if (this.#closed) return;
    this.#timer = undefined;
    this.#onState("connecting", "");
    const socket = new WebSocket(this.#url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#opened();
    socket.onmessage = ({ data }) => this.#received(data);
    socket.onclose = ({ code, reason }) => this.#lost(socket, code, reason);
    this.#socket = socket;
  }

  #opened() {
    this.#onState("open", "");
    this.#waiting = this.#last;
    this.#flush();
  }

  #flush() {
    const socket = this.#socket;
    if (!socket || this.#waiting === null || socket.readyState !== WebSocket.OPEN) return;
    if (socket.bufferedAmount > MAX_UNSENT) {
      this.#timer ??= setTimeout(() => ((this.#timer = undefined), this.#flush()), 20);
      return;
    }
    socket.send(this.#waiting);
    this.#waiting = null;
  }

  /** @param {unknown} data */
  #received(data) {
    if (!(data instanceof ArrayBuffer)) return;
    this.#failures = 0;
    const message = decodeMessage(data);
    if (message.type === "waiting") this.#onState("full", sentenceOfLine(message));
    else this.#onMessage(/** @type {any} */ (message));
  }

  /** @param {WebSocket} socket @param {number} code @param {string} reason */
  #lost(socket, code, reason) {
    if (this.#closed || socket !== this.#socket) return;
    this.#socket = null;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (code === SILENT) this.#onState("idle", reason);
    else if (REFUSED.has(code)) this.#onState("refused", reason);
    else this.#retry();
  }

  #retry() {
    const wait = WAITS[Math.min(this.#failures, WAITS.length - 1)] ?? 0;
    this.#failures += 1;
    this.#timer = setTimeout(() => this.#open(), wait * 1000);
    this.#onState("waiting", `The connection to the server is lost; next attempt in ${wait} s.`);
  }
}
