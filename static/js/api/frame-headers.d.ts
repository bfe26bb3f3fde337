// Made by `make types` from the server's schemas; changes here are lost.

import type { CropSchema, DoubtSchema, Probability } from "./types.js";

export type { CropSchema, DoubtSchema, Probability };

/** The last frame: the answer. */
export interface DoneHeader {
  done: true;
  bytes: 0;
  top: Probability[];
  doubt: DoubtSchema;
  crop: CropSchema;
  milliseconds: number;
}

/** The last frame when the work failed under way. */
export interface ErrorHeader {
  error: FrameError;
  bytes: 0;
}

/** What went wrong. */
export interface FrameError {
  status: number;
  title: string;
  detail: string;
}

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
