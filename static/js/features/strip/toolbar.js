import { late } from "../../api/client.js";
import { view } from "../../state/view.js";
import { choice } from "../../widgets/choice.js";
import { h, setText } from "../../widgets/dom.js";
import { onKeys } from "../../widgets/keys.js";

/** @import { LayerSource } from "../../state/sources.js" */

/**
 * What the strip is, and how it is laid out and coloured.
 *
 * @param {LayerSource} source
 * @param {AbortSignal} signal
 */
export function stripToolbar(source, signal) {
  const hint = h(
    "p",
    { class: "strip-hint" },
    h("b", {}, "Photo left, answer right."),
    " Click any map, point at any pixel.",
  );
  const usual = [...hint.childNodes];
  const where = h("b");
  const probed = [where, " can change what is outlined, and nothing else."];
  view.probe.subscribe(
    (pixel) => {
      if (pixel) setText(where, `Photo pixel row ${steady(source, pixel.y)}, column ${steady(source, pixel.x)}`);
      if (Boolean(pixel) !== (hint.firstChild === where)) hint.replaceChildren(...(pixel ? probed : usual));
    },
    { signal },
  );
  const layout = choice(
    "Layout",
    view.layout,
    [
      ["lens", "Lens", "Selected layer enlarged (Esc)"],
      ["even", "Even", "All layers the same size (Esc)"],
    ],
    signal,
  );
  const scaling = choice(
    "Colour scale",
    view.scaling,
    [
      ["layer", "Layer", "Maps of a layer share one scale"],
      ["map", "Map", "Every map has its own scale"],
    ],
    signal,
  );
  const lanes = h("div", { class: "strip-lanes", "data-place": "compare-lanes" });
  return h("div", { class: "strip-bar" }, lanes, hint, findButton(source, signal), compareButton(), layout, scaling);
}

/**
 * A number as wide as the largest: a line that is cut off costs a browser far more when its width changes.
 *
 * @param {LayerSource} source
 * @param {number} value
 */
function steady({ model }, value) {
  const { height = 1, width = 1 } = model.value?.input ?? {};
  return String(value).padStart(String(Math.max(height, width) - 1).length, "\u2007");
}

/**
 * Open the search. What is typed while it is on its way is not for the page, and is kept for it.
 *
 * @param {LayerSource} source
 */
async function search(source) {
  /** @type {string[]} */
  const typed = [];
  const hold = (/** @type {KeyboardEvent} */ event) => {
    if ((event.key.length > 1 && event.key !== "Enter") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    typed.push(event.key);
  };
  addEventListener("keydown", hold, true);
  try {
    await (await late(() => import("./layer-search.js"))).findLayer(source, typed);
  } finally {
    removeEventListener("keydown", hold, true);
  }
}

/**
 * @param {LayerSource} source
 * @param {AbortSignal} signal
 */
function findButton(source, signal) {
  const button = h("button", { type: "button", class: "btn small find", title: "Find a layer by name (/)", "aria-haspopup": "dialog" }, "Find");
  const find = () => void search(source);
  button.addEventListener("click", find, { signal });
  onKeys({ "/": ["Find a layer by name", find] }, signal);
  return button;
}

/** What it does is the page's affair. */
const compareButton = () =>
  h("button", { type: "button", class: "btn small pin", "data-open": "compare", title: "Pin this as A: what you change becomes B (P)" }, "Compare");

const LABELS = [
  ["params", "trained numbers in the layer"],
  ["MACs", "multiply-adds for one photo"],
  ["sees px", "receptive field: side of the square of the photo that one value depends on"],
];

/** What the lines of the ledger below the columns are. */
export function ledgerLabels() {
  const lines = LABELS.map(([text = "", title = ""]) => h("div", { title }, h("span", {}, text)));
  return h("div", { class: "strip-labels", "aria-hidden": "true" }, ...lines);
}
