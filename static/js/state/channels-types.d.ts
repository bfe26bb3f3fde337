/** What the page knows of a channel beside what the server's schemas say. */

/** A picture made for a channel, as far as it has come. */
export interface Made {
  node: string;
  channel: number;
  step: number;
  steps: number;
  side: number;
  value: number;
  robust: boolean;
  done: boolean;
  image: ImageData;
}

export interface Quiz {
  node: string;
  channel: number;
  turn: number;
  photos: number[];
  /** Which of the two was clicked; null before. */
  said: number | null;
  /** What the network gave them; null until it was asked. */
  values: number[] | null;
}

/** The channel on the photo that is open. */
export interface Here {
  node: string;
  channel: number;
  map: Float32Array;
  height: number;
  width: number;
  value: number;
  y: number;
  x: number;
  /** Share of the atlas's photos below it; null without an atlas. */
  below: number | null;
  photo: ImageData;
}
