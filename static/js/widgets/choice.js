import { h, setAttribute } from "./dom.js";

/** @import { Signal } from "../state/store.js" */

/**
 * A row of buttons of which one is pressed: the value of a signal.
 *
 * @template {string} T
 * @param {string} label
 * @param {Signal<T>} state
 * @param {readonly (readonly [value: T, text: string, title: string])[]} options
 * @param {AbortSignal} signal
 */
export function choice(label, state, options, signal) {
  const group = h(
    "div",
    { class: "seg", role: "group", "aria-label": label },
    h("span", { class: "seg-label", "aria-hidden": "true" }, label),
  );
  for (const [value, text, title] of options) {
    const button = h("button", { type: "button", title }, text);
    button.addEventListener("click", () => (state.value = value), { signal });
    state.subscribe((now) => setAttribute(button, "aria-pressed", String(now === value)), { signal });
    group.append(button);
  }
  return group;
}
