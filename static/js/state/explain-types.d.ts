/** The shapes of what the Explain page holds; those of frames are told by the server's `/api/explanations`. */

export type Asking = "class" | "pair" | "channel";
export type Place = "mean" | "strongest";

/** What is asked; `a` null: the likeliest class. */
export interface Ask {
  of: Asking;
  a: number | null;
  b: number | null;
  node: string;
  channel: number;
  place: Place;
}

export type Options = Record<string, string | number | boolean | null>;

/** The question as the server understood it. */
export interface Question {
  of: Asking;
  a: number | null;
  b: number | null;
  node: string;
  channel: number;
  place: Place | [number, number];
  reading: "share" | "odds" | "value";
  value: number;
  answer: number;
  shape: [number, number];
  layers: { name: string; shape: [number, number, number] }[];
  methods: { name: string; title: string; options: Options }[];
  /** RGB bytes of what the network sees, and of the same blurred. */
  seen: Uint8Array;
  blurred: Uint8Array;
}

export interface MapHeader {
  method: string;
  options: Options;
  passes: number;
  seconds: number;
  total: number;
  for: number;
  against: number;
  promise: { goal: number; parts: Record<string, number> } | null;
  residual: number | null;
  adds_up: boolean | null;
  layer: string | null;
  around: number;
  spread: boolean;
}

export interface Film {
  pixels: number[];
  deletion: number[];
  insertion: number[];
  areas: { deletion: number; insertion: number };
}

/** What a method kept of its map in one random network. */
export interface Memory {
  method: string;
  seed: number;
  stage: number;
  node: string;
  correlation: number;
  stages: string[];
}

/** A map, and what its numbers come to. */
export interface Picture {
  header: MapHeader;
  values: Float32Array;
  /** Standard error of each value, where the method draws. */
  spread: Float32Array | null;
  ranking: Ranking;
}

/** What follows from a map's values alone. */
export interface Ranking {
  /** Size that 1 % of the values exceed. */
  strong: number;
  /** Sum of all sizes. */
  size: number;
  /** Each pixel's place from the strongest for to the strongest against. */
  place: Uint32Array;
  /** Each pixel's place by size, and the running sum of sizes, one longer. */
  sizePlace: Uint32Array;
  running: Float64Array;
}

/** All that is known of one method. */
export interface Entry {
  blocked: string | null;
  picture: Picture | null;
  film: Film | null;
  memories: readonly Memory[];
  progress: { done: number; total: number } | null;
}
