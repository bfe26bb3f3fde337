import { view } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { onKeys } from "../../widgets/keys.js";

/** @import { Theme } from "../../state/types.js" */

const STORED = "convscope.theme";

/** @param {string | null} theme */
const chosen = (theme) => (theme === "light" || theme === "dark" ? theme : null);

/** @returns {Theme} */
function storedTheme() {
  try {
    return chosen(localStorage.getItem(STORED)) ?? "auto";
  } catch {
    return "auto";
  }
}

/** @param {Theme} theme */
function store(theme) {
  try {
    if (theme === "auto") localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, theme);
  } catch {
    // Storage is closed to this page: the choice holds until it is left.
  }
}

/** Light or dark: the system's theme until the button or T says otherwise. */
export class ThemeToggle extends BaseElement {
  #system = matchMedia("(prefers-color-scheme: dark)");

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    // that of the link that led here
    const sent = chosen(new URLSearchParams(location.search).get("theme"));
    view.sent.value = sent !== null;
    view.theme.value = sent ?? storedTheme();
    this.watch(view.theme);
    this.querySelector("button")?.addEventListener("click", () => this.#toggle(), { signal });
    this.#system.addEventListener("change", () => this.requestPaint(), { signal });
    onKeys({ t: ["Light or dark", () => this.#toggle()] }, signal);
  }

  get #dark() {
    const theme = view.theme.value;
    return theme === "auto" ? this.#system.matches : theme === "dark";
  }

  #toggle() {
    const next = this.#dark ? "light" : "dark";
    // Back to the system's theme where the two agree, so that the page follows the evening again.
    const follows = (next === "dark") === this.#system.matches;
    view.sent.value = false;
    view.theme.value = follows ? "auto" : next;
    store(view.theme.value);
    // At once: what paints with the colours of the page must read the new ones.
    this.paint();
    view.announcement.value = `${next} theme`;
  }

  /** @override */
  paint() {
    const { theme } = view;
    if (theme.value === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme.value;
    this.querySelector("button")?.setAttribute("aria-label", `Switch to the ${this.#dark ? "light" : "dark"} theme`);
  }
}

customElements.define("theme-toggle", ThemeToggle);
