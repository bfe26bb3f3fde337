import { bring, bringing } from "../../state/race-tasks.js";
import { BaseElement } from "../../widgets/base-element.js";
import { droppedFiles, namedFiles } from "./bringing.js";
import { showPicture } from "./test-picture.js";

/** @import { Named } from "./bringing.js" */

/** Own pictures to learn from: dropped anywhere on the page, or chosen. One picture alone is the test picture. */
export class RaceBring extends BaseElement {
  /** Nested elements each enter and leave; the drag is over the page while the count is above zero. */
  #depth = 0;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(bringing);
    for (const part of ["files", "folder"]) {
      const input = this.piece(`${part}-input`, HTMLInputElement);
      this.piece(part).addEventListener("click", () => input.click(), { signal });
      input.addEventListener("change", () => {
        void namedFiles([...(input.files ?? [])]).then(take);
        input.value = "";
      }, { signal });
    }
    addEventListener("dragenter", (event) => this.#over(event, 1), { signal });
    addEventListener("dragleave", (event) => this.#over(event, -1), { signal });
    addEventListener("dragover", (event) => event.preventDefault(), { signal });
    addEventListener("drop", (event) => this.#drop(event), { signal });
  }

  /** @override */
  paint() {
    this.piece("say").textContent = bringing.value;
    for (const part of ["files", "folder"]) this.piece(part, HTMLButtonElement).disabled = bringing.value !== "";
    this.piece("veil").hidden = this.#depth === 0;
  }

  /** @param {DragEvent} event @param {number} by */
  #over(event, by) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    this.#depth = Math.max(0, this.#depth + by);
    this.requestPaint();
  }

  /** @param {DragEvent} event */
  #drop(event) {
    this.#depth = 0;
    this.requestPaint();
    // What the page itself has taken, such as a lesson, is nothing to learn from.
    if (!event.dataTransfer || event.defaultPrevented) return;
    event.preventDefault();
    void droppedFiles(event.dataTransfer).then(take);
  }
}

/** @param {Named[]} files */
function take(files) {
  const [first] = files;
  if (files.length === 1 && first?.file.type.startsWith("image/")) void showPicture(first.file);
  else void bring(files);
}

customElements.define("race-bring", RaceBring);
