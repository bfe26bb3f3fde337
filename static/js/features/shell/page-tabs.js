import { writePhoto } from "../../state/url.js";
import { BaseElement } from "../../widgets/base-element.js";

/** The other pages open with the model and the photo of this one. */
export class PageTabs extends BaseElement {
  /** @override */
  connected() {
    this.watch(this.subject.shown);
  }

  /** @override */
  paint() {
    if (!this.subject.shown.value) return;
    const search = writePhoto(this.subject);
    for (const link of this.querySelectorAll("a")) if (link.search !== search) link.search = search;
  }
}

customElements.define("page-tabs", PageTabs);
