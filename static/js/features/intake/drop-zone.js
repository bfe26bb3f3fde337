import { late } from "../../api/client.js";
import { KEPT, photos } from "../../state/photos.js";
import { BaseElement } from "../../widgets/base-element.js";
import { styles } from "../../widgets/styles.js";

/** How photos are sent and kept, and what is said of what holds none. */
const taking = () => late(() => import("../../state/taking.js"));
const refuse = async () => (await taking()).tellNoPicture();

/** Names of files that hold a network; of those that cannot be opened the server says what to do. */
const NETWORK = /\.(onnx|ort|zip|pt[h2]?|ckpt|h5|keras|tflite|pb|safetensors|mlmodel)$/i;

/**
 * Look at the pictures among files or hand the first network to the page ("bring-network"), what came
 * with it behind it, else send the first file at
 * all: the server then says what is wrong with it.
 *
 * @param {DropZone} zone
 * @param {DataTransfer | null} transfer
 * @param {string} [title]
 * @returns {boolean} Whether there was any.
 */
function openFrom(zone, transfer, title) {
  const files = [...(transfer?.files ?? [])];
  const pictures = files.filter((file) => file.type.startsWith("image/"));
  const network = pictures.length ? undefined : (files.find((file) => /\.onnx$/i.test(file.name)) ?? files.find((file) => NETWORK.test(file.name)));
  const detail = network && [network, ...files.filter((file) => file !== network)];
  if (detail) zone.dispatchEvent(new CustomEvent("bring-network", { detail, bubbles: true }));
  else if (files[0]) void openAll(zone.subject, pictures.length > 1 ? files : [pictures[0] ?? files[0]], title);
  return files.length > 0;
}

/** @type {typeof import("../../state/taking.js").openAll} */
const openAll = async (...photos) => (await taking()).openAll(...photos);

/** Whether it goes where text belongs. @param {Event} event */
const isTyped = ({ target }) => target instanceof Element && target.closest("input, textarea, [contenteditable]") !== null;

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
    addEventListener("bring-photos", (event) => this.#bring(/** @type {CustomEvent<File[] | null>} */ (event).detail), options);
    const { model } = this.subject;
    model.subscribe((now) => void (now?.input.takes === "sound" && late(() => import("./offer.js")).then(({ offer }) => offer(model))), options);
    const row = async () => {
      await styles("picture");
      (await late(() => import("./own-photos.js"))).begin();
    };
    photos.subscribe((all) => (all.length || sessionStorage.getItem(KEPT)) && void row(), options);
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
    if (!event.dataTransfer || (!this.#brings(event) && isTyped(event))) return;
    // Also over what is no file, so that it is dropped here and can be told what it is.
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  }

  /** @param {DragEvent} event */
  #drop(event) {
    this.#depth = 0;
    this.hidden = true;
    // What the page itself has taken, such as a lesson, is no picture.
    if (event.defaultPrevented || (!this.#brings(event) && isTyped(event))) return;
    // An address that is dropped would have the browser leave the page.
    event.preventDefault();
    if (this.#brings(event)) openFrom(this, event.dataTransfer);
    else void refuse();
  }

  /** @param {File[] | null} files  Chosen by a button; null: what the clipboard holds. */
  #bring(files) {
    void (files ? openAll(this.subject, files) : late(() => import("./paste.js")).then(({ paste }) => paste(this.subject)));
  }

  /** @param {ClipboardEvent} event */
  #paste(event) {
    if (openFrom(this, event.clipboardData, "Pasted picture")) event.preventDefault();
    else if (!isTyped(event)) void refuse();
  }
}

customElements.define("drop-zone", DropZone);
