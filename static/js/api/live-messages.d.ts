// Made by `make types` from the server's schemas; changes here are lost.

import type { CropSchema, DoubtSchema, InvarianceSchema, NodeEquivariance, OpinionSchema, Probability, SweepSummary } from "./types.js";

export type { CropSchema, DoubtSchema, InvarianceSchema, NodeEquivariance, OpinionSchema, Probability, SweepSummary };

/** The same shift with another border. */
export interface BorderMessage {
  /** Number of the state this is about. */
  seq: number;
  type: "border";
  border: "trained" | "zeros" | "wrap" | "reflect";
  trained: boolean;
  layers: NodeEquivariance[];
}

/** A fully connected layer under the same shift. */
export interface ContrastMessage {
  /** Number of the state this is about. */
  seq: number;
  type: "contrast";
  /** null: a random layer, as no fully connected model is here. */
  model: string | null;
  node: string;
  inputs: number;
  outputs: number;
  change: number | null;
  unrelated: number | null;
  /** Its outputs for the moved photo. */
  moved: Float32Array;
  /** And for the photo at rest. */
  rest: Float32Array;
  other: string;
}

/** Points of the curve of errors. */
export interface CurveMessage {
  /** Number of the state this is about. */
  seq: number;
  type: "curve";
  /** Points of one key belong together; a point is sent once on a connection while its key lasts. */
  key: string;
  range: number;
  dy: number;
  points: CurvePoint[];
}

/** The errors after one shift. */
export interface CurvePoint {
  dx: number;
  /** Per layer of the state, in its order. */
  errors: (number | null)[];
  exact: boolean[];
  /** Of every class. */
  probabilities: number[] | null;
}

/** All has been said. */
export interface DoneMessage {
  /** Number of the state this is about. */
  seq: number;
  type: "done";
}

/** Why a state cannot be answered. */
export interface Failure {
  status: number;
  title: string;
  detail: string;
}

/** The state cannot be answered. */
export interface FailureMessage {
  /** Number of the state this is about. */
  seq: number;
  type: "error";
  error: Failure;
}

/** What the network makes of a frame. */
export interface FrameMessage {
  type: "frame";
  /** Number of the frame this is about. */
  seq: number;
  /** Those that were asked for, in the network's order. */
  layers: PassingLayer[];
  /** The likeliest classes, at most 32 of them. */
  top: Probability[];
  doubt: DoubtSchema;
  milliseconds: number;
}

/**
 * What a page wants to see of what lies behind it.
 *
 * Of a camera RGB bytes of the network's input size, row by row; of a microphone the last second, 16,000
 * samples of 16 bits, little-endian.
 */
export interface FrameState {
  model: string;
  /** By layer: the channels in view, such as `0-9` or `5,2,40-47`; null: all of them. */
  maps: { [key: string]: string | null };
}

/** A layer whose maps are wanted, and which of them. */
export interface LayerChoice {
  node: string;
  /** null: the channel of f(x) that makes most of its colours. */
  channel?: number | null;
}

/** One layer, with two maps of one of its channels; their difference is left to who gets them. */
export interface LayerMaps {
  node: string;
  /** Input pixels per place of the map: down, across. */
  stride: [number, number];
  /** How far the map moves, in its places: down, across; null for rotation and scale. */
  move: [number, number] | null;
  /** |f(Tx) - T f(x)| / |T f(x)| over all channels; null: nothing to compare with. */
  error: number | null;
  /** Compared values whose bits are not the same. */
  differing: number;
  compared: number;
  /** Every compared bit agrees. */
  exact: boolean;
  /** Values that depend on newly exposed pixels. */
  left_out: number;
  /** The map moves by a fraction of a place. */
  interpolated: boolean;
  /** Compared values for which padding stands in for pixels that have left. */
  edge: number;
  /** The error without those at the edge. */
  error_inside: number | null;
  differing_inside: number;
  kind: string;
  /** Channels, rows, columns. */
  shape: [number, number, number];
  channel: number;
  /** Least and largest value of f(x) in this channel. */
  scale: [number, number];
  /** And in all. */
  layer_scale: [number, number];
  /** f(T x), rows * columns. */
  shifted_input: Float32Array;
  /** T f(x). */
  shifted_map: Float32Array;
  /** 1 where values are compared; null: everywhere. */
  compared_mask: Uint8Array | null;
}

/** Everything a page wants to see at one moment. */
export interface LiveState {
  /** Id of a model, from /api/models. */
  model: string;
  /** Id of an image, from /api/samples or an upload. */
  image: string;
  /** [left, top, width] in image pixels; null: the largest centred box. */
  crop?: [number, number, number] | null;
  /** What stands beyond the border, in every layer. */
  border?: "trained" | "zeros" | "wrap" | "reflect";
  /** What every pooling layer does. */
  pooling?: "trained" | "max" | "average" | "blur3" | "blur5" | "strided";
  /** Pixels of the network's input, to the right. */
  dx?: number;
  /** Pixels of the network's input, down. */
  dy?: number;
  /** Side of a square input for the convolutional part alone; null: the network's own. */
  size?: number | null;
  transform?: "shift" | "rotate" | "scale";
  /** Degrees, anticlockwise. */
  angle?: number;
  /** Above 1 enlarges. */
  factor?: number;
  layers?: LayerChoice[];
  /** Errors for every dx up to this; 0: none. */
  curve?: number;
  /** Top class for all shifts up to this; 0: none. */
  sweep?: number;
  /** The errors under every pooling and border. */
  variants?: boolean;
  /** A fully connected layer under the same shift. */
  contrast?: boolean;
}

/** A layer in view: some of its maps, and all of it in numbers. */
export interface PassingLayer {
  node: string;
  kind: string;
  /** Of the whole layer, without the batch axis. */
  shape: number[];
  /** Whose maps these are; null: of all channels. */
  channels: number[] | null;
  /** Map by map, in C order. */
  values: Float32Array;
  min: number;
  max: number;
  mean: number;
  std: number;
  zero_fraction: number;
}

/** The same shift under another pooling. */
export interface PoolingMessage {
  /** Number of the state this is about. */
  seq: number;
  type: "pooling";
  pooling: "trained" | "max" | "average" | "blur3" | "blur5" | "strided";
  /** Whether the network was trained with this one. */
  trained: boolean;
  layers: NodeEquivariance[];
}

/** What the movement does to the picture, the layers and the answer. */
export interface ResultMessage {
  /** Number of the state this is about. */
  seq: number;
  type: "result";
  model: string;
  image: string;
  crop: CropSchema;
  /** Rows, columns of the network's input. */
  size: [number, number];
  transform: "shift" | "rotate" | "scale";
  dx: number;
  dy: number;
  angle: number;
  factor: number;
  border: "trained" | "zeros" | "wrap" | "reflect";
  pooling: "trained" | "max" | "average" | "blur3" | "blur5" | "strided";
  /** Sentences: what the network was not trained with. */
  changes: string[];
  /** T x, for ImageData. */
  picture: Uint8ClampedArray<ArrayBuffer>;
  /** 1 where a pixel is newly exposed; null: none is. */
  exposed: Uint8Array | null;
  layers: LayerMaps[];
  /** null: another size than the network's own. */
  probabilities: InvarianceSchema | null;
  milliseconds: number;
}

/** One row of a sweep. */
export interface SweepMessage {
  /** Number of the state this is about. */
  seq: number;
  type: "sweep";
  /** As in `CurveMessage`, for rows. */
  key: string;
  max_shift: number;
  dy: number;
  /** First class, for dx from -max_shift to max_shift. */
  top: number[];
  /** Of the class that comes first at rest. */
  probability: number[];
  /** In the last row. */
  summary: SweepSummary | null;
}

/** All places are taken; the answer to the newest state comes by itself when there is one. */
export interface WaitingMessage {
  type?: "waiting";
  /** In the line, from 1. */
  place: number;
  /** How many others are answered at the same time. */
  taken: number;
}

export type Border = "trained" | "zeros" | "wrap" | "reflect";

export type Pooling = "trained" | "max" | "average" | "blur3" | "blur5" | "strided";

export type LiveMessage = ResultMessage | PoolingMessage | BorderMessage | CurveMessage | SweepMessage | ContrastMessage | WaitingMessage | DoneMessage | FailureMessage;

export type LayerNumbers = NodeEquivariance;

export type Invariance = InvarianceSchema;
