import { ApiProblem, request } from "../../api/client.js";
import { folderOf } from "../../api/editing.js";
import { readPieces } from "../../api/frames.js";
import { fixed, grouped, MINUS } from "../../geometry/scale.js";
import { Newest } from "../../state/newest.js";
import { filesOfVisit, sendPhotoSet, visible } from "../../state/photo-sending.js";
import { photos as ofVisit } from "../../state/photos.js";
import { className } from "../../state/scene.js";
import { h, setHidden, setStyle, setText } from "../../widgets/dom.js";
import { counted } from "./words.js";

/** @import { ModelDetail } from "../../api/client.js" */
/** @import { FolderDone, FolderHeader, FolderSome } from "../../api/frame-headers.js" */

/** @typedef {{model: string, header: FolderHeader | null, now: FolderSome | FolderDone | null, problem: string}} Run */

/** Accuracy of A and of B over a folder of photos that lie in folders of their classes. */
export class FolderPart {
  #sentence = h("p", { class: "edit-sentence num" });
  #classes = h("ol", { class: "edit-classes num" });
  #yours = h("button", { type: "button", class: "btn small", title: "Those of this visit with the name of a class in their own, such as espresso-2.jpg" }, "Your photos");
  #again = h("button", { type: "button", class: "btn small primary" }, "Run again");
  #stop = h("button", { type: "button", class: "btn small" }, "Stop");
  #note = h("p", { class: "note" });
  #asked = new Newest();
  /** The set that was sent. @type {string | null} */
  #set = null;
  #model = "";
  /** Its classes. @type {readonly string[]} */
  #known = [];
  /** @type {Run | null} */
  #run = null;
  #sending = "";

  constructor() {
    const key = h("p", { class: "note" }, h("i", { class: "edit-dot" }), " A ", h("i", { class: "edit-dot b" }), " B, right of all");
    const acts = h("div", { class: "edit-acts" }, this.#chooser("Folder\u2026", true), this.#chooser("Zip\u2026", false), this.#yours, this.#again, this.#stop, key, this.#note);
    this.element = h("div", { class: "edit-view" }, this.#sentence, h("div", { class: "edit-sweep" }, this.#classes, acts));
    this.#yours.addEventListener("click", () => {
      const files = filesOfVisit(this.#known);
      if (files.length) void this.#begin(files);
      else this.#refuse(`Of your ${counted(ofVisit.value.length, "photo")} none has the name of a class in its own, such as \u201c${className(this.#known[0] ?? "")}.jpg\u201d.`);
    });
    ofVisit.subscribe((all) => setHidden(this.#yours, !all.length));
    this.#again.addEventListener("click", () => void this.#begin([]));
    this.#stop.addEventListener("click", () => this.#end());
    this.element.addEventListener("dragover", (event) => event.preventDefault());
    this.element.addEventListener("drop", (event) => {
      event.preventDefault();
      event.stopPropagation();
      void dropped(event.dataTransfer).then((files) => this.#begin(files));
    });
  }

  /** @param {string} text @param {boolean} folder */
  #chooser(text, folder) {
    const input = h("input", { type: "file", hidden: true, "aria-label": text, ...(folder ? { webkitdirectory: true, multiple: true } : { accept: ".zip,application/zip" }) });
    input.addEventListener("change", () => {
      const files = [...(input.files ?? [])];
      input.value = "";
      if (files.length) void this.#begin(files);
    });
    const button = h("button", { type: "button", class: "btn small" }, text);
    button.addEventListener("click", () => input.click());
    return h("span", {}, button, input);
  }

  /** @param {ModelDetail} model  The edited network as it is now. */
  paint({ id, classes }) {
    [this.#model, this.#known] = [id, classes];
    this.#show();
  }

  /** @param {string} problem */
  #refuse(problem) {
    this.#asked.end();
    this.#run = { model: this.#model, header: null, now: null, problem };
    this.#show();
  }

  #end() {
    this.#asked.end();
    this.#sending = "";
    if (this.#run) this.#run.problem = "Stopped.";
    this.#show();
  }

  /** @param {File[]} files  None: those that were sent before. */
  async #begin(files) {
    const signal = this.#asked.begin();
    const run = (this.#run = /** @type {Run} */ ({ model: this.#model, header: null, now: null, problem: "" }));
    try {
      const photos = visible(files);
      if (files.length && !photos.length) throw new ApiProblem("Nothing to read", "There is no file in it. Choose a folder of class folders, or a zip of one.", 422);
      let sent = 0;
      const tell = () => {
        this.#sending = `${grouped(sent)} of ${grouped(photos.length)} files sent`;
        this.#show();
      };
      if (photos.length) tell();
      if (photos.length) this.#set = await sendPhotoSet(photos, signal, () => (sent += 1, tell()));
      this.#sending = "";
      if (!this.#set || signal.aborted) return;
      this.#show();
      const response = await request(folderOf(this.#model, this.#set), signal);
      for await (const { header } of readPieces(/** @type {ReadableStream<Uint8Array>} */ (response.body))) {
        if (signal.aborted) return;
        if (header.error) throw new ApiProblem(header.error.title, header.error.detail, header.error.status);
        if (header.kind === "folder") run.header = header;
        else run.now = header;
        this.#show();
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#sending = "";
      run.problem = error instanceof ApiProblem ? error.detail || error.title : String(error);
      this.#show();
    }
  }

  get #busy() {
    return this.#sending !== "" || (this.#run !== null && !this.#run.problem && !(this.#run.now?.kind === "done"));
  }

  #show() {
    const { header = null, now = null, problem = "", model = this.#model } = this.#run ?? {};
    setHidden(this.#stop, !this.#busy);
    setHidden(this.#again, this.#busy || !this.#set);
    this.#sentence.replaceChildren(...this.#told(header, now));
    setText(this.#note, [problem, model === this.#model ? "" : "Of the edits before: run it again.", ...left(header, now)].filter(Boolean).join(" "));
    setStyle(this.element, "--done", String(this.#busy && header && now ? now.files / header.total : 0));
    this.#draw(header, now);
  }

  /** @param {FolderHeader | null} header @param {FolderSome | FolderDone | null} now */
  #told(header, now) {
    if (this.#sending) return [this.#sending];
    if (!header || !now) return [this.#busy ? "Reading the photos\u2026" : "What do the edits do to ", ...(this.#busy ? [] : [h("b", {}, "a whole folder"), "? Choose or drop one with a folder a class, or a zip of it: accuracy before and after."])];
    const [seen, before, after] = [now.seen, now.before, now.after].map((each) => each.reduce((sum, count) => sum + count, 0));
    const share = (/** @type {number} */ right) => fixed((100 * right) / Math.max(1, seen ?? 0), 1);
    const photos = this.#busy ? `${grouped(now.files)} of ${grouped(header.total)} photos` : counted(seen ?? 0, "photo");
    const time = this.#busy ? ` about ${Math.ceil(now.kind === "some" ? now.left : 0)} s left` : ` ${fixed(now.seconds, 1)} s`;
    return [h("b", {}, photos), ": accuracy ", h("b", {}, `${share(before ?? 0)} \u2192 ${share(after ?? 0)}\u202f%`), ", another answer for ", h("b", {}, grouped(now.other)), ".", h("small", {}, time)];
  }

  /** @param {FolderHeader | null} header @param {FolderSome | FolderDone | null} now */
  #draw(header, now) {
    const classes = header?.classes ?? [];
    this.#classes.replaceChildren(
      ...classes.map(({ label, photos }, at) => {
        const [seen = 0, before = 0, after = 0] = [now?.seen[at], now?.before[at], now?.after[at]];
        const [a, b] = [before / Math.max(1, seen), after / Math.max(1, seen)];
        const points = Math.round(100 * (b - a));
        const told = !seen ? "\u2013" : points === 0 ? "=" : points > 0 ? `+${points}` : `${MINUS}${-points}`;
        const item = h("li", { title: `${className(label)}: ${before} \u2192 ${after} right of ${seen} (${photos} photos)` }, h("span", { class: "edit-dumbbell", "aria-hidden": "true" }, ...(seen ? [h("u"), h("i", { class: "edit-dot" }), h("i", { class: "edit-dot b" })] : [])), h("b", {}, told), h("small", {}, className(label)), h("span", { class: "sr-only" }, `: ${before} before and ${after} after of ${seen}`));
        item.classList.toggle("worse", b < a);
        setStyle(item, "--a", String(a));
        setStyle(item, "--b", String(b));
        return item;
      }),
    );
  }
}

/** @param {FolderHeader | null} header @param {FolderSome | FolderDone | null} now */
function left(header, now) {
  const unknown = header?.unknown.length ? `Left out, as no class of the network: ${header.unknown.slice(0, 5).join(", ")}.` : "";
  const skipped = now?.kind === "done" && now.unreadable.length ? `${counted(now.skipped, "file")} left out, such as ${now.unreadable[0]}` : "";
  return [unknown, skipped];
}

/**
 * The files of what was dropped, with the folders that they lie in.
 *
 * @param {DataTransfer | null} transfer
 * @returns {Promise<File[]>}
 */
async function dropped(transfer) {
  // Asked before anything is awaited: afterwards a browser has forgotten them.
  const entries = [...(transfer?.items ?? [])].map((item) => item.webkitGetAsEntry());
  return (await Promise.all(entries.map((entry) => (entry ? within(entry) : [])))).flat();
}

/** @param {FileSystemEntry} entry @returns {Promise<File[]>} */
async function within(entry) {
  if (entry instanceof FileSystemFileEntry) {
    const file = /** @type {File} */ (await new Promise((resolve, reject) => entry.file(resolve, reject)));
    Object.defineProperty(file, "webkitRelativePath", { value: entry.fullPath.replace(/^\//, "") });
    return [file];
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const found = [];
  for (;;) {
    const some = /** @type {FileSystemEntry[]} */ (await new Promise((resolve, reject) => reader.readEntries(resolve, reject)));
    if (!some.length) return found;
    for (const each of some) for (const file of await within(each)) found.push(file);
  }
}
