import { chartMarkup, valueAt } from "../../draw/race-chart.js";
import { smooth, thinned } from "../../geometry/race.js";
import { grouped } from "../../geometry/scale.js";
import { keptShown, run, runRows, runTests, runTold, runView, seekKept } from "../../state/training-run.js";
import { BaseElement } from "../../widgets/base-element.js";
import { onSize, setMarkup } from "../../widgets/dom.js";

/** @import { Chart } from "../../draw/race-chart.js" */
/** @import { TrainingRun } from "../../api/training-runs.js" */

/** Parts of a line that are told apart. */
const PARTS = 400;

/** Loss and accuracy of a run over its steps; dragging goes to the nearest step that is kept. */
export class TrainedCharts extends BaseElement {
  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(run, runTold, runView);
    for (const side of /** @type {const} */ (["left", "right"])) {
      const box = this.piece(side);
      onSize(box, signal, () => this.requestPaint());
      box.addEventListener("pointerdown", (event) => (box.setPointerCapture(event.pointerId), this.#to(event, box)), { signal });
      box.addEventListener("pointermove", (event) => box.hasPointerCapture(event.pointerId) && this.#to(event, box), { signal });
    }
  }

  /** @override */
  paint() {
    const { value } = run;
    if (!value) return;
    this.#draw("left", lossChart(value));
    this.#draw("right", rightChart(value));
  }

  /** @param {"left" | "right"} side @param {Omit<Chart, "width" | "height">} chart */
  #draw(side, chart) {
    const box = this.piece(side);
    const svg = box.querySelector("svg");
    if (svg && box.clientWidth) setMarkup(svg, chartMarkup({ ...chart, width: box.clientWidth, height: box.clientHeight }));
  }

  /** @param {PointerEvent} event @param {HTMLElement} box */
  #to(event, box) {
    const { left, width } = box.getBoundingClientRect();
    seekKept(valueAt(event.clientX - left, width, run.value?.total ?? 0));
  }
}

/** @param {TrainingRun} now */
function commonOf(now) {
  const ends = [0, 1 / 3, 2 / 3, 1].map((share) => Math.round(share * now.total));
  return {
    end: now.total,
    unit: "steps",
    ends: ends.map((step) => /** @type {const} */ ([step, grouped(step)])),
    head: keptShown(),
  };
}

/** @param {readonly number[]} values */
const points = (values) => thinned(values.map((value, at) => /** @type {const} */ ([runRows.steps[at] ?? 0, value])), PARTS);

/** The axis reaches what guessing costs, and a quarter more: it does not jump. @param {TrainingRun} now */
function lossChart(now) {
  const most = Math.ceil(2.5 * Math.log(Math.max(2, now.classes.length))) / 2;
  const { losses } = runRows;
  const lines = [{ hue: "cnn", dashed: false, name: now.net, points: points(smooth(losses)), raw: points(losses) }];
  const tick = most > 2.5 ? 1 : 0.5;
  return { ...commonOf(now), lines, most, ticks: Array.from({ length: Math.floor(most / tick) + 1 }, (_, at) => at * tick), tick: String };
}

/** @param {TrainingRun} now */
function rightChart(now) {
  const tests = runTests.map(({ step, right, count }) => /** @type {const} */ ([step, right / count]));
  const batches = points(smooth(runRows.accuracies));
  const lines = [
    { hue: "cnn", dashed: true, name: "batches", points: batches },
    { hue: "cnn", dashed: false, name: tests.length ? "tests" : "", points: tests },
  ];
  return { ...commonOf(now), lines, most: 1, ticks: [0, 0.5, 1], tick: (/** @type {number} */ value) => String(100 * value), chance: 1 / now.classes.length };
}

customElements.define("trained-charts", TrainedCharts);
