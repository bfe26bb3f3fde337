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
  const words = `Laying out ${task.title}\u2026`;
  if (!task.drawn) bringing.value = words;
  if (await begin(task.id, task.settings, undefined, task.drawn ? null : classes)) see({ step: null, cell: null, image: 0, drawn: "" });
  if (bringing.value === words) bringing.value = "";
}

/** @param {RaceTask} task Classes to begin with: those with enough pictures, as many as can be told apart on the page. */
function firstOf({ classes, counts, picture }) {
  const able = classes.filter((_, at) => (counts[at] ?? 0) >= LEAST);
  const most = picture[0] === 1 ? MOST.grey : MOST.coloured;
  return able.length < 2 ? classes : able.slice(0, most);
}

/** What was chosen last, while its race is being made: the next choice is of this. @type {{task: string, classes: string[]} | null} */
let choosing = null;

/**
 * @param {RaceTask} task
 * @param {string} name Takes part from now on, or no more.
 */
export async function toggleClass(task, name) {
  const now = (choosing?.task === task.id ? choosing.classes : race.value?.classes) ?? [];
  const mine = { task: task.id, classes: task.classes.filter((each) => (each === name) !== now.includes(each)) };
  choosing = mine;
  await learn(task, mine.classes);
  if (choosing === mine) choosing = null;
}

/** @param {RaceTask} task */
export async function forget(task) {
  await forgetTask(task.id);
  await loadTasks();
}
