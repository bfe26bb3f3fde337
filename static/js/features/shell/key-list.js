import { h } from "../../widgets/dom.js";
import { allKeys } from "../../widgets/keys.js";
import { zoomNow } from "../../widgets/zoom.js";
import { SIZES, fillScreen, resize } from "./screen.js";

/** What stands on a key whose name is not what it says. @type {Record<string, string>} */
const SIGNS = {
  ...{ " ": "Space", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc" },
  Ctrl: /Mac|iPad|iPhone/.test(navigator.platform) ? "⌘" : "Ctrl",
};

/** @param {string} name  As in the table: "Shift+ArrowUp". */
function caps(name) {
  const parts = name === "+" ? [name] : name.split("+");
  return h("span", { class: "key-caps" }, ...parts.map((part) => h("kbd", {}, SIGNS[part] ?? part.toUpperCase().replace(/^(..+)$/, part))));
}

/** How large the page is drawn, for who has no keys. */
function sizes() {
  const buttons = SIZES.map((size) => h("button", { type: "button", "aria-pressed": String(size === zoomNow()) }, `${100 * size} %`));
  buttons.forEach((button, at) =>
    button.addEventListener("click", () => {
      resize(SIZES[at]);
      buttons.forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
    }),
  );
  const full = h("button", { class: "btn", type: "button" }, "Full screen");
  full.addEventListener("click", fillScreen);
  return h("div", { class: "window-foot" }, h("div", { class: "seg", role: "group", "aria-label": "Size" }, ...buttons), full);
}

/** The window with all keys of the page, made from the table in which they are entered. */
export function openKeyList() {
  const title = h("h2", { id: "keys-title" }, "Keys");
  const close = h("button", { class: "btn", type: "button" }, "Close");
  const lines = allKeys().map(([says, names]) => h("div", {}, h("dt", {}, ...names.map(caps)), h("dd", {}, says)));
  const note = h("p", { class: "key-note" }, "Wherever the focus is, except where you type.");
  const dialog = h("dialog", { class: "window key-list", "aria-labelledby": "keys-title" }, h("div", { class: "window-head" }, title, close), h("dl", {}, ...lines), note, sizes());
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
