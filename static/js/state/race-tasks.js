/**
 * What there is to learn from: the drawn tasks, and what was brought; and bringing more.
 *
 * @import { RaceTask } from "../api/training.js"
 */

import { ApiProblem } from "../api/client.js";
import { bringTask, forgetTask, listTasks } from "../api/training.js";
import { begin } from "./race-orders.js";
import { problem, race, see } from "./race.js";
import { signal } from "./store.js";

/** More classes leave no room for a cell of the confusion matrix; of photos five are learnt in a minute. */
const MOST = { grey: 10, coloured: 5 };
/** With fewer pictures a class is learnt by heart, and the server refuses it. */
export const LEAST = 8;

export const tasks = signal(/** @type {RaceTask[]} */ ([]));
/** What is being read; "" when nothing is. */
export const bringing = signal("");

/** @param {string} id */
export const taskNamed = (id) => tasks.value.find((task) => task.id === id);

export async function loadTasks() {
  tasks.value = await listTasks();
}

/**
 * Send files, and learn from them.
 *
 * @param {readonly {name: string, file: Blob}[]} files
 */
export async function bring(files) {
  if (!files.length || bringing.value) return;
  bringing.value = files.length === 1 ? `Reading ${files[0]?.name}\u2026` : `Reading ${files.length} files\u2026`;
  try {
    const task = await bringTask(files);
    await loadTasks();
    await learn(task);
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    problem.value = { title: error.title, detail: error.detail };
  } finally {
    bringing.value = "";
  }
}

/**
 * A new race on a task, with settings that suit it.
 *
 * @param {RaceTask} task
 * @param {readonly string[]} [classes]
 */
export async function learn(task, classes = firstOf(task)) {
  if (await begin(task.id, task.settings, undefined, task.drawn ? null : classes)) see({ step: null, cell: null, image: 0, drawn: "" });
}

/** @param {RaceTask} task Classes to begin with: those with enough pictures, as many as can be told apart on the page. */
function firstOf({ classes, counts, picture }) {
  const able = classes.filter((_, at) => (counts[at] ?? 0) >= LEAST);
  const most = picture[0] === 1 ? MOST.grey : MOST.coloured;
  return able.length < 2 ? classes : able.slice(0, most);
}

/**
 * @param {RaceTask} task
 * @param {string} name Takes part from now on, or no more.
 */
export function toggleClass(task, name) {
  const now = race.value?.classes ?? [];
  const wanted = task.classes.filter((each) => (each === name ? !now.includes(each) : now.includes(each)));
  return learn(task, wanted);
}

/** @param {RaceTask} task */
export async function forget(task) {
  await forgetTask(task.id);
  await loadTasks();
}
