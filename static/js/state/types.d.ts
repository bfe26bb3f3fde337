/** The shapes of what subjects and view hold. */

import type { ChannelStatistics, ClassProbability, CropBox, Doubt, ModelDetail } from "../api/client.js";

export interface ImageOnScreen {
  /** Hash of the decoded pixels. */
  id: string;
  width: number;
  height: number;
  title: string;
  /** The spectrogram of a sound. */
  kind?: "sound";
  /** Still being drawn: the next one takes its place in the history. */
  draft?: boolean;
  /** Of a camera or a video: on its way past, known to no server by an id; or kept there as any photo is. */
  frame?: "passing" | "kept";
}

/** The output of one layer. */
export interface Activation {
  node: string;
  kind: string;
  /** Without the batch axis: (C, H, W) or (F,). */
  shape: number[];
  /** In C order; empty where maps come one by one, or until it has come. */
  data: Float32Array;
  /** The maps that are here, where they come one by one. */
  planes?: Map<number, Float32Array>;
  /** Its channels in numbers, where the server has told them. */
  channels?: ChannelStatistics;
  min: number;
  max: number;
  mean: number;
  std: number;
  zeroFraction: number;
  /** Of a passing frame: the result whose strongest channels stay in view, so that maps keep their places; null: none. */
  alike?: Activation | null;
  /** Of a difference: what it comes to. */
  change?: Change;
  /** Where two are compared: the same layer of both, whose values share one range, and how much differences are strengthened. */
  lanes?: Lanes;
}

export interface Lanes {
  a: Activation;
  b: Activation;
  gain: number;
  /** A, B and what differs, each knowing its lanes; null where shapes differ. */
  readonly all: readonly [Activation, Activation, Activation] | null;
}

/** The numbers of a layer that are on the screen; `stale`: of the result before the one arriving. */
export interface LayerOnScreen {
  activation: Activation;
  stale: boolean;
}

/** What differs between two outputs of one channel, in sums over its values. */
export interface ChannelChange {
  compared: number;
  /** Values whose bits are not the same. */
  differing: number;
  min: number;
  max: number;
  /** Sum of (b - a)². */
  distance: number;
  /** Sum of a². */
  length: number;
}

/** What differs between two outputs of a layer. */
export interface Change {
  /** Whether every bit of every value is the same; null while not all are here and none differs. */
  equal: boolean | null;
  /** ||B - A|| / ||A||; null where A is all zero and B is not, and until all values are here. */
  relative: number | null;
  compared: number;
  differing: number;
  /** By channel, of those that have been here. */
  channels: Map<number, ChannelChange>;
}

/** Every layer of one model for one crop of one image. */
export interface TraceView {
  key: string;
  model: ModelDetail;
  image: ImageOnScreen;
  crop: CropBox;
  /** False where maps are fetched as they come into view. */
  whole: boolean;
  /** By node; grows while the trace arrives. */
  activations: Map<string, Activation>;
  /** All classes, likeliest first; null until the trace is complete. */
  top: ClassProbability[] | null;
  /** How unsure the network is; null until the trace is complete. */
  doubt: Doubt | null;
  /** Of computing, as the server measured it. */
  milliseconds: number | null;
  complete: boolean;
  /** Of a passing sound: what it is, at 16 kHz. */
  samples?: Int16Array;
}

export interface Pixel {
  node: string;
  channel: number;
  y: number;
  x: number;
}

/** What went wrong with the last thing asked for. */
export interface Problem {
  title: string;
  /** What to do about it. */
  detail: string;
  /** What it is about, such as the name of a file; may be empty. */
  about: string;
  retry: (() => void) | null;
}

/** Bytes of what is under way. */
export interface Progress {
  phase: "sending" | "computing";
  label: string;
  received: number;
  total: number;
}

export interface Playback {
  playing: boolean;
  /** Stopped inside a layer, which stays filled up to its window. */
  held: boolean;
  /** Index into the model's nodes plus the painted share of that layer; nodes.length is everything. */
  position: number;
  speed: number;
  /** Nobody pressed Play: it plays by itself, as on a first visit. */
  alone?: boolean;
}

/** Which of two subjects is shown, or what differs. */
export type Lane = "difference" | "a" | "b";
export type Status = "empty" | "loading" | "ready" | "error";
export type Theme = "light" | "dark" | "auto";

/** A view as an address names it; what is missing takes its default. */
export interface ViewRequest {
  model?: string;
  image?: string;
  crop?: { left: number; top: number; width: number };
  layer?: string;
  channel?: number;
  y?: number;
  x?: number;
  view?: "lens" | "even";
  scale?: "layer" | "map";
  sheet?: "maps" | "filters";
  order?: "index" | "mean" | "max" | "variance" | "zeros";
  slice?: number;
  gradient?: boolean;
  pixels?: boolean;
  pace?: "layer" | "row" | "value";
  folded?: string[];
  /** Of a comparison: what is pinned, which lane is shown, how strongly, and the noise that makes B of A. */
  "a-model"?: string;
  "a-image"?: string;
  "a-crop"?: { left: number; top: number; width: number };
  lane?: Lane;
  gain?: "4";
  noise?: { epsilon: number; steps: number };
  b?: "same";
}
