import { getJson } from "../../api/client.js";
import { Newest } from "../../state/newest.js";

/** @import { Explained } from "../../layer-views/arithmetic/types.js" */
/** @import { LayerSource } from "../../state/sources.js" */
/** @import { Pixel } from "../../state/types.js" */

/** Answers kept, and how long a value has to be looked at before it is asked for. */
const MOST = 64;
const REST = 120;

/** @type {Map<string, Explained>} */
const answers = new Map();
/** Asks the server for the terms of one value after another; of those that it is asked for meanwhile, the newest. */
export class Explanations {
  #asking = { url: "", timer: 0 };
  #asked = new Newest();

  /**
   * The terms of a value as the server tells them; null until they are there, and `arrived` is called then.
   *
   * @param {LayerSource} source
   * @param {Pixel} pixel
   * @param {() => void} arrived
   * @returns {Explained | null}
   */
  of(source, { node, channel, y, x }, arrived) {
    const url = source.address("explain", node, { channel, y, x, order: "size" });
    if (!url) return null;
    const known = answers.get(url);
    if (known || this.#asking.url === url) return known ?? null;
    clearTimeout(this.#asking.timer);
    const signal = this.#asked.begin();
    const timer = setTimeout(() => {
      getJson(url, signal).then(
        (answer) => {
          answers.set(url, explanationOf(/** @type {any} */ (answer)));
          for (const old of [...answers.keys()].slice(0, -MOST)) answers.delete(old);
          arrived();
        },
        () => (this.#asking.url = ""),
      );
    }, REST);
    this.#asking = { url, timer };
    return null;
  }
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
