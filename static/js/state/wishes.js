/** What each part of the page has in view of a large result; what fetches it comes with the first such result. */

/** @typedef {ReadonlyMap<string, Iterable<number>>} Wanted Channels by node. */

/** By part of the page. @type {Map<string, Wanted>} */
export const wishes = new Map();
let told = false;

/**
 * Say what a part of the page has in view now, in the place of what it had before.
 *
 * @param {string} who
 * @param {Wanted} wanted
 */
export function want(who, wanted) {
  wishes.set(who, wanted);
  if (told) return;
  told = true;
  void import("./demand.js").then((demand) => {
    told = false;
    demand.fulfil();
  });
}
