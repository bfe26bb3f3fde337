/** What a kind's arithmetic looks like: a table of rows that an element draws. */

import type { ModelDetail, NodeDetail, NpyArray } from "../../api/client.js";
import type { Term } from "../../draw/products.js";
import type { Part } from "../words.js";
import type { Activation, Pixel } from "../../state/types.js";

/** Everything the arithmetic of one value is worked out from. */
export interface Question {
  model: ModelDetail;
  node: NodeDetail;
  own: Activation;
  /** In the layer's own order. */
  sources: NodeDetail[];
  inputs: Activation[];
  pixel: Pixel;
  /** An activation of any other layer, if it is there. */
  activation(name: string): Activation | undefined;
  /** The layer's own parameter, such as "weight"; null while it is on its way. */
  parameter(name: string): NpyArray | null;
  /** Terms of the value as the server tells them, where not all of its inputs are here; null while on their way. */
  explained(): Explained | null;
  channelName(node: NodeDetail, channel: number): string;
}

export interface Explained {
  value: number;
  /** How the terms make the value, and every further number in the formula. */
  operation: string;
  constants: Record<string, number>;
  bias: number | null;
  terms: Term[];
  /** Terms that were not sent: how many, and what they add together. */
  rest: { count: number; sum: number };
}

/** Whose colours: a layer's own, or a symmetric scale up to this. */
export type Tone = Activation | number;

/** A value in a cell of its own colour. */
export interface Chip {
  kind: "chip";
  text: string;
  value: number;
  tone: Tone;
  adjusted?: boolean;
}

/** Values as a picture, NaN where there is padding. */
export interface Grid {
  kind: "grid";
  values: ArrayLike<number>;
  width: number;
  tone: Tone;
  /** One a value, in a row that is open; `adjusted` as in Text. */
  texts?: string[];
  adjusted?: boolean[];
  /** The part that counts; what lies around it is faded. */
  window?: [number, number, number, number];
  /** Cells framed: left, top, width, height. */
  rings?: [number, number, number, number][];
  /** Which value of the input a cell is. */
  at?: (cell: number) => Pixel | null;
}

export interface Text {
  kind: "text";
  text: string;
  className?: string;
  adjusted?: boolean;
}

/** A bar from one value to another on the table's own axis. */
export interface Bar {
  kind: "bar";
  from: number;
  to: number;
}

export type Cell = Chip | Grid | Text | Bar;

export interface Row {
  /** For those who listen. */
  label: string;
  cells: Cell[];
  /** Where a click goes. */
  target: Pixel | null;
  /** Whether that is an input of the value, rather than a neighbour of it. */
  descends: boolean;
  selected?: boolean;
  /** What is shown below the row while it is open. */
  detail?: () => Cell[];
}

/** What one row adds, as printed, and the running sum before and after. */
export interface Share {
  text: string;
  /** The printed number itself. */
  printed: number;
  adjusted: boolean;
  from: number;
  to: number;
  /** The running sum after it, as printed. */
  run: string;
}

export interface Working {
  /** Class of the table: its columns. */
  layout: string;
  captions: string[];
  count: number;
  /** What the rows are: "channels of max_pool_1". */
  rows?: string;
  /** What each row adds; then the largest come first, and the others are added up. */
  adds?: number[];
  /** What all of them add up to, as printed. */
  total?: number;
  /** Keep the layer's own order while all of them fit. */
  inOrder?: boolean;
  /** Rows that were not sent: how many, and what they add together. */
  rest?: { count: number; sum: number };
  decimals?: number;
  /** Ends of the axis of bars, where it is not that of the running sum. */
  axis?: [number, number];
  row(index: number, share: Share | null): Row;
  /** Height that an open row adds, where it is not that of three rows of numbers. */
  opened?: number;
  /** The row that is open, and among those shown. */
  current: number;
  /** The row that a pixel of another layer stands for; -1 for none. */
  rowOf(pixel: Pixel): number;
  /** A last row that leads nowhere. */
  foot?: Cell[];
  /** Lines below the table. */
  lines: Cell[][];
  notes: Part[][];
  /** SVG above the table, made of numbers only. */
  figure?: { markup: string; height: number; label: string };
}

export type Arithmetic = (question: Question) => Working | null;
