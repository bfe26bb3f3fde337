/** Editing a network: what offers it. The editor itself comes when it is opened, or with a link to an edited network. */

/** @import { LayerSource } from "../../state/sources.js" */
/** @import { Subject } from "../../state/subject.js" */
/** @import { Editor } from "./panel.js" */

import { late } from "../../api/client.js";
import { onKeys } from "../../widgets/keys.js";
import { styles } from "../../widgets/styles.js";

/**
 * @param {Subject} subject
 * @param {LayerSource} source  What the page draws.
 * @param {() => Promise<void>} pinFirst  Has the network as it is stand as A before it is edited.
 */
export function offerEdits(subject, source, pinFirst) {
  /** @type {Promise<Editor> | null} */
  let coming = null;
  const begin = async () => {
    const [{ beginEditing }] = await Promise.all([late(() => import("./panel.js")), styles("edit")]);
    return beginEditing(subject, source, pinFirst);
  };
  const act = async (/** @type {(editor: Editor) => void} */ does) => does(await (coming ??= begin()));
  addEventListener("click", ({ target }) => {
    const part = target instanceof Element ? target.closest("button[data-edit], [data-mute]") : null;
    if (part instanceof HTMLElement) void act((editor) => editor.press(part.dataset));
  });
  onKeys({
    e: ["Edit the network", () => void act((editor) => editor.toggle())],
    o: ["Mute the channel", () => void act((editor) => editor.mute())],
  });
  subject.shown.subscribe((shown) => {
    if (shown?.model.id.includes("~edit-") && !coming) void act((editor) => editor.show("kernel"));
  });
}
