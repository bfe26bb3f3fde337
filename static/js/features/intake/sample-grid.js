import { urls } from "../../api/client.js";
import { catalogue } from "../../state/catalogue.js";
import { openSample } from "../../state/loading.js";
import { samplesFor } from "../../state/switching.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h } from "../../widgets/dom.js";
import { rove } from "../../widgets/keys.js";

/** Twice the size on the page, for dense screens. */
const THUMBNAIL = 96;

/** The sample photos: arrow keys move, Enter opens. */
export class SampleGrid extends BaseElement {
  /** @type {HTMLButtonElement[]} */
  #buttons = [];

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    for (const each of [catalogue.samples, this.subject.model]) each.subscribe(() => this.#fill(), { signal });
    this.watch(this.subject.image, this.subject.status);
    this.addEventListener("keydown", (event) => rove(event, this.#buttons, this.#columns()), { signal });
  }

  #columns() {
    return getComputedStyle(this).gridTemplateColumns.split(" ").length;
  }

  /** Those that the network can make something of. */
  #fill() {
    const samples = samplesFor(catalogue.samples.value, this.subject.model.value);
    const ids = samples.map(({ id }) => id).join();
    if (this.dataset.samples === ids) return;
    this.dataset.samples = ids;
    this.#buttons = samples.map((sample) => {
      const picture = h("img", { src: urls.thumbnail(sample.id, THUMBNAIL), alt: sample.title, draggable: "false", fetchpriority: "low" });
      const attributes = { type: "button", title: sample.title, tabindex: -1, "data-image": sample.id };
      const button = h("button", attributes, picture);
      button.addEventListener("click", () => openSample(this.subject, sample));
      return button;
    });
    this.replaceChildren(...this.#buttons);
    this.requestPaint();
  }

  /** @override */
  paint() {
    const image = this.subject.image.value?.id;
    this.classList.toggle("wanted", catalogue.samples.value.length > 0 && !this.subject.image.value);
    for (const button of this.#buttons) button.setAttribute("aria-pressed", String(button.dataset.image === image));
    if (this.contains(document.activeElement)) return;
    const current = this.#buttons.find((each) => each.dataset.image === image) ?? this.#buttons[0];
    for (const button of this.#buttons) button.tabIndex = button === current ? 0 : -1;
  }
}

customElements.define("sample-grid", SampleGrid);
