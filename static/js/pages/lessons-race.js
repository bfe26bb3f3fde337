/**
 * The Training lab as a lesson drives it: it measures the race on screen, and runs it to its end where a step needs that.
 *
 * @import { LessonPage } from "../features/learn/page.js"
 */

import { readRaceView } from "../state/race-address.js";
import { order } from "../state/race-orders.js";
import { NETS, netShown, problem, race, see, stepShown, told, view } from "../state/race.js";
import { photoIn, when } from "./lessons.js";

/** Whether all nets have run the race to its end. */
function finished() {
  const now = race.value;
  const everyone = NETS.map((id) => now?.nets.find((net) => net.id === id));
  return now !== null && !now.running && !now.queued && everyone.every((net) => net && net.step >= now.total);
}

/** Why a race will not come to its end by itself; empty while it runs. */
function stopped() {
  const now = race.value;
  if (!now || now.running || now.queued) return "";
  const failed = now.nets.find((net) => net.failed);
  if (failed) return `the loss of ${failed.title} is not finite since step ${failed.failed}: begin another race`;
  return now.problem ?? `the race has stopped at step ${now.step} of ${now.total}`;
}

/** Everybody runs, as far as the race goes. */
async function runAll() {
  if (finished()) return;
  see({ step: null });
  const now = race.value;
  const here = now?.nets.length === NETS.length || (await order("enter", { nets: NETS }));
  const goes = here && (race.value?.running || (await order("go")));
  if (!goes) throw new Error(problem.value?.detail ?? "the race does not start");
  await when([race], () => finished() || stopped() || false);
}

/** One step, where there is none yet. */
async function firstStep() {
  const now = race.value;
  if (now?.step || now?.running) return;
  if (!(await order("step"))) throw new Error(problem.value?.detail ?? "the race makes no step");
}

/** @param {import("../../lessons/types.js").Needs} [needs] */
function measurable(needs) {
  const now = race.value;
  const net = netShown();
  if (!now || !net || now.running || now.queued || (needs === "step" && !now.step)) return null;
  const { layer, filter, channel, row, column, unit, pixel } = view.value;
  return { race: { run: now, at: { step: stepShown(), net: net.id, layer, filter, channel, row, column, unit, pixel } } };
}

/** @returns {LessonPage} */
export function racePage() {
  // The photo that a learner came with: for the way back to a page that shows one.
  const photo = photoIn(location.search);
  return {
    name: "train",
    subject: measurable,
    signals: [race, view, told],
    photo: () => photo,
    mine: () => race.value && { what: "race", title: race.value.title, thumbnail: "" },
    at: (asked) => Object.entries(asked).every(([name, value]) => String(/** @type {any} */ (view.value)[name]) === String(value)),
    open: (search) => see({ step: null, ...readRaceView(new URLSearchParams(search)) }),
    work(needs) {
      const now = race.value;
      if (!now || (needs === "race" ? finished() : !now.running)) return null;
      return { done: now.step, total: now.total, running: now.running || now.queued > 0 };
    },
    async prepare(needs) {
      await when([race, problem], () => race.value !== null || problem.value?.detail || false);
      await (needs === "race" ? runAll() : firstStep());
    },
  };
}
