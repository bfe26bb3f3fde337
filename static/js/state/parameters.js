import { getNpy, urls } from "../api/client.js";

/** @import { NpyArray } from "../api/client.js" */

/** @type {Map<string, NpyArray>} */
const cache = new Map();
/** Who waits for what is on its way. @type {Map<string, Set<() => void>>} */
const waiting = new Map();

/**
 * A parameter of a model, once the server has sent it; until then null, and `arrived` is called when it is there.
 * Strip and inspector may wait for the same one. A failure leaves it away, and the next paint asks again.
 *
 * @param {string} model
 * @param {string} name
 * @param {() => void} arrived
 * @returns {NpyArray | null}
 */
export function parameter(model, name, arrived) {
  const key = `${model}/${name}`;
  const known = cache.get(key);
  if (known) return known;
  const others = waiting.get(key);
  if (others) {
    others.add(arrived);
    return null;
  }
  const all = new Set([arrived]);
  waiting.set(key, all);
  getNpy(urls.parameter(model, name)).then(
    (array) => {
      cache.set(key, array);
      waiting.delete(key);
      for (const each of all) each();
    },
    () => waiting.delete(key),
  );
  return null;
}
