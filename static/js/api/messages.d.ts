/** What the browser makes of what the server sends; the headers are made from the server's schemas. */

import type { LiveMessage, WaitingMessage } from "./live-messages.js";
import type { DoneHeader, ErrorHeader, LayerHeader } from "./frame-headers.js";

export type { DoneHeader, ErrorHeader, LayerHeader };

export type FrameHeader = LayerHeader | DoneHeader | ErrorHeader;

export interface Frame {
  header: FrameHeader;
  /** The layer's values in C order; empty for the last frame. */
  data: Float32Array;
}

export interface NpyArray {
  shape: number[];
  /** C order. */
  data: Float32Array | Float64Array | Int32Array | Uint8Array;
}

/** What is said of a state; that there is no room is told by the status. */
export type LiveAnswer = Exclude<LiveMessage, WaitingMessage>;

/**
 * connecting; open; idle: closed for silence, the next state opens it again; waiting: lost, it tries again by
 * itself; full: the server has no room, and answers by itself when it has; refused: it will not try again before
 * the next state.
 */
export type LiveStatus = "connecting" | "open" | "idle" | "waiting" | "full" | "refused";
