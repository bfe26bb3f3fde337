/**
 * The race on screen: how it stands, its rows, and where one looks. What is done to it goes to the server (race-orders.js),
 * what it tells comes on a socket (race-news.js), what is seen of it is asked for (race-look.js).
 *
 * @import { Look, Film, Scores, Curve, Pictures } from "../api/training-types.js"
 * @import { Race, RaceNet } from "../api/training.js"
 */

import { signal } from "./store.js";

export const NETS = /** @type {const} */ (["cnn", "mlp", "cnn-shuffled", "mlp-shuffled"]);

/** @typedef {{steps: number[], losses: number[], seconds: number[]}} Rows `seconds`: of computing, added up. */
/** @typedef {{step: number, right: number, count: number}} Tested */

/**
 * @typedef {object} RaceView Where one looks.
 * @property {number | null} step  null: the newest.
 * @property {string} net  Whose filters, maps and mistakes.
 * @property {string} layer  Of the convolutional nets.
 * @property {number} filter
 * @property {number} channel
 * @property {number} row
 * @property {number} column
 * @property {number} unit  Of the fully connected nets.
 * @property {number} pixel
 * @property {number} image  A test picture.
 * @property {string} drawn  An uploaded picture in its place; "": none.
 * @property {string} own  Own classes that a link restores; "": none.
 * @property {number} dx
 * @property {number | null} picture  One of the batch; null: all.
 * @property {"loss" | "shift"} left
 * @property {"steps" | "seconds"} axis
 * @property {string} guess
 * @property {number | null} cell  Of the confusion matrix.
 */

/** @type {RaceView} */
export const FIRST_VIEW = {
  step: null,
  net: "cnn",
  layer: "conv_1",
  filter: 2,
  channel: 0,
  row: 1,
  column: 3,
  unit: 2,
  pixel: 9 * 28 + 14,
  image: 0,
  drawn: "",
  own: "",
  dx: 3,
  picture: null,
  left: "loss",
  axis: "steps",
  guess: "",
  cell: null,
};

export const race = signal(/** @type {Race | null} */ (null));
export const view = signal(FIRST_VIEW);
/** Another number whenever rows have come or gone. */
export const told = signal(0);
export const look = signal(/** @type {Look | null} */ (null));
export const film = signal(/** @type {(Film & {key: string}) | null} */ (null));
export const scores = signal(/** @type {Scores | null} */ (null));
export const curves = signal(/** @type {Map<string, Curve>} */ (new Map()));
export const pictures = signal(/** @type {Pictures | null} */ (null));
/** Why no news come yet, while the server has no room for another page; empty when they do. */
export const inLine = signal("");
export const problem = signal(/** @type {{title: string, detail: string} | null} */ (null));
export const slow = signal(false);
/** How many places of the sum have been added up; null: all. */
export const until = signal(/** @type {number | null} */ (null));

/** @type {Map<string, Rows>} */
export const rows = new Map();
/** @type {Map<string, Tested[]>} */
export const tested = new Map();

/** @param {string} net @returns {Rows} */
export const rowsOf = (net) => rows.get(net) ?? { steps: [], losses: [], seconds: [] };

/** @param {string} net @returns {readonly Tested[]} */
export const testsOf = (net) => tested.get(net) ?? [];

/** @param {string} net @param {number} step The last test that is not after it. */
export const testAt = (net, step) => testsOf(net).findLast((each) => each.step <= step) ?? null;

/** @param {string} net @returns {RaceNet | undefined} */
export const netNamed = (net) => race.value?.nets.find((each) => each.id === net);

/** The step that is looked at. */
export const stepShown = () => Math.min(view.value.step ?? Infinity, race.value?.step ?? 0);

/** The net that is looked at, if it takes part; else the first. */
export const netShown = () => netNamed(view.value.net) ?? race.value?.nets[0];

export const isPast = () => view.value.step !== null && view.value.step < (race.value?.step ?? 0);

/** @param {Partial<RaceView>} change */
export function see(change) {
  view.value = { ...view.value, ...change };
}

/** @param {Race} value */
export const taskOf = (value) => value.task;
