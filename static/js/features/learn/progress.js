/**
 * What was answered, in this browser alone: by step, how many tries the right answer took.
 *
 * @typedef {"first" | "later" | "shown" | "skipped"} Grade
 */

import { signal } from "../../state/store.js";

const KEY = "convscope.learn";
/** @type {readonly Grade[]} */
const GRADES = ["first", "later", "shown", "skipped"];

/** @returns {Readonly<Record<string, Grade>>} */
function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return Object.fromEntries(Object.entries(found).filter(([, grade]) => GRADES.includes(/** @type {Grade} */ (grade))));
  } catch {
    // Storage that is denied or damaged: the course begins anew.
    return {};
  }
}

export const progress = signal(kept());

/** @param {Readonly<Record<string, Grade>>} grades */
function keep(grades) {
  progress.value = grades;
  try {
    localStorage.setItem(KEY, JSON.stringify(grades));
  } catch {
    // Without storage the answers last as long as the page.
  }
}

/** @param {string} key  `<lesson>.<step>` @param {Grade} grade */
export const record = (key, grade) => keep({ ...progress.value, [key]: grade });

/** Brings back what was forgotten last; null where there is nothing. */
export const restore = signal(/** @type {(() => void) | null} */ (null));

export function forget() {
  const before = progress.value;
  restore.value = () => {
    restore.value = null;
    keep({ ...before, ...progress.value });
  };
  keep({});
}

// Another tab may have answered meanwhile.
addEventListener("storage", (event) => {
  if (event.key === KEY) progress.value = kept();
});

/**
 * All answers as a table.
 *
 * @param {readonly {key: string, concept: string}[]} items
 */
export function csv(items) {
  const rows = items.flatMap(({ key, concept }) => (progress.value[key] ? [`${key},${concept},${progress.value[key]}`] : []));
  return ["item,concept,answered", ...rows, ""].join("\n");
}
