/** What the server sends that OpenAPI has no words for: the headers of frames, and arrays. */

/** One layer's output; values come as float32, or as 8-bit steps of `scale` from `offset`. */
export interface LayerHeader {
  node: string;
  kind: string;
  index: number;
  /** Layers in all. */
  count: number;
  /** Without the batch axis. */
  shape: number[];
  encoding: "float32" | "uint8";
  /** Payload, padding included. */
  bytes: number;
  elements: number;
  min: number;
  max: number;
  mean: number;
  std: number;
  zero_fraction: number;
  milliseconds: number;
  offset: number;
  scale: number;
}

/** The last frame: the answer. */
export interface DoneHeader {
  done: true;
  bytes: 0;
  top: { label: string; probability: number }[];
  doubt: { entropy: number; margin: number; unsure: boolean };
  crop: { left: number; top: number; width: number; height: number };
  milliseconds: number;
}

/** The last frame when the work failed under way. */
export interface ErrorHeader {
  error: { status: number; title: string; detail: string };
  bytes: 0;
}

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
