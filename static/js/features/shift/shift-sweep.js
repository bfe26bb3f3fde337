import { urls } from "../../api/client.js";
import { axesMarkup, heatMarkup, shiftNear, viewBox } from "../../draw/heat-grid.js";
import { largestOf } from "../../geometry/extremes.js";
import { fixed, grouped } from "../../geometry/scale.js";
import { strong } from "../../layer-views/words.js";
import { className } from "../../state/scene.js";
import { sweepOf } from "../../state/shift-live.js";
import { SWEEP, moveTo, see, shift } from "../../state/shift.js";
import { doubtOf, named } from "../../state/verdict.js";
import { h, s, setAttribute, setMarkup, setText } from "../../widgets/dom.js";
import { LowerElement } from "../../widgets/lower-element.js";
import { writeParts } from "./sentence.js";
import { percentText } from "./words.js";

/** @import { Doubt } from "../../api/client.js" */
/** @import { Part } from "../../layer-views/words.js" */
/** @import { AskedResult, Place, Sweep } from "../../state/shift-types.js" */

/** Colours: the class at rest, then the others by how often they come first. */
const COLOURS = ["c0", "c1", "c2", "c3", "c4"];
const OTHERS = "c5";

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Which class comes first at every shift within 8 px: a map over dx and dy. */
export class ShiftSweep extends LowerElement {
  #squares = s("g");
  #axes = s("g", { class: "axes" });
  #here = s("rect", { class: "here", width: 1, height: 1 });
  #svg = /** @type {SVGSVGElement} */ (
    s("svg", { role: "application", tabindex: 0, viewBox: viewBox(SWEEP) }, this.#axes, this.#squares, this.#here)
  );
  /** What the squares were drawn from: they are many, and most answers change none. */
  #drawn = { sweep: /** @type {Sweep | null} */ (null), first: -2 };
  /** The square under the pointer. @type {Place | null} */
  #pointed = null;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    super.connected(signal);
    this.watch(shift.sweep, shift.result, shift.size, this.subject.shown, this.subject.opinion);
    setMarkup(this.#axes, axesMarkup(SWEEP));
    this.piece("heat").append(this.#svg);
    const options = { signal };
    this.#svg.addEventListener("pointerdown", (event) => this.#grab(event), options);
    this.#svg.addEventListener("pointermove", (event) => this.#over(event), options);
    this.#svg.addEventListener("pointerleave", () => this.#point(null), options);
    this.#svg.addEventListener("keydown", (event) => this.#key(event), options);
  }

  /** @override */
  seen() {
    see("sweep");
  }

  /** @param {PointerEvent} event */
  #under({ clientX, clientY }) {
    const seen = this.#svg.getScreenCTM()?.inverse();
    return shiftNear(new DOMPoint(clientX, clientY).matrixTransform(seen), SWEEP);
  }

  /** @param {PointerEvent} event */
  #grab(event) {
    if (event.button !== 0) return;
    this.#svg.setPointerCapture(event.pointerId);
    this.#go(this.#under(event));
  }

  /** @param {PointerEvent} event */
  #over(event) {
    const place = this.#under(event);
    if (this.#svg.hasPointerCapture(event.pointerId)) this.#go(place);
    this.#point(event.pointerType === "mouse" ? place : null);
  }

  /** @param {Place | null} place */
  #point(place) {
    if (place?.dx === this.#pointed?.dx && place?.dy === this.#pointed?.dy) return;
    this.#pointed = place;
    this.requestPaint();
  }

  /** @param {Place} place */
  #go({ dx, dy }) {
    moveTo(dx, dy);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const way = ARROWS[event.key];
    if ((!way && event.key !== "0") || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const { dx, dy } = shift.place.value;
    const within = (/** @type {number} */ value) => Math.max(-SWEEP, Math.min(SWEEP, value));
    if (way) this.#go({ dx: within(dx + way[0]), dy: within(dy + way[1]) });
    else this.#go({ dx: 0, dy: 0 });
  }

  /** @override */
  paint() {
    const result = shift.result.value;
    const known = shift.sweep.value;
    const sweep = result && known?.of === sweepOf(result.asked) ? known : null;
    const labels = (result?.probabilities?.labels ?? this.subject.model.value?.classes ?? []).map(className);
    const none = shift.size.value !== null ? "On the large canvas there is" : this.subject.model.value?.classes.length ? "" : "This network gives no classes: there is";
    for (const part of this.querySelectorAll("[data-only=answers]")) part.toggleAttribute("hidden", none !== "");
    this.dataset.rows = String(sweep?.rows.size ?? 0);
    const rest = result?.probabilities?.before ?? [];
    const first = sweep?.rows.get(0)?.top[sweep.range] ?? rest.indexOf(largestOf(rest));
    this.#paintSquares(sweep, labels, first);
    this.#paintPlace(sweep, labels, first, result ?? { dx: 0, dy: 0 });
    writeParts(this.piece("summary"), summaryOf(sweep, labels, none, doubtOf(this.subject)));
    this.#paintLinks(result);
  }

  /**
   * @param {Sweep | null} sweep
   * @param {readonly string[]} labels
   * @param {number} first  The class at rest.
   */
  #paintSquares(sweep, labels, first) {
    if (sweep === this.#drawn.sweep && first === this.#drawn.first) return;
    this.#drawn = { sweep, first };
    const names = coloursOf(sweep, first);
    const range = sweep?.range ?? SWEEP;
    const squares = [...(sweep?.rows ?? [])].flatMap(([dy, { top, probability }]) =>
      top.map((index, column) => {
        const flip = index !== first;
        // Only the probability of the class at rest is known: where another comes first, its colour says no more.
        return { dx: column - range, dy, name: names.get(index) ?? OTHERS, share: flip ? 1 : (probability[column] ?? 0), flip };
      }),
    );
    setMarkup(this.#squares, heatMarkup(squares));
    const items = [...countsOf(sweep)].map(([index, count]) =>
      h("li", {}, h("i", { class: names.get(index) ?? OTHERS, "aria-hidden": "true" }), h("b", {}, labels[index] ?? ""), ` ${count}`),
    );
    this.piece("legend").replaceChildren(...items);
  }

  /**
   * @param {Sweep | null} sweep
   * @param {readonly string[]} labels
   * @param {number} first
   * @param {Place} place  Where the photo is.
   */
  #paintPlace(sweep, labels, first, { dx, dy }) {
    setAttribute(this.#here, "x", String(dx - 0.5));
    setAttribute(this.#here, "y", String(dy - 0.5));
    this.#here.toggleAttribute("hidden", Math.max(Math.abs(dx), Math.abs(dy)) > SWEEP);
    setText(this.piece("place"), placeText(sweep, labels, first, this.#pointed ?? { dx, dy }));
    const counts = [...countsOf(sweep)].map(([index, count]) => `${labels[index]} ${count}`).join(", ");
    const told = `${placeText(sweep, labels, first, { dx, dy })}. Arrow keys move the photo, 0 puts it back.`;
    setAttribute(this.#svg, "aria-label", `First class for every shift within ${SWEEP} pixels: ${counts || "not computed yet"}. ${told}`);
  }

  /** @param {AskedResult | null} result */
  #paintLinks(result) {
    const layer = result?.layers[0];
    // on a small picture less than is asked for
    const range = shift.sweep.value?.range ?? SWEEP;
    for (const link of this.querySelectorAll("a")) {
      const file = link.dataset.file ?? "";
      link.hidden = !result || (file === "shift.gif" && !layer);
      if (!result) continue;
      const { model, image, crop, border, pooling, dy } = result;
      /** @type {Record<string, string | number>} */
      const own = layer && file === "shift.gif" ? { node: layer.node, channel: layer.channel, dy } : { max_shift: range };
      setAttribute(link, "href", urls.trace(model, image, crop, file, { border, pooling, ...own }));
    }
  }
}

/**
 * @param {Sweep | null} sweep
 * @param {readonly string[]} labels
 * @param {string} none  Why there is no answer, and the beginning of the sentence that says so; "" where there is one.
 * @param {Doubt | null} doubt
 * @returns {Part[]}
 */
function summaryOf(sweep, labels, none, doubt) {
  const summary = sweep?.summary;
  if (none) return [`${none} no answer that could flip.`];
  if (!summary) return [`Computing: ${sweep?.rows.size ?? 0} of ${2 * (sweep?.range ?? SWEEP) + 1} rows are here.`];
  const flips = `${grouped(summary.flips)} of ${grouped(summary.shifts)}`;
  const rate = `${fixed(summary.flip_rate * 100, 1)}\u202f%`;
  const agree = `${fixed(summary.consistency * 100, 1)}\u202f%`;
  return [
    ...["At rest the answer is ", strong(named(labels[summary.class_index] ?? summary.label, doubt)), ". "],
    ...[strong(flips), " shifts flip it (", strong(rate), "); ", strong(agree), " of all pairs of shifts agree."],
  ];
}

/**
 * What comes first after one shift.
 *
 * @param {Sweep | null} sweep
 * @param {readonly string[]} labels
 * @param {number} first
 * @param {Place} place
 */
function placeText(sweep, labels, first, { dx, dy }) {
  const where = `dx ${fixed(dx, 0)}, dy ${fixed(dy, 0)}: `;
  const row = sweep?.rows.get(dy);
  const column = dx + (sweep?.range ?? SWEEP);
  const top = row?.top[column];
  if (!row || top === undefined) return `${where}\u2013`;
  const share = `${percentText(row.probability[column] ?? 0)}\u202f%`;
  return where + (top === first ? `${labels[first]}, ${share}` : `${labels[top]}; ${labels[first]} ${share}`);
}

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
