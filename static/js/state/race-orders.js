/**
 * What is done to the race on screen.
 *
 * @import { Race } from "../api/training.js"
 */

import { ApiProblem } from "../api/client.js";
import { createRace, getRace, orderRace } from "../api/training.js";
import { follow } from "./race-news.js";
import { NETS, isPast, problem, race, see, stepShown, taskOf, until } from "./race.js";
import { view as page } from "./view.js";

/** Tasks that the server draws from a seed. */
export const DRAWN = ["shapes", "digits"];

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

let begun = 0;

/**
 * A new race, before its first step.
 *
 * @param {string} task
 * @param {object} [settings]
 * @param {readonly string[]} [nets]
 * @param {readonly string[] | null} [classes] Of a brought task; null: all.
 */
export async function begin(task, settings = {}, nets = NETS, classes = null) {
  const running = race.value?.running ? order("pause") : null;
  await running;
  begun += 1;
  const mine = begun;
  return done(async () => {
    const made = await createRace(task, settings, nets, classes);
    // Of several that were begun meanwhile the newest is wanted.
    if (mine === begun) follow(made);
  });
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

/** @param {Race} now How it stands, from the answer to an order: rows come on the socket. */
function take(now) {
  if (race.value?.id === now.id) race.value = now;
}
