/** Editing a network: what offers it. The editor itself comes when it is opened, or with a link to an edited network. */

/** @import { Subject } from "../../state/subject.js" */

import { setAttribute, setHidden } from "../../widgets/dom.js";
import { styles } from "../../widgets/styles.js";

/**
 * @param {Subject} subject
 * @param {() => Promise<void>} pinFirst  Has the network as it is stand as A before it is edited.
 */
export function offerEdits(subject, pinFirst) {
  let open = false;
  /** @type {Promise<HTMLElement> | null} */
  let coming = null;
  const begin = async () => {
    const [{ editPanel }] = await Promise.all([import("./panel.js"), styles("edit")]);
    const panel = editPanel(subject, pinFirst);
    document.querySelector("[data-place=edit]")?.append(panel);
    return panel;
  };
  const show = async (/** @type {boolean} */ now) => {
    open = now;
    const panel = await (coming ??= begin());
    setHidden(panel, !open);
    for (const button of document.querySelectorAll("button[data-open=edit][aria-expanded]")) setAttribute(button, "aria-expanded", String(open));
  };
  addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("[data-open=edit]") : null;
    if (button) void show(!button.hasAttribute("aria-expanded") || !open);
  });
  subject.shown.subscribe((shown) => {
    if (shown?.model.id.includes("~edit-") && !coming) void show(true);
  });
}
