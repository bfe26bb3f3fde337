/** What goes through the live socket: states to the server, messages from it. */

export type Border = "trained" | "zeros" | "wrap" | "reflect";
export type Pooling = "trained" | "max" | "average" | "blur3" | "blur5" | "strided";

/** What the page wants to see; what is left out has the server's default. */
export interface LiveState {
  model: string;
  image: string;
  /** Left, top, width in image pixels; null: the largest centred box. */
  crop?: [number, number, number] | null;
  transform?: "shift" | "rotate" | "scale";
  /** Pixels of the network's input, right and down. */
  dx?: number;
  dy?: number;
  /** Degrees, anticlockwise. */
  angle?: number;
  factor?: number;
  border?: Border;
  pooling?: Pooling;
  /** A channel that is null: the one whose map makes most of its colours. */
  layers?: { node: string; channel?: number | null }[];
  /** Side of a larger square input for the layers with maps; null: the network's own. */
  size?: number | null;
  /** Errors for every dx up to this; 0: none. */
  curve?: number;
  /** First class for all shifts up to this; 0: none. */
  sweep?: number;
  variants?: boolean;
  contrast?: boolean;
}

/** How far one layer is from moving along with its input. */
export interface LayerNumbers {
  node: string;
  /** Input pixels per place of the map: down, across. */
  stride: [number, number];
  /** Places the map moves: down, across; null for rotation and scale. */
  move: [number, number] | null;
  /** null: nothing to compare with. */
  error: number | null;
  differing: number;
  compared: number;
  exact: boolean;
  left_out: number;
  interpolated: boolean;
  /** Compared values for which padding stands in for pixels that have left. */
  edge: number;
  error_inside: number | null;
  differing_inside: number;
}

export interface LayerMaps extends LayerNumbers {
  kind: string;
  /** Channels, rows, columns. */
  shape: [number, number, number];
  channel: number;
  /** Least and largest value of f(x) in this channel, and in all. */
  scale: [number, number];
  layer_scale: [number, number];
  /** f(T x), T f(x), and the first minus the second (0 where nothing is compared); rows * columns. */
  shifted_input: Float32Array;
  shifted_map: Float32Array;
  /** 1 where values are compared; null: everywhere. */
  compared_mask: Uint8Array | null;
}

export interface Invariance {
  labels: string[];
  fill: "zeros" | "wrap" | "reflect";
  before: number[];
  after: number[];
  /** The three classes that matter. */
  top: number[];
}

interface Answer {
  /** Number of the state this is about. */
  seq: number;
}

export interface ResultMessage extends Answer {
  type: "result";
  model: string;
  image: string;
  crop: { left: number; top: number; width: number; height: number };
  /** Rows, columns of the network's input. */
  size: [number, number];
  transform: "shift" | "rotate" | "scale";
  dx: number;
  dy: number;
  angle: number;
  factor: number;
  border: Border;
  pooling: Pooling;
  /** Sentences: what the network was not trained with. */
  changes: string[];
  /** T x, for ImageData. */
  picture: Uint8ClampedArray<ArrayBuffer>;
  /** 1 where a pixel is newly exposed; null: none is. */
  exposed: Uint8Array | null;
  layers: LayerMaps[];
  /** null: another size than the network's own. */
  probabilities: Invariance | null;
  milliseconds: number;
}

/** The same shift under another pooling. */
export interface PoolingMessage extends Answer {
  type: "pooling";
  pooling: Pooling;
  /** Whether the network was trained with this one. */
  trained: boolean;
  layers: LayerNumbers[];
}

/** The same shift with another border. */
export interface BorderMessage extends Answer {
  type: "border";
  border: Border;
  trained: boolean;
  layers: LayerNumbers[];
}

export interface CurvePoint {
  dx: number;
  /** Per layer of the state, in its order. */
  errors: (number | null)[];
  exact: boolean[];
  /** Of every class. */
  probabilities: number[] | null;
}

export interface CurveMessage extends Answer {
  type: "curve";
  /** Points of one key belong together; a point is sent once on a connection while its key lasts. */
  key: string;
  range: number;
  dy: number;
  points: CurvePoint[];
}

export interface SweepSummary {
  /** Of the class that comes first at rest. */
  label: string;
  class_index: number;
  shifts: number;
  flips: number;
  flip_rate: number;
  consistency: number;
}

export interface SweepMessage extends Answer {
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

export interface ContrastMessage extends Answer {
  type: "contrast";
  /** null: a random layer, as no fully connected model is here. */
  model: string | null;
  node: string;
  inputs: number;
  outputs: number;
  change: number | null;
  unrelated: number | null;
  /** Its outputs for the moved photo, and for the photo at rest. */
  moved: Float32Array;
  rest: Float32Array;
  other: string;
}

export interface DoneMessage extends Answer {
  type: "done";
}

export interface FailureMessage extends Answer {
  type: "error";
  error: { status: number; title: string; detail: string };
}

export type LiveMessage =
  | ResultMessage
  | PoolingMessage
  | BorderMessage
  | CurveMessage
  | SweepMessage
  | ContrastMessage
  | DoneMessage
  | FailureMessage;

/**
 * connecting; open; idle: closed for silence, the next state opens it again; waiting: lost, it tries again by
 * itself; refused: it will not try again before the next state.
 */
export type LiveStatus = "connecting" | "open" | "idle" | "waiting" | "refused";
