import { openImage } from "../state/loading.js";
import { BaseElement } from "./base-element.js";

/**
 * The first picture among files, or the first file at all: the server then says what is wrong with it.
 *
 * @param {DataTransfer | null} transfer
 * @returns {File | null}
 */
function pictureIn(transfer) {
  const files = [...(transfer?.files ?? [])];
  return files.find((file) => file.type.startsWith("image/")) ?? files[0] ?? null;
}

/** Anything dropped or pasted anywhere on the page is looked at. */
export class DropZone extends BaseElement {
  /** Nested elements each enter and leave; the drag is over the page while the count is above zero. */
  #depth = 0;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    const options = { signal };
    addEventListener("dragenter", (event) => this.#enter(event), options);
    addEventListener("dragleave", () => this.#leave(), options);
    addEventListener("dragover", (event) => this.#over(event), options);
    addEventListener("drop", (event) => this.#drop(event), options);
    addEventListener("paste", (event) => this.#paste(event), options);
  }

  /** @param {DragEvent} event */
  #brings(event) {
    return event.dataTransfer?.types.includes("Files") ?? false;
  }

  /** @param {DragEvent} event */
  #enter(event) {
    if (!this.#brings(event)) return;
    this.#depth += 1;
    this.hidden = false;
  }

  #leave() {
    this.#depth = Math.max(0, this.#depth - 1);
    if (this.#depth === 0) this.hidden = true;
  }

  /** @param {DragEvent} event */
  #over(event) {
    if (!this.#brings(event) || !event.dataTransfer) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  }

  /** @param {DragEvent} event */
  #drop(event) {
    this.#depth = 0;
    this.hidden = true;
    if (!this.#brings(event)) return;
    event.preventDefault();
    const file = pictureIn(event.dataTransfer);
    if (file) void openImage(file);
  }

  /** @param {ClipboardEvent} event */
  #paste(event) {
    const file = pictureIn(event.clipboardData);
    if (!file) return;
    event.preventDefault();
    void openImage(file, "Pasted picture");
  }
}

customElements.define("drop-zone", DropZone);
