/** The screen: filled by the page with F, and printed as it is. */

import { onKeys } from "../../widgets/keys.js";

/** Narrower pages, and those that are longer than the screen, are printed as they flow. */
const WIDE = 1100;
/** What a style sheet has decided by the size of the screen: paper has another. */
const FRAME = ["--dock-w", "--insp-w", "--steps-h", "--top-h"];

onKeys({ f: ["Full screen", () => void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen())] });

const { documentElement: root, body } = document;
/** One sheet of paper with what is on the screen: it has the screen's size, and printers fit it to theirs. */
const paper = new CSSStyleSheet();
document.adoptedStyleSheets.push(paper);
addEventListener("beforeprint", () => {
  if (innerWidth < WIDE || !body.matches(".page-explore, .page-shift")) return paper.replaceSync("");
  const now = getComputedStyle(root);
  const frame = FRAME.map((name) => `${name}: ${now.getPropertyValue(name)}`).join("; ");
  const size = `width: ${innerWidth}px !important; height: ${innerHeight - 1}px !important; overflow: clip !important`;
  paper.replaceSync(`@media print { @page { size: ${innerWidth}px ${innerHeight}px; margin: 0 } :root { ${frame} } html, body { ${size} } }`);
});
