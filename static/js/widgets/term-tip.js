import { h } from "./dom.js";
import { zoomNow } from "./zoom.js";

/** Pixels between the tip and the edges of the window. */
const EDGE = 8;

const tip = h("div", { class: "term-tip", role: "tooltip", popover: "manual" });
/** The word that it is about. @type {Element | null} */
let about = null;

/** @param {EventTarget | null} target */
const belongs = (target) => target instanceof Node && Boolean(about?.contains(target) || tip.contains(target));

/** Say what a word means, until pointer and focus have left word and tip, or Escape is pressed. @param {Element} word */
export function showTip(word) {
  if (!tip.isConnected) document.body.append(tip);
  about = word;
  tip.textContent = word.getAttribute("aria-description");
  Object.assign(tip.style, { left: "0", top: "0" });
  tip.showPopover();
  const at = word.getBoundingClientRect();
  const { width, height } = tip.getBoundingClientRect();
  const left = Math.max(EDGE, Math.min(at.left + at.width / 2 - width / 2, innerWidth - width - EDGE));
  const above = at.top - height >= EDGE;
  const zoom = zoomNow();
  Object.assign(tip.style, { left: `${left / zoom}px`, top: `${(above ? at.top - height : at.bottom) / zoom}px` });
}

function hide() {
  about = null;
  if (tip.matches(":popover-open")) tip.hidePopover();
}

document.addEventListener("pointerover", ({ target }) => about && !belongs(target) && about !== document.activeElement && hide());
document.addEventListener("focusout", () => about && !about.matches(":hover") && hide());
document.addEventListener("scroll", ({ target }) => target instanceof Node && about && target.contains(about) && hide(), { capture: true });
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape" || !about) return;
    event.preventDefault();
    event.stopPropagation();
    hide();
  },
  { capture: true },
);
