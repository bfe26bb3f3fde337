import { late } from "../../api/client.js";
import { news } from "../../state/photos.js";
import { readsDigits } from "../../state/switching.js";
import { view } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { setText } from "../../widgets/dom.js";
import { onKeys } from "../../widgets/keys.js";

const HINT_FOR = 6000;
/** Work that is done sooner than this is not worth a sentence: it would only flicker. */
const SLOW = 400;
const LOCAL_HOSTS = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** @returns {string}  Where a photo goes, in true words. */
function privacy() {
  const here = LOCAL_HOSTS.has(location.hostname);
  return here
    ? "Stays on this machine: goes to your own ConvScope server."
    : `Goes to ${location.host} and is forgotten there after a while.`;
}

/**
 * @param {import("../../state/types.js").Progress} progress
 * @returns {string}
 */
function progressSentence({ phase, label, received, total }) {
  if (!total) return `Computing: ${label}`;
  const kilobytes = (/** @type {number} */ bytes) => String(Math.round(bytes / 1000));
  const amount = `${kilobytes(received)} of ${kilobytes(total)} kB`;
  return phase === "sending" ? `Sending ${label}: ${amount}` : `Computing: ${amount} are here`;
}

/** The dock's input part: where pictures come from, and what became of the last one. */
export class ImageDock extends BaseElement {
  #privacy = privacy();
  /** Timer of a hint that stands in the place of the privacy sentence; 0 without one. */
  #hint = 0;
  #slow = false;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(this.subject.problem, this.subject.progress, this.subject.status, this.subject.image, this.subject.model);
    this.#watchSlowness(signal);
    for (const button of this.querySelectorAll("[data-source]")) {
      button.addEventListener("click", () => this.#open(button.getAttribute("data-source") ?? ""), { signal });
    }
    news.subscribe((text) => text && this.#say(text, 2 * HINT_FOR), { signal });
    const file = this.piece("file", HTMLInputElement);
    file.addEventListener("change", () => this.#upload(file), { signal });
    this.piece("retry").addEventListener("click", () => this.subject.problem.value?.retry?.(), { signal });
    const sources = /** @type {const} */ ([["u", "upload", "Upload a photo"], ["c", "camera", "Camera"], ["d", "draw", "Draw"]]);
    onKeys(Object.fromEntries(sources.map(([key, source, says]) => [key, [says, () => this.#open(source)]])), signal);
  }

  /** @param {AbortSignal} signal */
  #watchSlowness(signal) {
    let timer = 0;
    const start = () => {
      this.#slow = true;
      this.requestPaint();
    };
    this.subject.status.subscribe(
      (status) => {
        clearTimeout(timer);
        this.#slow = false;
        if (status === "loading") timer = setTimeout(start, SLOW);
      },
      { signal },
    );
  }

  /** @param {string} source */
  #open(source) {
    if (source === "upload") this.piece("file").click();
    else if (source === "paste") this.#bring(null);
    else void late(() => import("./sources.js")).then(({ openSource }) => openSource(source));
  }

  /** @param {HTMLInputElement} input */
  #upload(input) {
    this.#bring([...(input.files ?? [])]);
    // Emptied, so that choosing the same file again is a change again.
    input.value = "";
  }

  /** What takes photos stands elsewhere and comes later. @param {File[] | null} files  null: what the clipboard holds. */
  #bring(files) {
    if (files?.length !== 0) this.dispatchEvent(new CustomEvent("bring-photos", { detail: files, bubbles: true }));
  }

  /**
   * @param {string} text  Shown in place of the privacy sentence for a while.
   * @param {number} [time]  Milliseconds.
   */
  #say(text, time = HINT_FOR) {
    const note = this.piece("note");
    setText(note, text);
    note.hidden = false;
    note.classList.add("news");
    view.announcement.value = text;
    clearTimeout(this.#hint);
    this.#hint = setTimeout(() => {
      this.#hint = 0;
      this.requestPaint();
    }, time);
  }

  /** @override */
  paint() {
    const { problem, progress, status } = this.subject;
    this.querySelector('[data-part="digits"]')?.toggleAttribute("hidden", !readsDigits(this.subject.model.value));
    const failed = problem.value;
    this.piece("problem").hidden = !failed;
    if (failed) {
      this.piece("problem-title").textContent = `${failed.title.replace(/\.$/, "")}.`;
      this.piece("problem-detail").textContent = failed.about ? `${failed.about}: ${failed.detail}` : failed.detail;
      this.piece("retry").hidden = !failed.retry;
    }
    const note = this.piece("note");
    note.hidden = !!failed && !this.#hint;
    if (this.#hint) return;
    const working = this.#slow && progress.value && progressSentence(progress.value);
    const news = working || (status.value === "empty" && "Choose a photo to start.");
    setText(note, news || this.#privacy);
    note.classList.toggle("news", !!news);
  }
}

customElements.define("image-dock", ImageDock);
