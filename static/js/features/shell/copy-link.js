import { writeLink } from "../../state/url.js";
import { view } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { copyText } from "../../widgets/clipboard.js";

const SAID_FOR = 1500;

/** Copies the address of exactly this view. */
export class CopyLink extends BaseElement {
  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.querySelector("button")?.addEventListener("click", () => void this.#copy(), { signal });
  }

  async #copy() {
    const link = this.subject.shown.value ? `${location.origin}${location.pathname}${writeLink()}` : location.href;
    try {
      await copyText(link);
      this.#say("Link copied");
    } catch {
      this.#say("Copy it from the address bar");
    }
  }

  /** @param {string} text */
  #say(text) {
    const label = this.piece("label");
    label.dataset.usual ??= label.textContent ?? "";
    label.textContent = text;
    view.announcement.value = text;
    this.classList.add("said");
    setTimeout(() => {
      label.textContent = label.dataset.usual ?? "";
      this.classList.remove("said");
    }, SAID_FOR);
  }
}

customElements.define("copy-link", CopyLink);
