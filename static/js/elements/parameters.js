import { getNpy, urls } from "../api/client.js";

/** @import { NpyArray } from "../api/client.js" */

/** @type {Map<string, NpyArray | null>} null while it is on its way, or when it could not be had. */
const cache = new Map();

/**
 * A parameter of a model, once the server has sent it; until then null, and `arrived` is called when it is there.
 * What it is for is decoration of the strip, so a failure leaves it away.
 *
 * @param {string} model
 * @param {string} name
 * @param {() => void} arrived
 * @returns {NpyArray | null}
 */
export function parameter(model, name, arrived) {
  const key = `${model}/${name}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  cache.set(key, null);
  getNpy(urls.parameter(model, name)).then(
    (array) => {
      cache.set(key, array);
      arrived();
    },
    () => cache.delete(key),
  );
  return null;
}
