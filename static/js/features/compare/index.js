/** Two subjects side by side: what offers it. All that it takes comes with the first one that is pinned, or a link to two. */

/** @import { Comparison } from "../../state/comparison.js" */
/** @import { Subject } from "../../state/subject.js" */

import { late } from "../../api/client.js";
import { openView } from "../../state/restore.js";
import { sourceOf, yieldingSource } from "../../state/sources.js";
import { readView } from "../../state/url.js";
import { onKeys } from "../../widgets/keys.js";
import { styles } from "../../widgets/styles.js";

/**
 * @param {Subject} subject
 * @returns What the elements are to draw, how the page is brought to an address, which subject stands first on it, how
 *   what is shown is pinned if nothing is, and the comparison itself.
 */
export function offerComparison(subject) {
  const layers = yieldingSource(sourceOf(subject));
  /** @type {Promise<Comparison> | null} */
  let coming = null;
  let first = () => subject;
  const begin = async () => {
    const [{ beginComparison }] = await Promise.all([late(() => import("./panel.js")), styles("compare")]);
    const comparison = beginComparison(subject, layers.yieldTo);
    first = () => (comparison.pinned.value ? comparison.a : subject);
    return comparison;
  };
  const toggle = async () => {
    const [{ pin, unpin }, comparison] = await Promise.all([late(() => import("../../state/comparison.js")), (coming ??= begin())]);
    (comparison.pinned.value ? unpin : pin)(comparison);
  };
  onKeys({ p: ["Pin this as A, or let go of it", () => void toggle()] });
  addEventListener("click", ({ target }) => void (target instanceof Element && target.closest("[data-open=compare]") && toggle()));
  const open = async (search = location.search) => {
    if (!coming && !new URLSearchParams(search).has("a-model")) return openView(subject, readView(search));
    const [{ openComparison }, comparison] = await Promise.all([late(() => import("../../state/comparison-address.js")), (coming ??= begin())]);
    return openComparison(comparison, readView(search));
  };
  const pinFirst = async () => {
    const [{ pin }, comparison] = await Promise.all([late(() => import("../../state/comparison.js")), (coming ??= begin())]);
    if (!comparison.pinned.value) pin(comparison);
  };
  return { source: layers.source, open, first: () => first(), pinFirst, compared: () => (coming ??= begin()) };
}
