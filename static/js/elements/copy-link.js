import { BaseElement } from "./base-element.js";
import { writeView } from "../state/url.js";
import { session } from "../state/session.js";

const SAID_FOR = 1500;

/**
 * Put a text on the clipboard; where the page may not (plain http from another host) the old way still works.
 *
 * @param {string} text
 */
export async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "sr-only";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("the browser refuses");
}

/** Copies the address of exactly this view. */
export class CopyLink extends BaseElement {
  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.querySelector("button")?.addEventListener("click", () => void this.#copy(), { signal });
  }

  async #copy() {
    const link = session.shown.value ? `${location.origin}${location.pathname}${writeView()}` : location.href;
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
    session.announcement.value = text;
    this.classList.add("said");
    setTimeout(() => {
      label.textContent = label.dataset.usual ?? "";
      this.classList.remove("said");
    }, SAID_FOR);
  }
}

customElements.define("copy-link", CopyLink);
