/**
 * The race on screen: how it stands, its rows, and where one looks. What is done to it goes to the server; what is seen
 * of it is asked for again whenever one looks elsewhere, and the newest wish wins.
 *
 * @import { Look, Film, Scores, Curve, Pictures, RaceNews } from "../api/training-types.js"
 * @import { Race, RaceNet, RaceSettings } from "../api/training.js"
 */

import { ApiProblem } from "../api/client.js";
import { LiveSocket } from "../api/live.js";
import {
  createRace,
  curveOfRace,
  filmOfRace,
  getRace,
  liveAddress,
  lookAtRace,
  orderRace,
  picturesOfRace,
  scoresOfRace,
} from "../api/training.js";
import { effect, signal } from "./store.js";
import { view as page } from "./view.js";

export const NETS = /** @type {const} */ (["cnn", "mlp", "cnn-shuffled", "mlp-shuffled"]);

/** Tasks that the server draws from a seed. */
const DRAWN = ["shapes", "digits"];

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
export const problem = signal(/** @type {{title: string, detail: string} | null} */ (null));
export const slow = signal(false);
/** How many places of the sum have been added up; null: all. */
export const until = signal(/** @type {number | null} */ (null));

/** @type {Map<string, Rows>} */
const rows = new Map();
/** @type {Map<string, Tested[]>} */
const tested = new Map();
let received = { revision: -1, rows: 0, scores: 0 };

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

/* What is done */

/**
 * @param {() => Promise<any>} work
 * @returns {Promise<boolean>} Whether it was done.
 */
async function done(work) {
  try {
    await work();
    problem.value = null;
    return true;
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    problem.value = { title: error.title, detail: error.detail };
    page.announcement.value = `${error.title}. ${error.detail}`;
    return false;
  }
}

/**
 * @param {string} name
 * @param {object} [members]
 */
export function order(name, members = {}) {
  const { value } = race;
  return value ? done(async () => take(await orderRace(value.id, name, members))) : Promise.resolve(false);
}

/**
 * A new race, before its first step.
 *
 * @param {string} task
 * @param {Partial<RaceSettings>} [settings]
 * @param {readonly string[]} [nets]
 */
export async function begin(task, settings = {}, nets = NETS) {
  const running = race.value?.running ? order("pause") : null;
  await running;
  return done(async () => follow(await createRace(task, settings, nets)));
}

/** @param {string} run */
export const open = (run) => done(async () => follow(await getRace(run)));

/** Run on from the newest step; a look at the past ends. */
export async function play() {
  const { value } = race;
  if (!value) return;
  until.value = null;
  see({ step: null });
  await order(value.running || value.queued ? "pause" : "go");
}

/** Go on from the step that is looked at; what came after it is dropped. */
export async function goOnFromHere() {
  const step = stepShown();
  if (!(await order("back", { step }))) return;
  see({ step: null });
  await order("go");
}

/** @param {number} step Look at a step; the race waits meanwhile. */
export function seek(step) {
  const { value } = race;
  if (!value) return;
  if (value.running) void order("pause");
  until.value = null;
  const at = Math.max(0, Math.min(value.step, Math.round(step)));
  see({ step: at === value.step ? null : at });
}

/** One step on: into the past's future, or a new one. */
export function forth() {
  const { value } = race;
  if (!value || value.running) return;
  if (isPast()) seek(stepShown() + 1);
  else if (value.step < value.total) void order("step");
}

/** The same race from the beginning. */
export async function restart() {
  const { value } = race;
  if (!value) return;
  const drawn = DRAWN.includes(taskOf(value));
  // Own pictures are in the race's folder alone: it goes back to its beginning.
  await (drawn ? begin(taskOf(value), value.settings, value.nets.map(({ id }) => id)) : order("back", { step: 0 }));
  see({ step: null, cell: null });
}

/** @param {Race} value */
export const taskOf = (value) => value.title.toLowerCase();

/**
 * @param {string} name
 * @param {string | number} value
 */
export function change(name, value) {
  const now = race.value;
  if (!now) return;
  if (name === "init" && now.step && DRAWN.includes(taskOf(now))) {
    void begin(taskOf(now), { ...now.settings, init: String(value) }, now.nets.map(({ id }) => id));
    return;
  }
  void order("change", { name, value });
}

/* What is told */

/** @type {LiveSocket | null} */
let socket = null;

/** @param {Race} now */
function follow(now) {
  rows.clear();
  tested.clear();
  received = { revision: -1, rows: 0, scores: 0 };
  for (const each of [look, film, scores, pictures]) each.value = null;
  curves.value = new Map();
  race.value = now;
  told.value += 1;
  socket?.close();
  socket = new LiveSocket({
    url: liveAddress(),
    onMessage: (message) => receive(/** @type {any} */ (message)),
    onState: (state) => state === "idle" && ask(),
  });
  ask();
  void done(async () => (pictures.value = await picturesOfRace(now.id)));
}

/** Ask for what is not here yet. */
function ask() {
  if (race.value) socket?.send(/** @type {any} */ ({ run: race.value.id, ...received }));
}

/** @param {Race} now How it stands, from the answer to an order: rows come on the socket. */
function take(now) {
  if (race.value?.id === now.id) race.value = now;
}

/** @param {RaceNews | {type: "error", error: {title: string, detail: string}}} news */
function receive(news) {
  if (news.type !== "race") {
    if (news.type === "error") problem.value = news.error;
    return;
  }
  if (news.run.id !== race.value?.id) return;
  const fresh = received.revision !== news.run.revision;
  if (fresh) {
    rows.clear();
    tested.clear();
  }
  received = {
    revision: news.run.revision,
    rows: news.from_rows + news.steps.length,
    scores: news.from_scores + news.scores.length,
  };
  news.steps.forEach((step, at) => addRow(news, at, step));
  for (const [net, step, right, count] of news.scores) {
    if (!tested.has(net)) tested.set(net, []);
    tested.get(net)?.push({ step, right, count });
  }
  race.value = news.run;
  // What is seen was of a past that was gone back on; the answer may also have come before this news of it.
  if (look.value && look.value.revision !== news.run.revision) look.value = null;
  if (news.steps.length || news.scores.length || fresh) told.value += 1;
}

/**
 * @param {RaceNews} news
 * @param {number} at
 * @param {number} step
 */
function addRow(news, at, step) {
  const net = NETS[news.nets[at] ?? 0] ?? "cnn";
  if (!rows.has(net)) rows.set(net, { steps: [], losses: [], seconds: [] });
  const own = rowsOf(net);
  own.steps.push(step);
  own.losses.push(news.losses[at] ?? NaN);
  own.seconds.push((own.seconds.at(-1) ?? 0) + (news.milliseconds[at] ?? 0) / 1000);
}

/* What is seen */

/**
 * One question under way at a time; of those asked meanwhile the newest is next.
 *
 * @template T
 * @param {(question: string) => Promise<T>} fetching
 * @param {(answer: T) => void} taking
 */
function latest(fetching, taking) {
  let busy = false;
  let asked = "";
  let next = "";
  const run = async (/** @type {string} */ question) => {
    busy = true;
    try {
      const id = race.value?.id;
      const answer = await fetching(question);
      if (id === race.value?.id) taking(answer);
    } catch (error) {
      // What was asked about is gone meanwhile, or the server is: the next question comes with the next change.
      if (!(error instanceof ApiProblem)) throw error;
      asked = "";
    } finally {
      busy = false;
      if (next) {
        const question = next;
        next = "";
        void run(question);
      }
    }
  };
  return (/** @type {string} */ question) => {
    if (question === asked) return;
    asked = question;
    if (busy) next = question;
    else void run(question);
  };
}

/** Everything a look depends on, as text: equal texts have equal answers. */
function lookWished() {
  const { value } = race;
  const net = netShown();
  if (!value || !net) return "";
  const at = view.value;
  const moved = at.left === "shift" && value.step > 0 ? at.dx : 0;
  const { layer, filter, channel, row, column, unit, pixel, image, picture } = at;
  const panel = net.kind === "cnn" ? layer : "dense_1";
  const step = stepShown();
  return JSON.stringify([
    value.id,
    value.revision,
    { step, net: net.id, panel, layer, filter, channel, row, column, unit, pixel, image, picture, dx: moved },
  ]);
}

const askLook = latest(
  (question) => {
    const [run, , asked] = JSON.parse(question);
    return lookAtRace(run, asked);
  },
  (answer) => (look.value = answer),
);

const askFilm = latest(
  async (question) => {
    const [run, , asked] = JSON.parse(question);
    return { ...(await filmOfRace(run, asked)), key: `${asked.net} ${asked.layer} ${asked.filter} ${asked.channel}` };
  },
  (answer) => (film.value = answer),
);

const askScores = latest(
  (question) => {
    const [run, , net, step] = JSON.parse(question);
    return scoresOfRace(run, net, step);
  },
  (answer) => (scores.value = answer),
);

const askCurves = latest(
  async (question) => {
    const [run, , step, nets] = JSON.parse(question);
    /** @type {Map<string, Curve>} */
    const found = new Map();
    for (const [net, last] of nets) found.set(net, await curveOfRace(run, net, Math.min(step, last)));
    return found;
  },
  (answer) => (curves.value = answer),
);

let filmed = 0;
/** While a race runs its film grows a few times a second: often enough to see filters form. */
const FILM_MS = 400;

function wish() {
  const { value } = race;
  const net = netShown();
  if (!value || !net || (value.step > 0 && received.revision !== value.revision)) return;
  askLook(lookWished());
  const step = stepShown();
  const { layer, filter, channel, unit } = view.value;
  const cnn = net.kind === "cnn";
  const part = { net: net.id, layer: cnn ? layer : "dense_1", filter: cnn ? filter : unit, channel: cnn ? channel : 0 };
  const now = performance.now();
  if (!value.running || now - filmed > FILM_MS || !film.value) {
    filmed = now;
    askFilm(JSON.stringify([value.id, value.revision, { ...part, frames: 30 }, value.step, value.running]));
  }
  const test = testAt(net.id, step);
  if (test && test.step > 0) askScores(JSON.stringify([value.id, value.revision, net.id, test.step]));
  if (view.value.left === "shift" && step > 0 && !value.running) {
    const nets = value.nets.filter((each) => !each.failed || each.step > 0).map((each) => [each.id, each.step]);
    askCurves(JSON.stringify([value.id, value.revision, step, nets]));
  }
}

/** Keep what is seen up to date from now on. */
export const followRace = () => effect([race, view, told], wish);
