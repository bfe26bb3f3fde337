/**
 * Editing the network of a subject: what changes it, and the way back. The first edit has A stand as it is; from then on
 * the edited network is B.
 *
 * @import { Edit } from "./edits.js"
 * @import { Subject } from "./subject.js"
 */

import { keepEdits, keptEdits } from "../api/editing.js";
import { changedEdits, editText, editsOf, learn, sameNumbers, unedited, unread, withText } from "./edits.js";
import { editedOtherwise } from "./edited.js";
import { attempt, trace } from "./loading.js";
import { signal } from "./store.js";
import { undo } from "./following.js";

/** @typedef {ReturnType<typeof createEditing>} Editing */

/** Letters of edits that an address may have; longer ones are kept by the server. */
const LONGEST = 1800;

/**
 * @param {Subject} subject
 * @param {() => Promise<void>} pinFirst
 */
export function createEditing(subject, pinFirst) {
  /** Edits that wait until those on their way are shown. @type {readonly Edit[] | null} */
  let waiting = null;
  /** Those that were asked for last, until they are shown: what is changed next is changed of them. @type {readonly Edit[] | null} */
  let wanted = null;
  /** @param {readonly Edit[]} edits @param {boolean} draft */
  const look = async (edits, draft) => {
    await pinFirst();
    await show(subject, edits, draft);
    if (wanted !== edits) return;
    wanted = null;
    editing.known.value += 1;
  };
  const editing = {
    /** How many steps have been taken back. */
    undone: signal(0),
    /** Counts how often something has become known of the edits: that they are made, refused, or what a link to them says. */
    known: signal(0),
    /** @returns {readonly Edit[]} */
    edits: () => wanted ?? editsOf(subject.model.value?.id ?? ""),
    /** @param {readonly Edit[]} edits All that there are to be from now on. */
    async make(edits) {
      waiting = null;
      wanted = edits;
      editing.undone.value = 0;
      await look(edits, false);
    },
    /** @param {readonly Edit[]} changed */
    change: (changed) => editing.make(changedEdits(editing.edits(), changed)),
    /** @param {readonly Edit[]} gone Those of the same numbers. */
    drop: (gone) => editing.make(editing.edits().filter((each) => !gone.some((other) => sameNumbers(each, other)))),
    /**
     * While something is being dragged: of these only the last is worth going back to, and none has those before it wait.
     *
     * @param {readonly Edit[]} changed
     */
    async try(changed) {
      const edits = changedEdits(editing.edits(), changed);
      const busy = waiting !== null;
      waiting = wanted = edits;
      if (busy) return;
      while (waiting) {
        const next = /** @type {readonly Edit[]} */ (waiting);
        await look(next, true);
        if (waiting === next) waiting = null;
      }
    },
    undo() {
      if (undo()) editing.undone.value += 1;
    },
    redo() {
      if (editing.undone.value < 1) return;
      editing.undone.value -= 1;
      history.forward();
    },
  };
  subject.model.subscribe((model) => void readKept(model?.id ?? "", editing));
  return editing;
}

/**
 * Look at the network with these edits; everything else stays.
 *
 * @param {Subject} subject
 * @param {readonly Edit[]} edits
 * @param {boolean} draft
 * @returns {Promise<void>}
 */
async function show(subject, edits, draft) {
  const now = subject.model.value;
  const text = editText(edits);
  if (!now || (text === editText(editsOf(now.id)) && draft === Boolean(now.draft))) return;
  const task = async (/** @type {AbortSignal} */ end) => {
    const id = withText(now.id, text.length > LONGEST ? await keep(unedited(now.id), text, end) : text);
    const model = await editedOtherwise(now, id, end);
    if (end.aborted) return;
    subject.model.value = { ...model, draft };
    await trace(subject);
  };
  await attempt(subject, task, { about: "Edit", again: () => void show(subject, edits, draft) });
}

/** @param {string} model @param {string} text @param {AbortSignal} end @returns {Promise<string>} What stands for it. */
async function keep(model, text, end) {
  const edit = await keepEdits(model, text, end);
  learn(edit, text);
  return edit;
}

/** @param {string} id @param {Editing} editing */
async function readKept(id, editing) {
  const name = unread(id);
  if (!name) return;
  learn(name, await keptEdits(name));
  editing.known.value += 1;
}
