import { urls } from "../../api/client.js";
import { openSample } from "../../state/loading.js";
import { photos } from "../../state/photos.js";
import { goAlong } from "../../state/visit.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, setText } from "../../widgets/dom.js";
import { onKeys, rove } from "../../widgets/keys.js";

/** @import { Photo } from "../../state/photos.js" */

/** Twice the size on the page, for dense screens. */
const THUMBNAIL = 96;
const COLUMNS = 5;

/** The photos brought in this visit: arrow keys move in the row, [ and ] go through it from anywhere. */
export class OwnPhotos extends BaseElement {
  /** By id, so that a picture that is there already is not fetched again. @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map();

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(photos, this.subject.image);
    const row = this.piece("row");
    row.addEventListener("keydown", (event) => rove(event, [...this.#buttons.values()], COLUMNS), { signal });
    const says = "The photo of this visit before, behind";
    onKeys({ "[": [says, () => this.#go(-1)], "]": [says, () => this.#go(1)] }, signal);
  }

  /**
   * To the photo before or after the one on screen, around the ends.
   *
   * @param {number} step
   */
  #go(step) {
    const all = photos.value;
    const at = all.findIndex(({ id }) => id === this.subject.image.value?.id);
    const next = all[at < 0 ? (step < 0 ? all.length - 1 : 0) : (at + step + all.length) % all.length];
    if (!next) return false;
    return openSample(this.subject, next);
  }

  /** @param {Photo} photo */
  #button(photo) {
    const picture = h("img", { src: urls.thumbnail(photo.id, THUMBNAIL), alt: photo.title, draggable: "false" });
    const button = h("button", { type: "button", title: photo.title, "data-image": photo.id }, picture);
    button.addEventListener("click", () => openSample(this.subject, photo));
    return button;
  }

  /** @override */
  paint() {
    const shown = this.subject.image.value?.id;
    this.hidden = !photos.value.length;
    this.#buttons = new Map(photos.value.map((photo) => [photo.id, this.#buttons.get(photo.id) ?? this.#button(photo)]));
    const all = [...this.#buttons.values()];
    const row = this.piece("row");
    if (all.length !== row.children.length || all.some((each, at) => row.children[at] !== each)) row.replaceChildren(...all);
    setText(this.piece("count"), String(all.length || ""));
    for (const button of all) button.setAttribute("aria-pressed", String(button.dataset.image === shown));
    if (this.contains(document.activeElement)) return;
    const current = all.find((each) => each.dataset.image === shown) ?? all[0];
    for (const button of all) button.tabIndex = button === current ? 0 : -1;
  }
}

customElements.define("own-photos", OwnPhotos);

let began = false;
/** Bring those of the page before, and write down which there are; once. */
export function begin() {
  if (!began) void goAlong();
  began = true;
}
