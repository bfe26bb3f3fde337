/** Two subjects side by side: what offers it. All that it takes comes with the first one that is pinned, or a link to two. */

/** @import { Comparison } from "../../state/comparison.js" */
/** @import { Subject } from "../../state/subject.js" */

import { openView } from "../../state/restore.js";
import { sourceOf, yieldingSource } from "../../state/sources.js";
import { readView } from "../../state/url.js";
import { onKeys } from "../../widgets/keys.js";
import { styles } from "../../widgets/styles.js";

/**
 * @param {Subject} subject
 * @returns What the elements are to draw, and how the page is brought to its address.
 */
export function offerComparison(subject) {
  const layers = yieldingSource(sourceOf(subject));
  /** @type {Promise<Comparison> | null} */
  let coming = null;
  const begin = async () => {
    const [{ beginComparison }] = await Promise.all([import("./panel.js"), styles("compare")]);
    return beginComparison(subject, layers.yieldTo);
  };
  const toggle = async () => {
    const [{ pin, unpin }, comparison] = await Promise.all([import("../../state/comparison.js"), (coming ??= begin())]);
    (comparison.pinned.value ? unpin : pin)(comparison);
  };
  onKeys({ p: () => void toggle() });
  addEventListener("click", ({ target }) => void (target instanceof Element && target.closest("[data-open=compare]") && toggle()));
  const open = async () => {
    if (!coming && !new URLSearchParams(location.search).has("a-image")) return openView(subject, readView(location.search));
    const [{ openComparison }, comparison] = await Promise.all([import("../../state/comparison-address.js"), (coming ??= begin())]);
    return openComparison(comparison, readView(location.search));
  };
  return { source: layers.source, open };
}
