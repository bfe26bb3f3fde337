import { plane } from "../../draw/tensor.js";
import { thrownAway, unmoved } from "../../geometry/pooling.js";
import { grouped } from "../../geometry/scale.js";
import { h, setHidden } from "../../widgets/dom.js";

/** @import { NodeDetail } from "../../api/client.js" */
/** @import { LayerSource } from "../../state/sources.js" */
/** @import { Activation } from "../../state/types.js" */

const STEPS = [-1, 0, 1];
const SIGNS = /** @type {const} */ ([["\u2196", "\u2191", "\u2197"], ["\u2190", "", "\u2192"], ["\u2199", "\u2193", "\u2198"]]);

/** What a max pool throws away of the map it reads, and what it does not notice, counted on this photo. */
export class PoolCounts {
  #lost = h("p");
  #grid = h("table", { class: "pool-shifts num" });
  /** @type {Activation | null} */
  #read = null;
  #key = "";

  /**
   * @param {LayerSource} source
   * @param {HTMLElement} element  Where it is told.
   */
  constructor(source, element) {
    this.source = source;
    this.element = element;
    element.append(h("h3", {}, "What it throws away"), this.#lost, h("p", {}, "Of this map, output values that stay the same to the last bit when the map before it moves by 1 px:"), this.#grid);
  }

  /**
   * @param {NodeDetail} node  A max pool.
   * @param {number} channel
   */
  paint(node, channel) {
    const from = this.source.layer(node.inputs[0] ?? "")?.activation ?? null;
    const map = from && plane(from, channel);
    setHidden(this.element, !map?.length);
    const key = `${node.name}/${channel}`;
    if (!from || !map?.length || (from === this.#read && key === this.#key)) return;
    [this.#read, this.#key] = [from, key];
    const [, height = 1, width = 1] = from.shape;
    const [, rows = 1, columns = 1] = node.output_shape;
    /** @param {string} name @returns {[number, number]} */
    const pair = (name) => /** @type {[number, number]} */ (node.config[name]);
    const pool = { size: pair("kernel_size"), stride: pair("stride"), padding: /** @type {number[]} */ (node.config.padding ?? []) };
    const { read, thrown, equal } = thrownAway(map, [height, width], pool, [rows, columns]);
    const [down, across] = pool.size;
    const share = thrown ? Math.round((100 * equal) / thrown) : 0;
    this.#lost.textContent = `${down * across - 1} of every ${down * across} values: ${grouped(thrown)} of ${grouped(read)} here, of which ${grouped(equal)} (${share}\u202f%) are equal to the one that is kept, so nothing is lost with them.`;
    this.#grid.replaceChildren(...STEPS.map((dy, row) => h("tr", {}, ...STEPS.map((dx, column) => {
      if (!dy && !dx) return h("td", {}, "at rest");
      const { same, compared } = unmoved(map, [height, width], pool, [rows, columns], [dy, dx]);
      return h("td", { title: `${grouped(same)} of ${grouped(compared)} values` }, `${SIGNS[row]?.[column]} ${compared ? Math.floor((100 * same) / compared) : 0}\u202f%`);
    }))));
  }
}
