import { TIMES, grouped, percent, shapeText } from "../../geometry/scale.js";
import { viewOf } from "../../layer-views/index.js";
import { by } from "../../layer-views/words.js";
import { glyph, h } from "../../widgets/dom.js";

/** @import { ModelDetail, NodeDetail } from "../../api/client.js" */
/** @import { LayerSource } from "../../state/sources.js" */

const NONE = "\u00b7";
const UNKNOWN = "\u2013";

/**
 * Shares of exact zeros in what is on the screen: of each layer, and of all values together.
 *
 * @param {ModelDetail} model
 * @param {LayerSource} source
 * @returns {{ of: (name: string) => string, all: string }}
 */
export function zeroShares(model, source) {
  let zero = 0;
  let values = 0;
  const texts = new Map();
  for (const { name, output_shape: shape } of model.nodes) {
    const activation = source.layer(name)?.activation;
    if (!activation) continue;
    const count = shape.reduce((product, extent) => product * extent, 1);
    zero += activation.zeroFraction * count;
    values += count;
    texts.set(name, percent(activation.zeroFraction));
  }
  return { of: (name) => texts.get(name) ?? UNKNOWN, all: values ? percent(zero / values) : UNKNOWN };
}

/**
 * A count over its bar: one block for every factor of ten.
 *
 * @param {number | undefined} count
 * @param {number} [shared] What it is to be compared with.
 */
function counted(count, shared) {
  if (!count) return h("td", { class: "nil" }, NONE);
  const bar = h("i", { "aria-hidden": "true" });
  bar.style.setProperty("--tens", String(Math.log10(count)));
  const times = shared ? h("small", {}, `${TIMES}${grouped(count / shared)}`) : "";
  return h("td", { class: "counted" }, times, h("span", {}, grouped(count)), bar);
}

/** @param {string} text */
const cell = (text) => h("td", { class: text === NONE && "nil" }, text);

/**
 * One layer in numbers.
 *
 * @param {NodeDetail} node
 * @param {string} share Of zeros.
 * @param {boolean} selected
 */
export function ledgerRow(node, share, selected) {
  const view = viewOf(node.kind);
  const { parameter_count: count, alternatives, receptive_field: field } = node;
  const name = h("button", { type: "button", "aria-pressed": String(selected) }, glyph(view.glyph, view.token), node.name);
  return h(
    "tr",
    { "data-node": node.name, class: selected && "selected" },
    h("th", { scope: "row" }, name),
    h("td", { class: "kind" }, view.title),
    cell(shapeText(node.output_shape)),
    counted(count),
    counted(alternatives?.locally_connected, count),
    counted(alternatives?.dense, count),
    cell(node.macs ? grouped(node.macs) : NONE),
    cell(by(field.size)),
    cell(share),
  );
}

/**
 * The sums: of the network as it is, and with every convolution replaced.
 *
 * @param {ModelDetail} model
 * @param {string} share
 */
export function totals({ nodes, parameter_count: count, macs }, share) {
  const without = (/** @type {"locally_connected" | "dense"} */ key) =>
    nodes.reduce((sum, node) => sum + (node.alternatives?.[key] ?? node.parameter_count), 0);
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, "All layers"),
    h("td", { class: "kind" }),
    h("td"),
    counted(count),
    counted(without("locally_connected"), count),
    counted(without("dense"), count),
    cell(grouped(macs)),
    h("td"),
    cell(share),
  );
}
