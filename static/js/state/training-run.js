/**
 * The run of `convscope train` on screen: how it stands, its rows, and where one looks. It is read and never ordered about:
 * only steps whose weights are on disk can be looked at.
 *
 * @import { Film, RunLook, RunRows } from "../api/training-types.js"
 * @import { TrainingRun } from "../api/training-runs.js"
 */

import { ApiProblem } from "../api/client.js";
import { filmOfRun, lookAtRun, rowsOfRun } from "../api/training-runs.js";
import { Newest } from "./newest.js";
import { effect, signal } from "./store.js";

/** How often a run that goes on is looked at, and one that does not, which may be taken up again. */
const SOON = 500;
const LATER = 5000;
const FRAMES = 30;

/**
 * @typedef {object} RunView Where one looks.
 * @property {number | null} step  One that is kept; null: the newest of these.
 * @property {string} layer  "": the first.
 * @property {number} filter
 * @property {number} channel
 * @property {number} row
 * @property {number} column
 */

/** @type {RunView} */
export const FIRST_RUN_VIEW = { step: null, layer: "", filter: 0, channel: 0, row: 0, column: 0 };

export const run = signal(/** @type {TrainingRun | null} */ (null));
export const runView = signal(FIRST_RUN_VIEW);
export const runLook = signal(/** @type {RunLook | null} */ (null));
export const runFilm = signal(/** @type {(Film & {key: string}) | null} */ (null));
export const runProblem = signal(/** @type {ApiProblem | null} */ (null));
/** Another number whenever rows have come or gone. */
export const runTold = signal(0);

/** Every step so far: its number, loss, the batch's accuracy, and milliseconds. */
export const runRows = { steps: /** @type {number[]} */ ([]), losses: /** @type {number[]} */ ([]), accuracies: /** @type {number[]} */ ([]), milliseconds: /** @type {number[]} */ ([]) };
/** Every test so far. */
export const runTests = /** @type {{step: number, right: number, count: number}[]} */ ([]);

/** @param {Partial<RunView>} change */
export function seeRun(change) {
  runView.value = { ...runView.value, ...change };
}

/** The layer that is looked at. */
export const layerShown = () => {
  const layers = Object.keys(run.value?.layers ?? {});
  return layers.includes(runView.value.layer) ? runView.value.layer : (layers[0] ?? "");
};

/** The step that is looked at: one that is kept. */
export function keptShown() {
  const kept = run.value?.kept ?? [];
  const { step } = runView.value;
  return step === null ? (kept.at(-1) ?? 0) : (kept.findLast((each) => each <= step) ?? kept[0] ?? 0);
}

/** @param {number} step Look at the kept step nearest to it. */
export function seekKept(step) {
  const kept = run.value?.kept ?? [];
  const nearest = kept.reduce((best, each) => (Math.abs(each - step) < Math.abs(best - step) ? each : best), kept[0] ?? 0);
  seeRun({ step: nearest === kept.at(-1) ? null : nearest });
}

/** @param {number} by  So many kept steps on, or back. */
export function turnKept(by) {
  const kept = run.value?.kept ?? [];
  const at = Math.max(0, Math.min(kept.length - 1, kept.indexOf(keptShown()) + by));
  seekKept(kept[at] ?? 0);
}

/** @param {number} by */
export function turnRunFilter(by) {
  const count = run.value?.layers[layerShown()]?.[0] ?? 1;
  seeRun({ filter: (runView.value.filter + by + count) % count });
}

/** @param {string} layer Another layer has other filters: the first of them is chosen. */
export const chooseRunLayer = (layer) => seeRun({ layer, filter: 0, channel: 0, row: 0, column: 0 });

/** @param {RunRows} news */
function take(news) {
  if (news.from_steps === 0) for (const each of Object.values(runRows)) each.length = 0;
  if (news.from_scores === 0) runTests.length = 0;
  for (const name of /** @type {const} */ (["steps", "losses", "accuracies", "milliseconds"])) for (const each of news[name]) runRows[name].push(each);
  for (const [step, right, count] of news.scores) runTests.push({ step, right, count });
  run.value = news.run;
  runProblem.value = null;
  runTold.value += 1;
}

/** @param {string} id Whether there was anything new. */
async function ask(id) {
  const known = { revision: run.value?.revision ?? -1, steps: runRows.steps.length, scores: runTests.length };
  const news = await rowsOfRun(id, known);
  take(news);
  return news.steps.length > 0;
}

/** Follow a run for as long as the page is there; while nobody sees it, it rests. @param {string} id */
export async function followTrainingRun(id) {
  for (;;) {
    let more = false;
    if (!document.hidden) {
      try {
        more = await ask(id);
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        runProblem.value = error;
        if (!run.value && error.status !== 0) return;
      }
    }
    // The server tells so many rows at once: the rest is asked for at once.
    const through = (run.value?.step ?? 0) <= (runRows.steps.at(-1) ?? 0);
    if (!more || through) await new Promise((resolve) => setTimeout(resolve, run.value?.running ? SOON : LATER));
  }
}

const looks = new Newest();
const films = new Newest();
let looked = "";
let filmed = "";

/** @param {Newest} newest @param {(signal: AbortSignal) => Promise<void>} work */
async function newestOf(newest, work) {
  const ended = newest.begin();
  try {
    await work(ended);
  } catch (error) {
    if (ended.aborted) return;
    if (!(error instanceof ApiProblem)) throw error;
    runProblem.value = error;
  }
}

/** Ask for what is to be seen, where it is not here. */
function wish() {
  const now = run.value;
  if (!now?.kept.length || !layerShown()) return;
  const { filter, channel } = runView.value;
  const part = { layer: layerShown(), filter, channel };
  const look = JSON.stringify([now.id, now.revision, keptShown(), part]);
  if (look !== looked) {
    looked = look;
    void newestOf(looks, async (ended) => {
      runLook.value = await lookAtRun(now.id, { step: keptShown(), ...part }, ended);
    });
  }
  const film = JSON.stringify([now.id, now.revision, now.kept.at(-1), part]);
  if (film !== filmed) {
    filmed = film;
    void newestOf(films, async (ended) => {
      runFilm.value = { ...(await filmOfRun(now.id, { ...part, frames: FRAMES }, ended)), key: JSON.stringify(part) };
    });
  }
}

/** Keep what is seen up to date from now on. */
export const lookOn = () => effect([run, runView], wish);
