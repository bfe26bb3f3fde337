import { late } from "../../api/client.js";
import { h, setHidden } from "../../widgets/dom.js";

/** @import { NodeDetail } from "../../api/client.js" */
/** @import { LayerSource } from "../../state/sources.js" */
/** @import { PoolCounts } from "./pool-counts.js" */

/** What a max pool throws away: counted by what comes with the first one. */
export class PoolLoss {
  element = h("div", { class: "pool-loss", hidden: true });
  /** @type {PoolCounts | null} */
  #counts = null;

  /**
   * @param {LayerSource} source
   * @param {() => void} changed Paint again.
   */
  constructor(source, changed) {
    this.source = source;
    this.changed = changed;
  }

  /**
   * @param {NodeDetail} node
   * @param {number} channel
   */
  paint(node, channel) {
    if (node.kind !== "max_pool2d") setHidden(this.element, true);
    else if (this.#counts) this.#counts.paint(node, channel);
    else void late(() => import("./pool-counts.js")).then((parts) => {
      this.#counts ??= new parts.PoolCounts(this.source, this.element);
      this.changed();
    });
  }
}
