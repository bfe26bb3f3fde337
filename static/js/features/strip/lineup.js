import { late } from "../../api/client.js";
import { extent, followedChannels, mixesChannels } from "../../geometry/graph.js";
import { ROWS, rowsOf } from "../../geometry/layout.js";
import { channelOrder, classOrder, isNamed, strongestChannels } from "../../state/scene.js";
import { selectNode, view } from "../../state/view.js";
import { h, setMarkup, s } from "../../widgets/dom.js";
import { StripColumn } from "./column.js";
import { comparedParts } from "./late.js";

/** @import { ModelDetail, NodeDetail } from "../../api/client.js" */
/** @import { Place } from "../../geometry/lanes.js" */
/** @import { ColumnSpec, Layout } from "../../geometry/layout.js" */
/** @import { LayerSource } from "../../state/sources.js" */
/** @import { StripPlan } from "./branches.js" */

/** A longer chain has blocks to fold. */
const SHORT = 24;

/** @type {typeof import("./branches.js") | null} */
let branches = null;

/** Whether every layer reads the one before it, and there are few of them. @param {readonly NodeDetail[]} nodes */
const isPlain = (nodes) =>
  nodes.length < SHORT && nodes.every(({ inputs }, at) => at === 0 || (inputs.length === 1 && inputs[0] === nodes[at - 1]?.name));

/**
 * @param {readonly NodeDetail[]} nodes
 * @returns {StripPlan}
 */
function plainPlan(nodes) {
  const all = nodes.map((_, at) => at);
  return {
    ...{ shown: all, standIn: all, places: [], room: 0, blocks: [], folded: new Set() },
    marks: () => ({ arcs: "", wires: "" }),
    paintBlocks: (row, columns, fold) => branches?.paintBlocks([], row, columns, fold),
  };
}

/**
 * @param {ModelDetail} model
 * @param {Set<string> | null} folded Names of its blocks; null: as it opens.
 * @param {() => void} arrived Ask again.
 * @returns {StripPlan | null} null while what lays branches out is on its way.
 */
function planned(model, folded, arrived) {
  if (isPlain(model.nodes)) return plainPlan(model.nodes);
  if (branches) return branches.branchedPlan(model, folded);
  void late(() => import("./branches.js")).then((module) => {
    branches = module;
    arrived();
  });
  return null;
}

/** The columns of a network, in the order in which they stand, and what of them is folded away. */
export class StripLineup {
  /** Of every layer. @type {Map<string, StripColumn>} */
  columns = new Map();
  /** Those that have a place: no block is folded over them. @type {StripColumn[]} */
  shown = [];
  /** Where each layer, or what stands for it, begins. @type {number[]} */
  starts = [];
  /** SVG of what passes over layers. */
  arcs = "";
  /** @type {StripPlan | null} */
  plan = null;
  /** Names of blocks; null: as the network opens. @type {Set<string> | null} */
  #folded = null;
  /** What was last said of them: by a fold here, or by an address. @type {ReadonlySet<string> | null} */
  #told = null;
  /** @type {ModelDetail | null} */
  #model = null;
  #changed;
  #blocks = h("div", { class: "strip-blocks" });
  /** Lines along lanes lie behind the columns, columns before `#end`. */
  #wires = s("svg", { class: "strip-links", "aria-hidden": "true" });
  #end = h("i", { hidden: true });
  elements = [this.#wires, this.#end, this.#blocks];

  /** @param {() => void} changed Ask again: another order is wanted, or can be had. */
  constructor(changed) {
    this.#changed = changed;
  }

  /**
   * @param {LayerSource} source
   * @param {ModelDetail} model
   */
  #adopt(source, model) {
    this.#model = model;
    this.#refold(view.folded.value);
    this.shown = [];
    for (const column of this.columns.values()) column.element.remove();
    const nodes = new Map(model.nodes.map((node) => [node.name, node]));
    this.columns = new Map(
      model.nodes.map((node) => [node.name, new StripColumn(source, model, node, nodes.get(node.inputs[0] ?? ""))]),
    );
  }

  /** @param {ModelDetail} model The same network, with other numbers. */
  #follow(model) {
    this.#model = model;
    for (const column of this.columns.values()) column.model = model;
  }

  /** @param {ReadonlySet<string> | null} told */
  #refold(told) {
    this.#told = told;
    this.#folded = told && new Set(told);
    this.plan = null;
  }

  /**
   * Bring the columns in order, if they are not.
   *
   * @param {LayerSource} source
   * @param {ModelDetail} model
   * @param {string} selected Layer that must be seen: its block opens.
   * @returns {"waiting" | "new" | "same"} "waiting": what lays branches out is on its way.
   */
  order(source, model, selected) {
    if (model.nodes !== this.#model?.nodes) this.#adopt(source, model);
    else if (model !== this.#model) this.#follow(model);
    if (view.folded.value !== this.#told) this.#refold(view.folded.value);
    this.#open(selected);
    if (this.plan) return "same";
    this.plan = planned(model, this.#folded, this.#changed);
    if (!this.plan) return "waiting";
    this.#folded = this.plan.folded;
    if (this.#open(selected)) this.plan = planned(model, this.#folded, this.#changed) ?? this.plan;
    this.#line(this.plan);
    return "new";
  }

  /**
   * @param {string} layer
   * @returns {boolean} Whether it stood in a folded block.
   */
  #open(layer) {
    if (!this.plan || !this.#folded?.size) return false;
    const at = [...this.columns.keys()].indexOf(layer);
    const block = this.plan.blocks.find(({ folded, first, last }) => folded && at >= first && at < last);
    if (!block) return false;
    this.#folded.delete(block.name);
    this.plan = null;
    return true;
  }

  /** @param {StripPlan} plan */
  #line({ shown, blocks }) {
    const all = [...this.columns.values()];
    this.shown = shown.flatMap((at) => all[at] ?? []);
    const seen = new Set(this.shown);
    const away = all.filter((column) => !seen.has(column));
    for (const column of away) {
      column.element.remove();
      column.layout = null;
    }
    const standing = new Map(blocks.filter(({ folded }) => folded).map((block) => [block.to, block]));
    /** @type {Element} */
    let next = this.#end;
    for (let at = this.shown.length - 1; at >= 0; at -= 1) {
      const column = /** @type {StripColumn} */ (this.shown[at]);
      const number = shown[at] ?? at;
      const above = blocks.find(({ folded, first, last }) => !folded && number >= first && number <= last);
      column.heading.standFor(standing.get(at) ?? null, above?.name);
      if (column.element.nextElementSibling !== next) next.before(column.element);
      next = column.element;
    }
    view.unseen.value = new Set(away.map((column) => column.node.name));
  }

  /**
   * The columns have got places.
   *
   * @param {Layout} layout
   */
  placed({ columns }) {
    let reached = 0;
    this.starts = this.plan?.standIn.map((at) => (reached = Math.max(reached, columns[at]?.x ?? 0))) ?? [];
    const { arcs = "", wires = "" } = this.plan?.marks(this.shown) ?? {};
    this.arcs = arcs;
    setMarkup(this.#wires, wires);
    this.plan?.paintBlocks(this.#blocks, columns, (fold, blocks) => this.#fold(fold, blocks));
  }

  /**
   * Fold blocks, or open them. A selected layer that would be folded away gives way to the last one of its block.
   *
   * @param {boolean} fold
   * @param {readonly StripPlan["blocks"][number][]} blocks
   */
  #fold(fold, blocks) {
    const names = [...this.columns.keys()];
    const at = names.indexOf(view.selection.value.node);
    for (const { name, first, last } of blocks) {
      if (!fold) this.#folded?.delete(name);
      else this.#folded?.add(name);
      if (fold && at >= first && at < last) selectNode(this.#model, names[last] ?? "");
    }
    view.folded.value = new Set(this.#folded);
    this.#changed();
  }
}

/**
 * What the layout needs to know of a column. Of more than ten channels the strongest are shown, and the one that
 * the selected channel is connected with.
 *
 * @param {StripColumn} column
 * @param {ModelDetail} model
 * @param {Place | undefined} place
 * @param {{numbers: ReadonlyMap<string, number>, changed: () => void}} page Columns by layer; `changed`: ask again.
 * @returns {ColumnSpec}
 */
export function columnSpec(column, model, place, { numbers, changed }) {
  const { node, form, channels } = column;
  const { height, width } = extent(node);
  const layer = column.layer;
  const followed = followedChannels(model.nodes, view.selection.value).get(node.name);
  const chosen = node.name === view.selection.value.node;
  const always = followed === undefined ? [] : [followed];
  const rows = chosen && view.layout.value === "lens" ? ROWS : rowsOf(place);
  const first = Array.from({ length: Math.min(form === "barcode" ? ROWS : rows, channels) }, (_, channel) => channel);
  const classes = layer && isNamed(model, node) ? classOrder(layer.activation) : null;
  return {
    form,
    channels,
    named: isNamed(model, node) && model.classes.some((name) => !/^\d+$/.test(name)),
    order: classes ?? (layer && form === "maps" && channels > ROWS && chosen ? channelOrder(layer.activation) : null),
    shown: classes?.slice(0, rows) ?? (form === "barcode" || !layer ? first : strongestChannels(layer.activation, rows, always)),
    aspect: width / height,
    lanes: form === "maps" && layer?.activation.lanes !== undefined && comparedParts(changed) !== null,
    mixes: mixesChannels(node),
    ribbons: column.view.ribbons === true,
    sources: node.inputs.flatMap((name) => numbers.get(name) ?? []),
    ...(place && { place }),
  };
}
