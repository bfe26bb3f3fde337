/** What passed as a file: a frame as PNG, exactly its pixels, a second as WAV, or the last five as a film, which the server makes. */

import { request } from "../../api/client.js";
import { problemOf } from "../../state/loading.js";
import { h } from "../../widgets/dom.js";
import { saveFile } from "../../widgets/save-file.js";
import { fileOf, pngOf } from "./capture.js";

/** @import { Frame } from "../../state/live.js" */
/** @import { Watching } from "./panel.js" */

const KINDS = /** @type {const} */ ([
  ["wav", "This second, WAV"],
  ["png", "This frame, PNG"],
  ["webp", "5 s, WebP"],
  ["gif", "5 s, GIF"],
]);

/** @param {Watching} watching */
export function saveMenu(watching) {
  const title = new Option("Save\u2026", "");
  title.hidden = true;
  const menu = h("select", { class: "btn", "aria-label": "Save", title: "Save the frame, or the last five seconds, as the network gets them" }, title, ...KINDS.map(([kind, says]) => new Option(says, kind)));
  // of a picture there is no sound
  watching.hears.subscribe((hears) => menu.querySelector("[value=wav]")?.toggleAttribute("hidden", !hears));
  menu.addEventListener("change", () => {
    const kind = menu.value;
    menu.value = "";
    void save(watching, kind);
  });
  return menu;
}

/**
 * @param {Watching} watching
 * @param {string} kind
 */
async function save(watching, kind) {
  const { frames, at } = watching.live;
  const frame = at.value;
  if (!frame) return;
  const { problem } = watching.subject;
  try {
    const still = { png: pngOf, wav: fileOf }[kind];
    saveFile(await (still ? still(frame) : filmOf(frames.value, kind)), `convscope.${kind}`);
  } catch (error) {
    problem.value = problemOf(error, "Saving", () => {
      problem.value = null;
      void save(watching, kind);
    });
  }
}

/**
 * @param {readonly Frame[]} frames
 * @param {string} kind
 */
async function filmOf(frames, kind) {
  const { width = 0, height = 0 } = frames.at(-1) ?? {};
  const all = frames.filter((frame) => frame.width === width && frame.height === height);
  const times = all.map(({ time }, at) => Math.round((all[at + 1]?.time ?? NaN) - time)).slice(0, -1);
  const last = times.at(-1) ?? 100;
  const form = new FormData();
  form.append("file", new Blob(all.map(({ pixels }) => /** @type {BlobPart} */ (pixels))), "frames");
  const query = `format=${kind}&width=${width}&height=${height}&milliseconds=${[...times, last].join()}`;
  const answer = await request(`/api/clips?${query}`, undefined, { method: "POST", body: form });
  return answer.blob();
}
