/**
 * What is seen of the race on screen: asked for again whenever one looks elsewhere, and the newest wish wins.
 *
 * @import { Curve } from "../api/training-types.js"
 */

import { ApiProblem } from "../api/client.js";
import { curveOfRace, filmOfRace, lookAtRace, scoresOfRace } from "../api/training.js";
import { upToDate } from "./race-news.js";
import { curves, film, look, netShown, race, scores, stepShown, testAt, told, view } from "./race.js";
import { effect } from "./store.js";

/** Milliseconds after which, and how often, a question that could not be answered is put again. */
const AGAIN_MS = 400;
const TRIES = 5;

/**
 * One question under way at a time; of those asked meanwhile the newest is next.
 *
 * @template T
 * @param {(question: string) => Promise<T>} fetching
 * @param {(answer: T) => void} taking
 * @param {() => boolean} there  Whether the last answer is still kept.
 */
function latest(fetching, taking, there) {
  let busy = false;
  let asked = "";
  let next = "";
  let failed = { question: "", tries: 0 };
  const run = async (/** @type {string} */ question) => {
    busy = true;
    try {
      const id = race.value?.id;
      const answer = await fetching(question);
      if (id === race.value?.id) taking(answer);
    } catch (error) {
      // What was asked about is gone meanwhile or not told yet, or the server is away.
      if (!(error instanceof ApiProblem)) throw error;
      asked = "";
      failed = { question, tries: question === failed.question ? failed.tries + 1 : 1 };
      if (failed.tries < TRIES) setTimeout(wish, AGAIN_MS);
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
    if (question === asked && (busy || there())) return;
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
  const { layer, filter, channel, row, column, unit, pixel, image, picture, drawn } = at;
  const panel = net.kind === "cnn" ? layer : "dense_1";
  const step = stepShown();
  // The nets make a step one after the other: of one that has not made it yet there is nothing to see.
  const made = value.nets.map((each) => Math.min(each.step, step));
  return JSON.stringify([
    value.id,
    value.revision,
    { step, net: net.id, panel, layer, filter, channel, row, column, unit, pixel, image, picture, drawn: drawn || null, dx: moved },
    made,
  ]);
}

const askLook = latest(
  (question) => {
    const [run, , asked] = JSON.parse(question);
    return lookAtRace(run, asked);
  },
  (answer) => (look.value = answer),
  () => look.value !== null,
);

const askFilm = latest(
  async (question) => {
    const [run, , asked] = JSON.parse(question);
    return { ...(await filmOfRace(run, asked)), key: `${asked.net} ${asked.layer} ${asked.filter} ${asked.channel}` };
  },
  (answer) => (film.value = answer),
  () => film.value !== null,
);

const askScores = latest(
  (question) => {
    const [run, , net, step] = JSON.parse(question);
    return scoresOfRace(run, net, step);
  },
  (answer) => (scores.value = answer),
  () => scores.value !== null,
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
  () => curves.value.size > 0,
);

let filmed = 0;
/** While a race runs its film grows a few times a second: often enough to see filters form. */
const FILM_MS = 400;

function wish() {
  const { value } = race;
  const net = netShown();
  if (!value || !net || (value.step > 0 && !upToDate())) return;
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
