/** What each part of the page has in view of a large result; what fetches it comes with the first such result. */

import { late } from "../api/client.js";

/** @import { Subject } from "./subject.js" */

/** @typedef {ReadonlyMap<string, Iterable<number>>} Wanted Channels by node. */

/** Of each subject, by part of the page. @type {WeakMap<Subject, Map<string, Wanted>>} */
const wishes = new WeakMap();
/** Those whose wishes are about to be looked at. @type {WeakSet<Subject>} */
const told = new WeakSet();

/** @param {Subject} subject */
export function wishesOf(subject) {
  const known = wishes.get(subject) ?? new Map();
  wishes.set(subject, known);
  return known;
}

/**
 * Say what a part of the page has in view now, in the place of what it had before.
 *
 * @param {Subject} subject
 * @param {string} who
 * @param {Wanted} wanted
 */
export function want(subject, who, wanted) {
  wishesOf(subject).set(who, wanted);
  if (told.has(subject)) return;
  told.add(subject);
  void late(() => import("./demand.js")).then((demand) => {
    told.delete(subject);
    demand.demandOf(subject).fulfil();
  });
}
