import { ApiProblem, request } from "../../api/client.js";
import { networkFile } from "../../api/editing.js";
import { nodeNamed } from "../../state/scene.js";
import { effect, signal } from "../../state/store.js";
import { view } from "../../state/view.js";
import { choice } from "../../widgets/choice.js";
import { h, setAttribute, setHidden, setText } from "../../widgets/dom.js";
import { saveFile } from "../../widgets/save-file.js";
import { FolderPart } from "./folder.js";
import { MuteBars } from "./mutes.js";

/** @import { Editing } from "../../state/editing.js" */
/** @import { LayerSource } from "../../state/sources.js" */
/** @import { ReadonlySignal } from "../../state/store.js" */
/** @import { Subject } from "../../state/subject.js" */

const WAYS = /** @type {const} */ ([
  ["mute", "Mute each", "Which channel of the layer matters"],
  ["folder", "Folder", "What the edits do to many photos"],
  ["film", "Film", "The forward pass, step by step"],
]);

/** On a narrow page it stands at the end of the editor, where there is room for it. */
const narrow = matchMedia("(max-width: 1099px)");

/**
 * What stands below the page while a network is edited: what each channel is worth, what the edits do to a folder of
 * photos, the film as before; and the edited network as a file.
 *
 * @param {Subject} subject
 * @param {LayerSource} source
 * @param {Editing} editing
 * @param {{open: ReadonlySignal<boolean>, mute: (channel: number) => void, panel: HTMLElement}} page
 */
export function editBelow(subject, source, editing, { open, mute, panel }) {
  const way = signal(/** @type {typeof WAYS[number][0]} */ (narrow.matches ? "mute" : "film"));
  const [bars, folder] = [new MuteBars(editing, mute), new FolderPart()];
  const tabs = choice("Below", way, WAYS, new AbortController().signal);
  tabs.classList.add("fill");
  const { button, said } = exporter(subject);
  const left = h("div", { class: "edit-ways" }, tabs, button);
  const right = h("div", { class: "edit-views" }, said, bars.element, folder.element);
  const stand = () => {
    const steps = document.querySelector(".page-explore .steps");
    if (narrow.matches) panel.append(left, right);
    else steps?.append(left, right);
    if (narrow.matches && way.value === "film") way.value = "mute";
    setHidden(/** @type {Element} */ (tabs.lastElementChild), narrow.matches);
  };
  const paint = () => {
    const shown = subject.shown.value;
    const node = nodeNamed(shown?.model ?? null, view.selection.value.node);
    const now = open.value ? way.value : "film";
    setAttribute(document.body, "data-below", now === "film" ? null : now);
    for (const part of [left, right]) setHidden(part, !open.value);
    setHidden(button, now === "film");
    setHidden(right, now === "film");
    setHidden(bars.element, now !== "mute");
    setHidden(folder.element, now !== "folder");
    button.disabled = !editing.edits().length;
    if (now !== "mute") bars.leave();
    // A number that is being dragged makes many networks: only of the last one is this asked.
    if (now === "mute" && shown && node && !shown.model.draft) bars.paint(shown, node, view.selection.value.channel, source);
    if (shown) folder.paint(shown.model);
  };
  narrow.addEventListener("change", stand);
  stand();
  effect([subject.shown, view.selection, way, open, editing.known], paint);
}

/**
 * The edited network as a file, and what was found when it was read back.
 *
 * @param {Subject} subject
 */
function exporter(subject) {
  const title = "Kernels, biases, mutes and scales are written; painted and patched maps are not";
  const button = h("button", { type: "button", class: "btn small", title }, "Export edited net, ONNX");
  const said = h("p", { class: "edit-exported", role: "status" });
  const say = (/** @type {string} */ text) => {
    setText(said, text);
    setAttribute(said, "title", text);
  };
  effect([subject.model, view.selection], () => say(""));
  button.addEventListener("click", async () => {
    const id = subject.model.value?.id ?? "";
    say("Writing and reading back\u2026");
    try {
      const response = await request(networkFile(id));
      const [, name = "edited.onnx"] = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "") ?? [];
      saveFile(await response.blob(), name);
      say(response.headers.get("X-Verification") ?? name);
    } catch (error) {
      say(error instanceof ApiProblem ? `${error.title}. ${error.detail}` : String(error));
    }
  });
  return { button, said };
}
