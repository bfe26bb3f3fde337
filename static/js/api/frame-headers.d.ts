// Made by `make types` from the server's schemas; changes here are lost.

import type { CropSchema, DoubtSchema, OpinionSchema, Probability } from "./types.js";

export type { CropSchema, DoubtSchema, OpinionSchema, Probability };

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

/** A class that a folder has photos of. */
export interface FolderClass {
  /** Its number in the networks. */
  index: number;
  label: string;
  /** Files in its folder. */
  photos: number;
}

/** The last frame of a folder: the counts of all photos. */
export interface FolderDone {
  bytes: 0;
  /** Files looked at. */
  files: number;
  /** Photos of every class, in the order of the first frame. */
  seen: number[];
  /** Right in A. */
  before: number[];
  /** Right in B. */
  after: number[];
  /** Photos that B gives another first class than A. */
  other: number;
  /** Files that are no photos. */
  skipped: number;
  seconds: number;
  kind: "done";
  done: true;
  /** Files that are no photos, with the reason; ten at most. */
  unreadable: string[];
}

/** The first frame of a folder: what is seen by which networks. */
export interface FolderHeader {
  bytes: 0;
  kind: "folder";
  a: string;
  b: string;
  /** Files in all. */
  total: number;
  classes: FolderClass[];
  /** Folders that are no class of the networks; they are left out. */
  unknown: string[];
}

/** Counts so far; they replace the ones before. */
export interface FolderSome {
  bytes: 0;
  /** Files looked at. */
  files: number;
  /** Photos of every class, in the order of the first frame. */
  seen: number[];
  /** Right in A. */
  before: number[];
  /** Right in B. */
  after: number[];
  /** Photos that B gives another first class than A. */
  other: number;
  /** Files that are no photos. */
  skipped: number;
  seconds: number;
  kind: "some";
  /** Seconds still to come, by the speed so far. */
  left: number;
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

/** The last frame of a sweep: what all channels take together. */
export interface MutesDone {
  bytes: 0;
  kind: "done";
  done: true;
  /** Of value - values[i]; null: undefined. */
  sum: number | null;
  /** All between is linear, and nothing goes round the layer. */
  additive: boolean;
  /** The value without all channels; null unless additive. */
  constant: number | null;
  /** Additive, and sum is value - constant but for rounding. */
  adds_up: boolean;
  milliseconds: number;
}

/** The first frame of a sweep: what is asked, and what it is with no channel muted besides the edits. */
export interface MutesHeader {
  bytes: 0;
  kind: "mutes";
  node: string;
  channels: number;
  of: "class" | "channel";
  /** The class; null: a channel is asked for. */
  a: number | null;
  /** Its name. */
  label: string | null;
  /** The node whose entry or mean is asked for: of a class its score. */
  target: string;
  /** The entry, or the channel, of it. */
  channel: number;
  value: number;
  /** Of the class; null where none is computed. */
  probability: number | null;
}

/** A few channels: the asked value without each of them. */
export interface MutesSome {
  bytes: 0;
  kind: "some";
  first: number;
  /** Of channel `first` and those behind it; null: undefined. */
  values: (number | null)[];
  probabilities: (number | null)[] | null;
}
