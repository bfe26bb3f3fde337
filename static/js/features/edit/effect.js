import { plane } from "../../draw/tensor.js";
import { largestOf } from "../../geometry/extremes.js";
import { fixed } from "../../geometry/scale.js";
import { className } from "../../state/scene.js";
import { h, setHidden, setText } from "../../widgets/dom.js";

/** @import { ModelDetail } from "../../api/client.js" */
/** @import { LayerSource } from "../../state/sources.js" */
/** @import { Subject } from "../../state/subject.js" */

/** A layer that differs by more has changed. */
const CHANGED = 0.01;

/** What the edits do to the answer: of the class that A gives. */
export class EffectFoot {
  #name = h("span");
  #logit = h("b");
  #change = h("b", { class: "value-large" });
  #layers = h("small", {});
  element = h("div", { class: "edit-effect num" }, h("span", {}, this.#name, this.#logit), this.#change, this.#layers);

  /**
   * @param {Subject} subject
   * @param {LayerSource} source
   */
  paint(subject, source) {
    const [sides, model, shown] = [source.sides?.(), subject.model.value, subject.shown.value];
    const answer = model?.nodes.find(({ name }) => name === model.output);
    const [a, b] = [sides?.a, sides?.b].map((side) => (answer ? side?.layer(answer.name)?.activation : undefined));
    const there = Boolean(model?.classes.length && answer?.kind === "softmax" && a?.data.length && b?.data.length);
    setHidden(this.element, !there);
    if (!there || !model || !answer || !a || !b || !sides) return;
    const values = plane({ ...a, shape: [1, a.data.length] }, 0);
    const asked = values.indexOf(largestOf(values));
    const logits = sides.b.layer(answer.inputs[0] ?? "")?.activation;
    setText(this.#name, `${className(model.classes[asked] ?? "")}, logit `);
    setText(this.#logit, logits?.data.length ? fixed(logits.data[asked] ?? NaN) : "");
    setText(this.#change, `${share(a.data[asked])} \u2192 ${share(b.data[asked])}\u202f%`);
    setText(this.#layers, [changed(source, model), shown?.milliseconds ? `${fixed(shown.milliseconds, 0)} ms` : ""].filter(Boolean).join(" \u00b7 "));
  }
}

/** @param {number | undefined} probability */
const share = (probability = NaN) => (100 * probability).toFixed(1);

/** @param {LayerSource} source @param {ModelDetail} model */
function changed(source, { nodes }) {
  const distances = source.distances?.();
  if (!distances) return "";
  const far = [...distances.of.values()].filter(({ relative, equal }) => !equal && (relative ?? Infinity) > CHANGED).length;
  return `${far} of ${nodes.length} layers change by more than 1\u202f%`;
}
