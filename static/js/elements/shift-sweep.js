import { urls } from "../api/client.js";
import { heatMarkup, shiftAtPoint } from "../draw/heat-grid.js";
import { fixed, grouped } from "../geometry/scale.js";
import { session } from "../state/session.js";
import { SWEEP, moveTo, see, shift } from "../state/shift.js";
import { sweepOf } from "../state/shift-live.js";
import { BaseElement } from "./base-element.js";
import { h, s, setAttribute, setMarkup } from "./dom.js";
import { className } from "./scene.js";
import { whenInView } from "./shift-view.js";

/** @import { AskedResult, Sweep } from "../state/shift-types.js" */

/** Colours: the class at rest, then the others by how often they come first. */
const COLOURS = ["c0", "c1", "c2", "c3", "c4"];
const OTHERS = "c5";

/** Which class comes first at every shift within 8 px: a map over dx and dy. */
export class ShiftSweep extends BaseElement {
  #squares = s("g");
  #here = s("rect", { class: "here", width: 1, height: 1 });
  #svg = s("svg", { role: "img", viewBox: viewBox(SWEEP) }, this.#squares, this.#here);

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(shift.sweep, shift.result, shift.size, session.shown);
    this.piece("heat").append(this.#svg);
    this.#svg.addEventListener("click", (event) => this.#go(event), { signal });
    whenInView(this, () => see("sweep"), signal);
  }

  /** @param {MouseEvent} event */
  #go({ clientX, clientY }) {
    const { dx, dy } = shiftAtPoint(this.#svg.getBoundingClientRect(), { x: clientX, y: clientY }, SWEEP);
    moveTo(dx, dy);
  }

  /** @override */
  paint() {
    const result = shift.result.value;
    const known = shift.sweep.value;
    const sweep = result && known?.of === sweepOf(result.asked) ? known : null;
    const labels = result?.probabilities?.labels ?? session.model.value?.classes ?? [];
    this.dataset.rows = String(sweep?.rows.size ?? 0);
    this.#paintMap(sweep, labels, result);
    this.#paintWords(sweep, labels);
    this.#paintLinks(result);
  }

  /**
   * @param {Sweep | null} sweep
   * @param {readonly string[]} labels
   * @param {AskedResult | null} result
   */
  #paintMap(sweep, labels, result) {
    const rest = result?.probabilities?.before ?? [];
    const first = sweep?.rows.get(0)?.top[SWEEP] ?? rest.indexOf(Math.max(...rest));
    const names = coloursOf(sweep, first);
    const squares = [...(sweep?.rows ?? [])].flatMap(([dy, { top, probability }]) =>
      top.map((index, column) => {
        const flip = index !== first;
        // Only the probability of the class at rest is known: where another comes first, its colour says no more.
        return { dx: column - SWEEP, dy, name: names.get(index) ?? OTHERS, share: flip ? 1 : (probability[column] ?? 0), flip };
      }),
    );
    setMarkup(this.#squares, heatMarkup(squares));
    const place = shift.place.value;
    this.#here.setAttribute("x", String(place.dx - 0.5));
    this.#here.setAttribute("y", String(place.dy - 0.5));
    this.#here.toggleAttribute("hidden", Math.max(Math.abs(place.dx), Math.abs(place.dy)) > SWEEP);
    const counts = countsOf(sweep);
    const text = [...counts].map(([index, count]) => `${className(labels[index] ?? "")} ${count}`).join(", ");
    setAttribute(this.#svg, "aria-label", `First class for every shift within ${SWEEP} pixels: ${text || "not computed yet"}`);
    const items = [...counts].map(([index, count]) =>
      h("li", {}, h("i", { class: names.get(index) ?? OTHERS, "aria-hidden": "true" }), h("b", {}, className(labels[index] ?? "")), ` ${count}`),
    );
    this.piece("legend").replaceChildren(...items);
  }

  /**
   * @param {Sweep | null} sweep
   * @param {readonly string[]} labels
   */
  #paintWords(sweep, labels) {
    const line = this.piece("summary");
    const summary = sweep?.summary;
    if (shift.size.value) return line.replaceChildren("On the large canvas there is no answer that could flip.");
    if (!summary) return line.replaceChildren(`Computing: ${sweep?.rows.size ?? 0} of ${2 * SWEEP + 1} rows are here.`);
    const strong = (/** @type {string} */ text) => h("b", { class: "num" }, text);
    const label = className(labels[summary.class_index] ?? summary.label);
    const flips = `${grouped(summary.flips)} of ${grouped(summary.shifts)}`;
    const rate = `${fixed(summary.flip_rate * 100, 1)}\u202f%`;
    const agree = `${fixed(summary.consistency * 100, 1)}\u202f%`;
    line.replaceChildren("At rest the answer is ", strong(label), ". ", strong(flips), " shifts flip it (", strong(rate), "); ", strong(agree), " of all pairs of shifts agree.");
  }

  /** @param {AskedResult | null} result */
  #paintLinks(result) {
    const layer = result?.layers[0];
    for (const link of this.querySelectorAll("a")) {
      const file = link.dataset.file ?? "";
      link.hidden = !result || (file === "shift.gif" && !layer);
      if (!result) continue;
      const { model, image, crop, border, pooling, dy } = result;
      /** @type {Record<string, string | number>} */
      const own = layer && file === "shift.gif" ? { node: layer.node, channel: layer.channel, dy } : { max_shift: SWEEP };
      setAttribute(link, "href", urls.trace(model, image, crop, file, { border, pooling, ...own }));
    }
  }
}

/** @param {number} range */
const viewBox = (range) => `${-range - 0.5} ${-range - 0.5} ${2 * range + 1} ${2 * range + 1}`;

/**
 * How often each class comes first, most often first.
 *
 * @param {Sweep | null} sweep
 * @returns {Map<number, number>}
 */
function countsOf(sweep) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const { top } of sweep?.rows.values() ?? []) for (const index of top) counts.set(index, (counts.get(index) ?? 0) + 1);
  return new Map([...counts].sort((a, b) => b[1] - a[1]));
}

/**
 * @param {Sweep | null} sweep
 * @param {number} first  The class at rest.
 * @returns {Map<number, string>}
 */
function coloursOf(sweep, first) {
  const others = [...countsOf(sweep).keys()].filter((index) => index !== first);
  return new Map([first, ...others].map((index, rank) => [index, COLOURS[rank] ?? OTHERS]));
}

customElements.define("shift-sweep", ShiftSweep);
