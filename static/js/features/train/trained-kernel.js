import { chartMarkup } from "../../draw/race-chart.js";
import { largestOf } from "../../geometry/extremes.js";
import { fixed, grouped } from "../../geometry/scale.js";
import { run, runFilm, runLook, runView, seeRun } from "../../state/training-run.js";
import { view as page } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, s, setMarkup } from "../../widgets/dom.js";
import { button, four, renew, tint } from "./parts.js";

/** @import { Film, RunLook } from "../../api/training-types.js" */

/** Wider kernels, as those of dense layers, are told by the chosen weight alone. */
const WIDEST = 7;
const HEIGHT = 150;

/** The numbers of one kernel at a kept step, and how one weight of it came to be what it is. */
export class TrainedKernel extends BaseElement {
  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(run, runLook, runFilm, runView, page.theme);
    const details = this.querySelector("details");
    const narrow = matchMedia("(max-width: 1099px)");
    const fold = () => details?.toggleAttribute("open", !narrow.matches);
    narrow.addEventListener("change", fold, { signal });
    details?.addEventListener("toggle", () => this.requestPaint(), { signal });
    fold();
  }

  /** @override */
  paint() {
    const found = runLook.value;
    if (!found) return;
    const { filter, channel } = runView.value;
    const [row, column] = spotIn(found);
    const value = found.kernel[row * found.shape[3] + column] ?? NaN;
    const where = `${found.layer}, filter ${filter}, kernel ${channel}, row ${row}, column ${column}`;
    renew(
      this.piece("body"),
      h("div", { class: "insp-head" }, h("div", {}, h("h2", {}, "One weight"), h("p", {}, where))),
      h("div", { class: "weights" }, kernelOf(found), h("p", { class: "facts num" }, h("span", { class: "times" }, fixed(value, 5)), found.step ? `after step ${grouped(found.step)}` : "as it was drawn")),
      ...this.#history(found),
      h("p", { class: "note" }, "Which places of which images moved it is not kept by the command: batches and what the optimiser remembers are gone. ", h("a", { class: "quiet", href: "/train" }, "A race"), " keeps them, and opens every gradient."),
    );
  }

  /** The weight at the kept steps of the film. @param {RunLook} found */
  #history(found) {
    const film = runFilm.value;
    const now = run.value;
    if (!film || !now || film.key !== keyOf(found)) return [];
    const points = film.steps.map((step, at) => /** @type {const} */ ([step, weightIn(film, found, at)]));
    const most = Math.max(largestOf(points.map(([, y]) => Math.abs(y))), 1e-9);
    const svg = s("svg", { "aria-hidden": "true" });
    const box = h("div", { class: "chart weight-chart", role: "img", "aria-label": `This weight after ${points.length} kept steps: from ${four(points[0]?.[1] ?? 0)} to ${four(points.at(-1)?.[1] ?? 0)}` }, svg);
    const ends = [0, now.total].map((step) => /** @type {const} */ ([step, grouped(step)]));
    // The chart counts up from 0: the weight's own 0 lies in the middle.
    const lines = [{ hue: "cnn", dashed: false, name: "", points: points.map(([x, y]) => /** @type {const} */ ([x, y + most])) }];
    const width = this.piece("body").clientWidth - 2 * parseFloat(getComputedStyle(this.piece("body")).paddingLeft);
    setMarkup(svg, chartMarkup({ width, height: HEIGHT, lines, most: 2 * most, ticks: [0, most, 2 * most], tick: (at) => fixed(at - most, 2), end: now.total, ends, unit: "steps", head: found.step }));
    return [h("h3", { class: "weight-title" }, "This weight over the steps"), box];
  }
}

/** @param {RunLook} found */
const keyOf = (found) => JSON.stringify({ layer: found.layer, filter: runView.value.filter, channel: runView.value.channel });

/** @param {RunLook} found */
const spotIn = ({ shape: [, , height, width] }) => /** @type {const} */ ([Math.min(runView.value.row, height - 1), Math.min(runView.value.column, width - 1)]);

/** @param {Film} film @param {RunLook} found @param {number} at */
function weightIn(film, found, at) {
  const [row, column] = spotIn(found);
  const [, , height, width] = found.shape;
  const coloured = film.shape.length === 3;
  const size = (coloured ? 3 : 1) * height * width;
  return film.weights[at * size + (coloured ? runView.value.channel * height * width : 0) + row * width + column] ?? NaN;
}

/** @param {RunLook} found */
function kernelOf(found) {
  const [, , height, width] = found.shape;
  if (Math.max(height, width) > WIDEST) return h("p", { class: "facts" }, `${height}×${width} weights: click one in the picture`);
  const [top, left] = spotIn(found);
  const box = h("div", { class: "kernel num", role: "group", "aria-label": "Weights of this kernel" });
  box.style.setProperty("--k", String(width));
  box.append(
    ...[...found.kernel].map((value, at) => {
      const [row, column] = [Math.floor(at / width), at % width];
      const chosen = row === top && column === left;
      const name = `row ${row}, column ${column}`;
      return tint(button(fixed(value, 2), { class: chosen ? "chosen" : "", "aria-label": `${name}: ${fixed(value, 5)}`, "aria-pressed": String(chosen), "data-focus": name }, () => seeRun({ row, column })), value, found.largest);
    }),
  );
  return box;
}

customElements.define("trained-kernel", TrainedKernel);
