/** The screen: filled by the page with F, drawn larger with +, and printed as it is. */

import { view } from "../../state/view.js";
import { onKeys } from "../../widgets/keys.js";
import { zoomNow } from "../../widgets/zoom.js";

const KEY = "convscope.size";
export const SIZES = [1, 1.25, 1.5];
const SAYS = "Larger, smaller: 125 and 150 %";

/** Narrower pages, and those that are longer than the screen, are printed as they flow. */
const WIDE = 1100;
/** What a style sheet has decided by the size of the screen: paper has another. */
const FRAME = ["--dock-w", "--insp-w", "--steps-h", "--top-h"];

export const fillScreen = () => void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
onKeys({ f: ["Full screen", fillScreen] });

const { documentElement: root, body } = document;

/** Draw everything larger or smaller, in the same arrangement. @param {number | undefined} size  One of those; undefined changes nothing. */
export function resize(size) {
  if (!size) return;
  for (const name of ["zoom", "--zoom"]) root.style.setProperty(name, String(size));
  dispatchEvent(new Event("resize"));
  view.announcement.value = `${100 * size} %`;
  try {
    localStorage.setItem(KEY, String(size));
  } catch {
    // Storage is closed to this page: the size holds until it is left.
  }
}

const next = (/** @type {1 | -1} */ by) => resize(SIZES[SIZES.indexOf(zoomNow()) + by]);
onKeys({ "+": [SAYS, () => next(1)], "-": [SAYS, () => next(-1)] });
/** One sheet of paper with what is on the screen: it has the screen's size, and printers fit it to theirs. */
const paper = new CSSStyleSheet();
document.adoptedStyleSheets.push(paper);
addEventListener("beforeprint", () => {
  if (innerWidth < WIDE || !body.matches(".page-explore, .page-shift")) return paper.replaceSync("");
  const now = getComputedStyle(root);
  const frame = FRAME.map((name) => `${name}: ${now.getPropertyValue(name)}`).join("; ");
  const size = `width: ${innerWidth / zoomNow()}px !important; height: ${(innerHeight - 4) / zoomNow()}px !important; overflow: clip !important`;
  paper.replaceSync(`@media print { @page { size: ${innerWidth}px ${innerHeight}px; margin: 0 } :root { ${frame} } html, body { ${size} } }`);
});
