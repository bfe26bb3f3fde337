import { grouped } from "../geometry/scale.js";
import { see, shift } from "../state/shift.js";
import { strong } from "../layer-views/words.js";
import { BaseElement } from "./base-element.js";
import { Bars } from "./shift-answer.js";
import { writeParts } from "./shift-sentence.js";
import { errorText } from "./shift-words.js";
import { whenInView } from "./shift-view.js";

/** @import { Part } from "../layer-views/words.js" */
/** @import { Contrast } from "../state/shift-types.js" */

/** A fully connected layer under the same shift: it has no map that could move. */
export class ShiftDense extends BaseElement {
  #bars = new Bars();

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(shift.contrast, shift.result, shift.size);
    this.piece("bars").replaceWith(this.#bars.element);
    whenInView(this, () => see("contrast"), signal);
  }

  /** @override */
  paint() {
    const { contrast, result, size } = shift;
    const told = contrast.value;
    const now = result.value;
    const fresh = !!told && told.dx === now?.dx && told.dy === now.dy && !size.value;
    this.classList.toggle("stale", !fresh);
    this.dataset.place = fresh ? `${told.dx},${told.dy}` : "";
    const line = this.piece("lead");
    if (size.value) writeParts(line, ["On the large canvas no fully connected layer fits."]);
    else if (told) writeParts(line, sentence(told));
    const first = now?.layers[0];
    const rows = fresh ? [
      { name: `${told.node}, this shift`, error: told.change },
      { name: `${told.node}, another photo (${told.other})`, error: told.unrelated },
      { name: `${first?.node ?? ""}, this shift, against its map moved along`, error: first?.error ?? null },
    ] : [];
    const most = Math.max(0.01, ...rows.map(({ error }) => error ?? 0));
    this.#bars.paint(rows.map(({ name, error }, index) => ({ name, text: error === null ? "\u2013" : errorText(error), share: (error ?? 0) / most, best: index === 2 })));
  }
}

/**
 * @param {Contrast} contrast
 * @returns {Part[]}
 */
function sentence({ model, node, inputs, outputs, change, unrelated, dx, dy }) {
  const who = model ? ["The fully connected layer ", strong(node), ` of ${model}`] : ["A fully connected layer with random weights (no trained one is on this server)"];
  /** @type {Part[]} */
  const parts = [...who, " reads ", strong(grouped(inputs)), " values with a weight for each and gives ", strong(grouped(outputs)), ": there is no map that could move. "];
  if (!dx && !dy) return [...parts, "Move the photo to see what that does to its output."];
  if (change === null) return parts;
  parts.push("This shift changes its output by ", strong(errorText(change)));
  return unrelated === null ? [...parts, "."] : [...parts, "; quite another photo changes it by ", strong(errorText(unrelated)), "."];
}

customElements.define("shift-dense", ShiftDense);
