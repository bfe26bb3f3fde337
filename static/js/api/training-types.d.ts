/** What the training lab's binary answers hold, arrays in place. */

import type { components } from "./types.js";

/** A layer's weights after a step, and what one test picture makes of it. */
export interface Panel {
  net: string;
  step: number;
  layer: string;
  layers: string[];
  shape: number[];
  weights: Float32Array;
  /** The node whose maps are shown: what is behind the layer's rectifier. */
  maps_node: string;
  maps_shape: number[];
  maps: Float32Array;
  seen: Float32Array;
  answer: Float32Array;
  /** null: nobody knows what it is. */
  label: number | null;
}

/** Every number of the optimizer's formula for one weight. */
export interface Update {
  before: number;
  after: number;
  rate: number;
  decay: number;
  velocity_before?: number;
  velocity?: number;
  steps?: number;
  mean?: number;
  square?: number;
  mean_scale?: number;
  square_scale?: number;
}

/** The products behind one weight's gradient. */
export interface WeightGradient {
  net: string;
  layer: string;
  index: number[];
  images: number;
  /** Pictures in which the weight saw anything but zeros. */
  inked: number;
  places: [number, number];
  products: number[];
  active: Float32Array;
  total: number;
  used: number;
  largest: number;
  /** Whether the sum is the optimizer's number to a millionth of the layer's largest. */
  agrees: boolean;
  /** Whether the step, made again, has the very loss it had. */
  replayed: boolean;
  optimizer: string;
  update: Update;
  weight: Float32Array;
  shape: number[];
  picture?: number;
  one?: number[];
  delta?: Float32Array;
  input?: Float32Array;
}

export interface Look {
  step: number;
  revision: number;
  panel: Panel;
  gradient: WeightGradient | null;
  place: WeightGradient | null;
}

export interface Film {
  steps: number[];
  /** Of a frame; in front of height and width 3 where it is coloured. */
  shape: number[];
  weights: Float32Array;
}

export interface Scores {
  net: string;
  step: number;
  right: number;
  confusion: number[][];
  said: Uint8Array;
  sure: Float32Array;
}

export interface Curve {
  dx: number[];
  right: number[];
}

export interface Pictures {
  classes: string[];
  shape: [number, number, number, number];
  pixels: Uint8Array;
  labels: Uint8Array;
  order?: number[];
}

/** News of a race on the live socket. */
export interface RaceNews {
  type: "race";
  seq: number;
  run: components["schemas"]["RaceSchema"];
  from_rows: number;
  from_scores: number;
  /** Which network each row is of, as the server orders them. */
  nets: Uint8Array;
  steps: Float32Array;
  losses: Float32Array;
  milliseconds: Float32Array;
  scores: [net: string, step: number, right: number, count: number][];
}

/** What is new in a run of `convscope train`. */
export interface RunRows {
  run: components["schemas"]["TrainingRunSchema"];
  from_steps: number;
  from_scores: number;
  steps: Float32Array;
  losses: Float32Array;
  accuracies: Float32Array;
  rates: Float32Array;
  milliseconds: Float32Array;
  scores: [step: number, right: number, count: number][];
}

/** A layer of such a run at a step that is kept. */
export interface RunLook {
  step: number;
  layer: string;
  /** Filters, kernels of each, height and width. */
  shape: [number, number, number, number];
  /** The largest magnitude in the layer. */
  largest: number;
  /** Whether a filter reads red, green and blue: then `filters` has its three kernels. */
  coloured: boolean;
  filters: Float32Array;
  /** Those of the chosen filter. */
  kernels: Float32Array;
  kernel: Float32Array;
}
