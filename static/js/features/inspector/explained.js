import { getJson, urls } from "../../api/client.js";
import { session } from "../../state/session.js";

/** @import { Explained } from "../../layer-views/arithmetic/types.js" */
/** @import { Pixel } from "../../state/session.js" */

/** Answers kept, and how long a value has to be looked at before it is asked for. */
const MOST = 64;
const REST = 120;

/** @type {Map<string, Explained>} */
const answers = new Map();
let asking = { url: "", timer: 0, end: new AbortController() };

/**
 * The terms of a value as the server tells them; null until they are there, and `arrived` is called then.
 *
 * @param {Pixel} pixel
 * @param {() => void} arrived
 * @returns {Explained | null}
 */
export function explained({ node, channel, y, x }, arrived) {
  const shown = session.shown.value;
  if (!shown) return null;
  const query = { channel, y, x, order: "size" };
  const url = urls.trace(shown.model.id, shown.image.id, shown.crop, `explain/${encodeURIComponent(node)}`, query);
  const known = answers.get(url);
  if (known || asking.url === url) return known ?? null;
  clearTimeout(asking.timer);
  asking.end.abort();
  const end = new AbortController();
  const timer = setTimeout(() => {
    getJson(url, end.signal).then(
      (answer) => {
        answers.set(url, explanationOf(/** @type {any} */ (answer)));
        for (const old of [...answers.keys()].slice(0, -MOST)) answers.delete(old);
        arrived();
      },
      () => (asking.url = ""),
    );
  }, REST);
  asking = { url, timer, end };
  return null;
}

/**
 * @param {import("../../api/types.js").components["schemas"]["ExplanationSchema"]} answer
 * @returns {Explained}
 */
function explanationOf({ value, operation, constants, bias, terms, term_count: count, term_sum: sum }) {
  const sent = terms.map((term) => {
    const inside = term.inside?.flat();
    return {
      ...{ node: term.node, channel: term.channel, y: term.y, x: term.x, step: term.step, sum: term.sum },
      width: term.patch[0]?.length ?? 1,
      patch: term.patch.flat().map((each, at) => (inside?.[at] === false ? NaN : each)),
      kernel: term.kernel?.flat() ?? [],
      products: term.products.flat(),
    };
  });
  const rest = { count: count - sent.length, sum: sum - sent.reduce((all, term) => all + term.sum, 0) };
  return { value, operation, constants, bias: bias ?? null, terms: sent, rest };
}
