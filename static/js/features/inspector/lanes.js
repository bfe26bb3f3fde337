import { valueAt } from "../../draw/tensor.js";
import { fixed, MINUS } from "../../geometry/scale.js";
import { relative } from "../../state/difference.js";
import { channelName } from "../../state/scene.js";
import { h, setHidden, setText } from "../../widgets/dom.js";
import { InspectorMap } from "./map.js";
import { PairedTerms } from "./paired-terms.js";

/** @import { ModelDetail, NodeDetail } from "../../api/client.js" */
/** @import { LayerSource } from "../../state/sources.js" */
/** @import { Activation, ChannelChange, Pixel } from "../../state/types.js" */

const NAMES = /** @type {const} */ (["A", "B", "B \u2212 A"]);

/** The chosen map of A, of B, and what differs, each with the value of the current pixel; and what adds up to both. */
export class InspectorLanes {
  #figures;
  #names = NAMES.map((name) => h("figcaption", {}, name));
  #values = NAMES.map(() => h("b", { class: "num" }));
  #where = h("span");
  #change = h("span");
  #maps = h("div", { class: "inspector-three" });
  #terms;

  /**
   * @param {LayerSource} source
   * @param {AbortSignal} signal
   * @param {() => void} changed Paint again.
   */
  constructor(source, signal, changed) {
    this.#figures = NAMES.map(() => new InspectorMap(source, signal, changed, true));
    this.#terms = new PairedTerms(source, changed);
    NAMES.forEach((_, lane) => {
      const map = this.#figures[lane]?.element;
      this.#maps.append(h("figure", {}, /** @type {Node} */ (this.#names[lane]), ...(map ? [map] : []), /** @type {Node} */ (this.#values[lane])));
    });
    const line = h("p", { class: "inspector-where num" }, this.#where, this.#change);
    this.element = h("div", { class: "inspector-lanes", hidden: true }, this.#maps, line, this.#terms.element);
  }

  /**
   * @param {ModelDetail} model
   * @param {NodeDetail} node
   * @param {Activation} activation
   * @param {Pixel} pixel
   * @returns {boolean} Whether two are compared: then nothing else is said of what differs.
   */
  paint(model, node, activation, pixel) {
    const lanes = activation.lanes?.all;
    setHidden(this.element, !lanes);
    if (!lanes) return false;
    const spatial = node.output_shape.length > 1;
    const name = channelName(model, node, pixel.channel);
    const [a, b, difference] = lanes.map((each) => valueAt(each, pixel.channel, pixel.y, pixel.x));
    [fixed(a ?? NaN, 3), fixed(b ?? NaN, 3), signed(difference ?? NaN, a === b)].forEach((text, lane) => setText(/** @type {Node} */ (this.#values[lane]), text));
    const gain = activation.lanes?.gain ?? 1;
    setText(/** @type {Node} */ (this.#names[2]), gain > 1 ? `${NAMES[2]}, \u00d7 ${gain}` : NAMES[2]);
    for (const figure of this.#figures) setHidden(figure.element, !spatial);
    if (spatial) lanes.forEach((each, lane) => this.#figures[lane]?.paint(each, pixel, `${node.name}, ${name}, ${NAMES[lane]}`));
    setText(this.#where, spatial ? `Row ${pixel.y}, column ${pixel.x}` : /^\d+$/.test(name) ? `Value ${name}` : name);
    setText(this.#change, changeOf(lanes[2].change?.channels.get(pixel.channel), spatial));
    setHidden(this.#terms.element, !activation.change);
    if (activation.change) this.#terms.paint(model, node, pixel);
    return Boolean(activation.change);
  }
}

/**
 * @param {number} value
 * @param {boolean} equal
 */
function signed(value, equal) {
  if (equal) return "0";
  const text = fixed(value, 3);
  return text.startsWith(MINUS) ? text : `+${text}`;
}

/**
 * @param {ChannelChange | undefined} change
 * @param {boolean} spatial
 */
function changeOf(change, spatial) {
  const what = spatial ? "channel" : "value";
  if (!change) return "";
  if (!change.differing) return `${what} exactly equal`;
  const share = relative(change.distance, change.length);
  return share === null ? `${what} was all 0` : `${what} differs by ${(100 * share).toFixed(1)}\u202f%`;
}
