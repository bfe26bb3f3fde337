import { chooseRunLayer, run, runLook, runView, seeRun } from "../../state/training-run.js";
import { view as page } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h } from "../../widgets/dom.js";
import { button, colouredOf, mapOf, renew } from "./parts.js";

/** @import { RunLook } from "../../api/training-types.js" */

/** So many filters have room for their numbers. */
const NAMED = 16;

/** What the network of a run has learnt at a kept step: a layer's filters, and the kernels of one. */
export class TrainedLearnt extends BaseElement {
  /** @override */
  connected() {
    this.watch(run, runLook, runView, page.theme);
  }

  /** @override */
  paint() {
    const found = runLook.value;
    const { value } = run;
    if (!found || !value) return;
    const layers = h("select", { "aria-label": "Layer", "data-focus": "layer" }, ...Object.keys(value.layers).map((name) => new Option(name, name, false, name === found.layer)));
    layers.addEventListener("change", () => chooseRunLayer(layers.value));
    const when = found.step ? `at step ${found.step}` : "at step 0: random numbers";
    const [filters, kernels] = found.shape;
    renew(
      this,
      h("div", { class: "sheet-head" }, h("span", {}, "What it has learnt ", h("small", {}, when)), layers),
      h(
        "div",
        { class: `filters${filters > 8 ? " many" : ""}` },
        labelled("Filters", wordsOf(found)),
        cells(filters, filtersOf(found)),
        ...(kernels > 1 ? [labelled("Kernels", [`of filter ${runView.value.filter}`, ...more(kernels, found.kernels, found)]), cells(kernels, kernelsOf(found))] : []),
      ),
    );
  }
}

/** @param {string} title @param {readonly string[]} words */
const labelled = (title, words) => h("div", { class: "label" }, title, ...words.map((text) => h("small", {}, text)));

/** @param {number} count @param {readonly Node[]} children */
function cells(count, children) {
  const row = h("div", { class: "cells" }, ...children);
  row.style.setProperty("--n", String(Math.min(count, NAMED)));
  return row;
}

/** @param {RunLook} found */
function wordsOf(found) {
  const [filters, channels, height, width] = found.shape;
  const each = found.coloured ? `${height}×${width} in colour` : channels > 1 ? `kernel ${runView.value.channel} of ${channels}` : `${height}×${width} weights`;
  const size = height * width * (found.coloured ? 3 : 1);
  return [each, ...(filters * size > found.filters.length ? [`the first ${found.filters.length / size} of ${filters}`] : ["click any one"])];
}

/** @param {number} count @param {Float32Array} sent @param {RunLook} found */
const more = (count, sent, { shape: [, , height, width] }) => (count * height * width > sent.length ? [`the first ${sent.length / (height * width)}`] : []);

/** @param {RunLook} found */
function filtersOf({ shape: [, , height, width], coloured, filters, largest }) {
  const size = height * width * (coloured ? 3 : 1);
  return Array.from({ length: filters.length / size }, (_, n) =>
    cell((coloured ? colouredOf : mapOf)(filters.subarray(n * size, (n + 1) * size), width, height, largest, { "aria-hidden": "true" }), `Filter ${n}`, n, n === runView.value.filter, filters.length / size, (row, column) => seeRun({ filter: n, row, column })),
  );
}

/** @param {RunLook} found */
function kernelsOf({ shape: [, , height, width], kernels, largest }) {
  const size = height * width;
  return Array.from({ length: kernels.length / size }, (_, n) =>
    cell(mapOf(kernels.subarray(n * size, (n + 1) * size), width, height, largest, { "aria-hidden": "true" }), `Kernel for channel ${n}`, n, n === runView.value.channel, kernels.length / size, (row, column) => seeRun({ channel: n, row, column })),
  );
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string} name
 * @param {number} number
 * @param {boolean} chosen
 * @param {number} count
 * @param {(row: number, column: number) => void} choose
 */
function cell(canvas, name, number, chosen, count, choose) {
  const box = button(canvas, { class: `filter${chosen ? " chosen" : ""}`, "aria-label": name, "aria-pressed": String(chosen), "data-focus": name }, () => {});
  box.addEventListener("click", (event) => {
    const frame = canvas.getBoundingClientRect();
    const inside = (/** @type {number} */ at, /** @type {number} */ size, /** @type {number} */ of) => Math.max(0, Math.min(of - 1, Math.floor((at / size) * of)));
    // From the keyboard there is no place: the one that was chosen stays.
    if (event.detail === 0) choose(Math.min(runView.value.row, canvas.height - 1), Math.min(runView.value.column, canvas.width - 1));
    else choose(inside(event.clientY - frame.top, frame.height, canvas.height), inside(event.clientX - frame.left, frame.width, canvas.width));
  });
  return h("div", { class: chosen ? "cell chosen" : "cell" }, box, ...(count > NAMED ? [] : [h("span", { class: "fname" }, String(number))]));
}

customElements.define("trained-learnt", TrainedLearnt);
