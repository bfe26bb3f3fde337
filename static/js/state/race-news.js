/**
 * What the race on screen tells: its rows as they are made.
 *
 * @import { RaceNews } from "../api/training-types.js"
 * @import { Race } from "../api/training.js"
 */

import { ApiProblem } from "../api/client.js";
import { LiveSocket } from "../api/live.js";
import { liveAddress, picturesOfRace } from "../api/training.js";
import { NETS, curves, film, inLine, look, pictures, problem, race, rows, rowsOf, scores, tested, told } from "./race.js";

/** How much of it is here. */
let received = { revision: -1, rows: 0, scores: 0 };

/** Whether all rows here are of the race as it stands. */
export const upToDate = () => received.revision === race.value?.revision;

/** @type {LiveSocket | null} */
let socket = null;

/** @param {Race} now */
export function follow(now) {
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
    onState(state, reason) {
      if (state === "idle") ask();
      if (state === "full") inLine.value = reason;
    },
  });
  ask();
  void showPictures(now.id);
}

/** Ask for what is not here yet. */
function ask() {
  if (race.value) socket?.send(/** @type {any} */ ({ run: race.value.id, ...received }));
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
  inLine.value = "";
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

/** @param {string} run */
async function showPictures(run) {
  try {
    const found = await picturesOfRace(run);
    if (race.value?.id === run) pictures.value = found;
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    problem.value = { title: error.title, detail: error.detail };
  }
}
