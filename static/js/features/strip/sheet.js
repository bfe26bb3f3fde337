import { late } from "../../api/client.js";
import { extent } from "../../geometry/graph.js";
import { ROWS } from "../../geometry/layout.js";
import { TIMES } from "../../geometry/scale.js";
import { view } from "../../state/view.js";
import { choice } from "../../widgets/choice.js";
import { h, place, setAttribute, setHidden, setStyle } from "../../widgets/dom.js";

/** @import { NodeDetail } from "../../api/client.js" */
/** @import { StripColumn } from "./column.js" */
/** @import { Filters } from "./filters.js" */

const ORDERS = /** @type {const} */ ([
  ["index", "by number"],
  ["mean", "by mean"],
  ["max", "by maximum"],
  ["variance", "by variance"],
  ["zeros", "by share of zeros"],
]);

/**
 * Whether the kernels of a layer are to be seen.
 *
 * @param {StripColumn} column
 */
export const showsFilters = (column) =>
  view.sheet.value === "filters" && column.node.kind === "conv2d" && column.layout?.role === "focus" && !column.laned;

/** Fetched when filters are first to be seen. @type {typeof import("./filters.js") | null} */
let filters = null;

/**
 * The kernels of a layer, once they have arrived.
 *
 * @param {StripColumn} column
 * @param {() => void} arrived
 * @returns {Filters | null}
 */
export function filtersOf(column, arrived) {
  if (filters) return filters.filtersOf(column, arrived);
  void late(() => import("./filters.js")).then((parts) => {
    filters = parts;
    arrived();
  });
  return null;
}

/** @param {StripColumn} column */
export function readsPhoto({ model, node }) {
  const source = model.nodes.find(({ name }) => name === node.inputs[0]);
  return source?.kind === "input" && extent(source).channels === 3 && node.config.groups === 1;
}

/** "3×3". @param {NodeDetail} node */
function sizeOf({ name, parameters }) {
  const [, , height = 1, width = 1] = parameters[`${name}.weight`] ?? [];
  return `${height}${TIMES}${width}`;
}

/** Width of the sign before the name, and of the choice of maps or filters, CSS pixels. */
const SIGN = 26;
const VIEWS = 92;

/** What stands in the head of the sheet: maps or filters, which slice of them, in which order. */
export class StripSheet {
  #order = h("select", { "aria-label": "Order of the maps", title: "Order of the maps" });
  #slice = h("input", { type: "number", min: 0, title: "Input channel of the slices", "aria-label": "Input channel" });
  #view;

  /** @param {AbortSignal} signal */
  constructor(signal) {
    this.#order.append(...ORDERS.map(([value, text]) => h("option", { value }, text)));
    this.#order.addEventListener(
      "change",
      () => (view.order.value = /** @type {typeof view.order.value} */ (this.#order.value)),
      { signal },
    );
    view.order.subscribe((order) => (this.#order.value = order), { signal });
    this.#slice.addEventListener(
      "input",
      () => {
        const most = Number(this.#slice.max);
        view.slice.value = Math.max(0, Math.min(most, Math.round(Number(this.#slice.value)) || 0));
      },
      { signal },
    );
    view.slice.subscribe((slice) => (this.#slice.value = String(slice)), { signal });
    const views = /** @type {const} */ ([
      ["maps", "Maps", "What the layer puts out"],
      ["filters", "Filters", "The kernels that make it"],
    ]);
    this.#view = choice("Sheet", view.sheet, views, signal);
    this.element = h("div", { class: "strip-sheet" }, this.#order, this.#slice, this.#view);
  }

  /**
   * @param {StripColumn | undefined} column The chosen one; none where all columns are equal.
   * @param {number} head Height of the heads.
   */
  paint(column, head) {
    const { x = 0, width = 0, role } = column?.layout ?? {};
    const focus = column && role === "focus" && column.form === "maps" ? column : null;
    setHidden(this.#order, !focus || focus.channels <= ROWS);
    setHidden(this.#view, focus?.node.kind !== "conv2d" || focus.laned);
    const depth = focus?.node.parameters[`${focus.node.name}.weight`]?.[1] ?? 1;
    const kernels = focus && showsFilters(focus);
    const sliced = kernels && !readsPhoto(focus) && depth > 1;
    setHidden(this.#slice, !sliced);
    const size = focus ? sizeOf(focus.node) : "";
    const texts = sliced ? [`${size} of ${depth} inputs`, `${size} of ${depth}`, `of ${depth}`] : [size];
    focus?.heading.tell(kernels ? texts : [], width - (this.#view.hidden ? 0 : VIEWS));
    setAttribute(this.#slice, "max", String(depth - 1));
    setHidden(this.element, Boolean(this.#order.hidden && this.#view.hidden));
    const tools = (this.#order.hidden ? 0 : 102) + (this.#slice.hidden ? 0 : 48);
    if (focus) setStyle(focus.head, "--tools", `${tools}px`);
    focus?.heading.fit(width - SIGN - tools);
    if (!this.element.hidden) place(this.element, { left: x, width, height: head });
  }
}
