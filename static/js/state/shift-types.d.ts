/** The shapes of what the Shift lab holds; those of the messages behind it are in `api/live-messages.d.ts`. */

import type {
  Border,
  ContrastMessage,
  CurvePoint,
  LayerNumbers,
  LiveState,
  Pooling,
  ResultMessage,
  SweepSummary,
} from "../api/live-messages.js";
import type { ViewRequest } from "./types.js";

/** Pixels of the network's input; right and down are positive. */
export interface Place {
  dx: number;
  dy: number;
}

/** A layer and the channel of it that is shown; null: the liveliest, which the server finds. */
export interface LayerChoice {
  node: string;
  channel: number | null;
}

/** What is done to the photo beside shifting it: turned by degrees, anticlockwise, or made larger. */
export interface Warp {
  transform: "rotate" | "scale";
  angle: number;
  factor: number;
}

/** A frame of a camera, in the size of the canvas. */
export interface PassingFrame {
  /** In the place of a photo's id. */
  name: string;
  width: number;
  height: number;
  /** RGB, row by row. */
  pixels: Uint8Array;
  /** When it was taken. */
  time: number;
}

/** What the server is asked to show, with nothing left to its defaults; of a frame, with its pixels. */
export type LiveWish = Required<LiveState> & { layers: LayerChoice[]; payload?: Uint8Array };

/** A result with the wish that it answers. */
export type AskedResult = ResultMessage & { asked: LiveWish };

/** Errors for every dx at one dy, as far as they are known, of what `of` names. */
export interface Curve {
  of: string;
  dy: number;
  range: number;
  points: Map<number, CurvePoint>;
}

/** Errors under one variant; `stale` while those of another place are still there. */
export interface Variant {
  layers: LayerNumbers[];
  /** Whether it is what the network was trained with. */
  trained: boolean;
  stale: boolean;
}

/** Errors under each variant of one kind at one place, of what `of` names. */
export interface Variants<Name extends string> extends Place {
  of: string;
  nodes: string[];
  byName: Map<Name, Variant>;
}

/** First class for every shift, row by row of dy, of what `of` names. */
export interface Sweep {
  of: string;
  range: number;
  rows: Map<number, { top: number[]; probability: number[] }>;
  summary: SweepSummary | null;
}

/** A fully connected layer at one place. */
export type Contrast = ContrastMessage & Place;

/** A view of this page as an address names it. */
export interface ShiftRequest extends ViewRequest {
  dx?: number;
  dy?: number;
  border?: Border;
  pooling?: Pooling;
  size?: number;
  rows?: LayerChoice[];
  warp?: Warp;
}
