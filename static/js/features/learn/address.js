/**
 * Which step of which lesson an address names: `#lesson=move.2`, with `,projector` for a class; a teacher's own lesson
 * travels whole, `#own=<packed>.2`.
 *
 * @typedef {object} Place
 * @property {string} lesson  A chapter, `practice`, or `own`.
 * @property {number} step  From 1; one more than there are is the end of the lesson.
 * @property {boolean} projector
 * @property {string} packed  A teacher's own lesson; empty without one.
 */

const SHAPE = /^#(?:lesson=([a-z]+)|own=([\w-]+))(?:\.(\d{1,3}))?(,projector)?$/;

/** @param {string} hash  As in `location.hash`. @returns {Place | null} */
export function readPlace(hash) {
  const found = SHAPE.exec(hash);
  if (!found) return null;
  const [, lesson, packed = "", step = "1", projector] = found;
  return { lesson: lesson ?? "own", step: Math.max(1, Number(step)), projector: Boolean(projector), packed };
}

/** @param {Place} place */
export function writePlace({ lesson, step, projector, packed }) {
  const which = packed ? `own=${packed}` : `lesson=${lesson}`;
  return `#${which}.${step}${projector ? ",projector" : ""}`;
}
