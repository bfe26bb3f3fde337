import { openImage } from "../../state/loading.js";
import { BaseElement } from "../../widgets/base-element.js";

/** Names of files that hold a network; of those that cannot be opened the server says what to do. */
const NETWORK = /\.(onnx|pt[h2]?|ckpt|h5|keras|tflite|pb|safetensors)$/i;

/**
 * Look at the first picture among files or hand the first network to the page ("bring-network"), else send the first
 * file at all: the server then says what is wrong with it.
 *
 * @param {DropZone} zone
 * @param {DataTransfer | null} transfer
 * @param {string} [title]
 * @returns {boolean} Whether there was any.
 */
function openFrom(zone, transfer, title) {
  const files = [...(transfer?.files ?? [])];
  const picture = files.find((file) => file.type.startsWith("image/"));
  const network = picture ? undefined : files.find((file) => NETWORK.test(file.name));
  const file = picture ?? files[0];
  if (network) zone.dispatchEvent(new CustomEvent("bring-network", { detail: network, bubbles: true }));
  else if (file) void openImage(zone.subject, file, title);
  return file !== undefined;
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
    // What the page itself has taken, such as a lesson, is no picture.
    if (!this.#brings(event) || event.defaultPrevented) return;
    event.preventDefault();
    openFrom(this, event.dataTransfer);
  }

  /** @param {ClipboardEvent} event */
  #paste(event) {
    if (openFrom(this, event.clipboardData, "Pasted picture")) event.preventDefault();
  }
}

customElements.define("drop-zone", DropZone);
