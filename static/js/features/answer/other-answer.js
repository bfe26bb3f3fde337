import { shapeText } from "../../geometry/scale.js";
import { selectNode } from "../../state/view.js";
import { h } from "../../widgets/dom.js";

/** @import { ModelDetail } from "../../api/client.js" */

/**
 * An answer that is no classes: what it is, and the way to it.
 *
 * @param {ModelDetail} model
 * @returns {(Node | string)[]}
 */
export function otherAnswer(model) {
  const { nodes, output } = model;
  const shape = nodes.find((node) => node.name === output)?.output_shape ?? [];
  const maps = shape.length > 1;
  const look = h("button", { class: "btn", type: "button" }, maps ? "Look at the maps" : "Look at the numbers");
  look.addEventListener("click", () => selectNode(model, output));
  return [h("b", {}, maps ? "Maps, not classes" : "Numbers, not classes"), `: this network gives ${shapeText(shape)} values. `, look];
}
