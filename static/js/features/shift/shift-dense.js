import { colormap } from "../../draw/colormap.js";
import { scaleFor } from "../../draw/tensor.js";
import { largestOf, smallestOf } from "../../geometry/extremes.js";
import { grouped } from "../../geometry/scale.js";
import { strong } from "../../layer-views/words.js";
import { currentTheme } from "../../state/scene.js";
import { see, shift } from "../../state/shift.js";
import { view } from "../../state/view.js";
import { h, setText } from "../../widgets/dom.js";
import { LowerElement } from "../../widgets/lower-element.js";
import { Bars } from "./answer.js";
import { ShiftMap } from "./map.js";
import { FINER } from "./row.js";
import { writeParts } from "./sentence.js";
import { errorText } from "./words.js";

/** @import { Part } from "../../layer-views/words.js" */
/** @import { AskedResult, Contrast } from "../../state/shift-types.js" */

/** CSS pixels for the side of a picture of all outputs. */
const ROOM = 104;

/** A fully connected layer under the same shift: it has no map that could move. */
export class ShiftDense extends LowerElement {
  #bars = new Bars();
  #maps = [new ShiftMap("first", "moved, then run"), new ShiftMap("after", "at rest"), new ShiftMap("difference", "their difference")];

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    super.connected(signal);
    this.watch(shift.contrast, shift.result, shift.size, view.theme);
    this.piece("bars").replaceWith(this.#bars.element);
    const [first, after, difference] = /** @type {[Node, Node, Node]} */ (/** @type {unknown} */ (this.#maps.map(({ element }) => element)));
    const sign = (/** @type {string} */ text) => h("span", { class: "shift-operator", "aria-hidden": "true" }, text);
    this.piece("outputs").append(first, sign("\u2212"), after, sign("="), difference);
  }

  /** @override */
  seen() {
    see("contrast");
  }

  /** @override */
  paint() {
    const { contrast, result, size } = shift;
    const told = contrast.value;
    const now = result.value;
    const fresh = !!told && told.dx === now?.dx && told.dy === now.dy && !size.value;
    this.classList.toggle("waiting", !fresh);
    this.dataset.place = fresh ? `${told.dx},${told.dy}` : "";
    const line = this.piece("lead");
    if (size.value) writeParts(line, ["On the large canvas no fully connected layer fits."]);
    else if (told) writeParts(line, sentence(told));
    this.classList.toggle("untold", !told);
    for (const part of this.querySelectorAll(".shift-row, .shift-bars")) part.toggleAttribute("hidden", !!size.value);
    if (!told || size.value) return;
    this.#paintOutputs(told);
    this.#bars.paint(barsOf(told, now));
  }

  /** @param {Contrast} told */
  #paintOutputs({ node, inputs, outputs, change, moved, rest }) {
    const difference = moved.map((value, index) => value - (rest[index] ?? 0));
    setText(this.piece("name"), node);
    setText(this.piece("facts"), `${grouped(inputs)} inputs, ${grouped(outputs)} outputs`);
    setText(this.piece("error"), change === null ? "\u2013" : errorText(change));
    setText(this.piece("count"), `${grouped(difference.filter((each) => each !== 0).length)} of ${grouped(outputs)} values differ`);
    const theme = currentTheme();
    const scale = scaleFor(smallestOf(rest), largestOf(rest), "diverging");
    const palette = { scale, map: colormap("diverging", theme) };
    const finer = { scale: { low: 0, high: scale.high / FINER }, map: colormap("sequential", theme) };
    const form = formOf(outputs);
    const shown = [moved, rest, difference.map(Math.abs)].map((values) => filled(values, form.width * form.height));
    this.#maps.forEach((map, index) => map.paint(shown[index] ?? new Float32Array(), form, index === 2 ? finer : palette, null, { room: ROOM }));
  }
}

/**
 * Outputs have no places; for the eye they are written in rows, as near a square as whole rows allow.
 *
 * @param {number} count
 */
function formOf(count) {
  const least = Math.ceil(Math.sqrt(count));
  const width = Array.from({ length: least }, (_, more) => least + more).find((each) => count % each === 0) ?? least;
  return { width, height: Math.ceil(count / width) };
}

/**
 * @param {Float32Array} values
 * @param {number} length
 */
function filled(values, length) {
  const all = new Float32Array(length);
  all.set(values);
  return all;
}

/**
 * @param {Contrast} contrast
 * @param {AskedResult | null} now
 */
function barsOf({ node, change, unrelated, other }, now) {
  const first = now?.layers[0];
  const rows = [
    { name: `${node}, this shift`, error: change },
    { name: `${node}, another input (${other})`, error: unrelated },
    { name: `${first?.node ?? ""}, this shift, against its map moved along`, error: first?.error ?? null },
  ];
  const most = Math.max(0.01, largestOf(rows.map(({ error }) => error ?? 0)));
  return rows.map(({ name, error }, index) => ({ name, text: error === null ? "\u2013" : errorText(error), share: (error ?? 0) / most, best: index === 2 }));
}

/**
 * @param {Contrast} contrast
 * @returns {Part[]}
 */
function sentence({ model, node, inputs, outputs, change, unrelated, dx, dy }) {
  const who = model ? ["The fully connected layer ", strong(node), ` of ${model}`] : ["A fully connected layer with random weights (no trained one is on this server)"];
  /** @type {Part[]} */
  const parts = [...who, " reads ", strong(grouped(inputs)), " values with a weight for each and gives ", strong(grouped(outputs)), ": there is no map that could move. "];
  if (!dx && !dy) return [...parts, "Move the input to see what that does to its output."];
  if (change === null) return parts;
  parts.push("This shift changes its output by ", strong(errorText(change)));
  if (!unrelated) return [...parts, "."];
  return [...parts, "; quite another input changes it by ", strong(errorText(unrelated)), ", ", strong(times(unrelated, change)), "."];
}

/**
 * @param {number} unrelated
 * @param {number} change
 */
const times = (unrelated, change) => (unrelated > change ? `${(unrelated / change).toFixed(1)} times as much` : "no more than that");

customElements.define("shift-dense", ShiftDense);
