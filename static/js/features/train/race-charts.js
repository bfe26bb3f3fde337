import { chartMarkup, valueAt } from "../../draw/race-chart.js";
import { largestOf } from "../../geometry/extremes.js";
import { smooth } from "../../geometry/race.js";
import { MINUS, fixed, percent } from "../../geometry/scale.js";
import { play, seek } from "../../state/race-orders.js";
import { curves, isPast, netShown, race, rowsOf, see, stepShown, testsOf, told, view } from "../../state/race.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, onSize, setMarkup } from "../../widgets/dom.js";
import { button, choices, renew, shortName } from "./parts.js";

/** @import { Chart, Line } from "../../draw/race-chart.js" */
/** @import { Race, RaceNet } from "../../api/training.js" */

const RANGE = 8;

/** Loss and accuracy over steps or seconds; or accuracy over shifts. Dragging goes to a step. */
export class RaceCharts extends BaseElement {
  #ends = { left: 1, right: 1 };

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(race, told, view, curves);
    for (const side of /** @type {const} */ (["left", "right"])) {
      const box = this.piece(side);
      onSize(box, signal, () => this.requestPaint());
      box.addEventListener("pointerdown", (event) => this.#grab(event, side), { signal });
      box.addEventListener("pointermove", (event) => box.hasPointerCapture(event.pointerId) && this.#to(event, side), { signal });
    }
  }

  /** @override */
  paint() {
    const { value } = race;
    if (!value) return;
    const { left, axis, dx } = view.value;
    renew(
      this.piece("left-head"),
      left === "loss"
        ? h("span", {}, "Loss ", h("small", {}, "thin: each batch"))
        : h("span", {}, "Right, % ", h("small", {}, `test images moved by ${String(dx).replace("-", MINUS)} px`)),
      choices("Left chart", [["loss", "Loss"], ["shift", "Shifted"]], left, (left) => see({ left: /** @type {"loss" | "shift"} */ (left) })),
    );
    renew(
      this.piece("right-head"),
      h("span", {}, "Right, % ", h("small", {}, `of ${value.test} test images`)),
      choices("Axis", [["steps", "Steps"], ["seconds", "Seconds"]], axis, (axis) => see({ axis: /** @type {"steps" | "seconds"} */ (axis) })),
    );
    const common = commonOf(value);
    this.#draw("left", left === "loss" ? lossChart(value, common) : shiftChart());
    this.#draw("right", rightChart(value, common));
    this.#start(value);
  }

  /**
   * @param {"left" | "right"} side
   * @param {Omit<Chart, "width" | "height">} chart
   */
  #draw(side, chart) {
    const box = this.piece(side);
    const svg = box.querySelector("svg");
    if (!svg || !box.clientWidth) return;
    this.#ends[side] = chart.end;
    setMarkup(svg, chartMarkup({ ...chart, width: box.clientWidth, height: box.clientHeight }));
  }

  /** @param {Race} now */
  #start(now) {
    const start = this.piece("start");
    start.hidden = now.step > 0 || now.running || now.queued > 0;
    if (start.hidden || start.childElementCount) return;
    start.append(
      button("Start the race", { class: "btn primary start" }, () => void play()),
      h("span", {}, `${now.total} steps. Or press Space.`),
    );
  }

  /** @param {PointerEvent} event @param {"left" | "right"} side */
  #grab(event, side) {
    if (event.target instanceof Element && event.target.closest("button")) return;
    this.piece(side).setPointerCapture(event.pointerId);
    this.#to(event, side);
  }

  /** @param {PointerEvent} event @param {"left" | "right"} side */
  #to(event, side) {
    const box = this.piece(side).getBoundingClientRect();
    const value = valueAt(event.clientX - box.left, box.width, this.#ends[side]);
    if (side === "left" && view.value.left === "shift") see({ dx: Math.round(value) - RANGE });
    else if (!race.value?.step) return;
    else if (view.value.axis === "steps") seek(value);
    else {
      const { seconds } = rowsOf(netShown()?.id ?? "");
      const at = seconds.findIndex((each) => each >= value);
      seek(at < 0 ? seconds.length : at + 1);
    }
  }
}

/** Where a step of a net lies on the axis. @param {string} net @param {number} step */
const placeOf = (net, step) => (view.value.axis === "steps" ? step : (rowsOf(net).seconds[step - 1] ?? 0));

/** @param {Race} now */
function commonOf(now) {
  const lead = netShown()?.id ?? "cnn";
  const total = Math.max(now.total, now.step);
  const bySteps = view.value.axis === "steps";
  const spent = now.nets.map(({ id, step }) => ((rowsOf(id).seconds.at(-1) ?? 0) * total) / Math.max(1, step));
  const end = bySteps ? total : Math.max(0.5, largestOf(spent));
  const thirds = [0, 1 / 3, 2 / 3, 1].map((share) => share * end);
  return {
    end,
    unit: view.value.axis,
    ends: thirds.map((x) => /** @type {const} */ ([x, bySteps ? String(Math.round(x)) : fixed(x, 1)])),
    ...(isPast() ? { head: placeOf(lead, stepShown()) } : {}),
    marks: now.changes.map(({ step }, at) => ({ at: placeOf(lead, step), name: String(at + 1) })),
  };
}

/** @typedef {ReturnType<typeof commonOf>} Common */

/** @param {Race} now @param {Common} common */
function lossChart(now, common) {
  const most = now.classes.length > 4 ? 2.5 : 1.75;
  const lines = now.nets.map((net) => {
    const { losses } = rowsOf(net.id);
    const points = (/** @type {readonly number[]} */ values) => values.map((y, at) => /** @type {const} */ ([placeOf(net.id, at + 1), y]));
    return { ...lineOf(net), points: points(smooth(losses)), raw: net.shuffled ? null : points(losses) };
  });
  const broken = failed(now).map((net, at) => ({ at: placeOf(net.id, net.step), y: most / 2, name: at ? "" : "not finite" }));
  return { ...common, lines, most, broken, ticks: most > 2 ? [0, 1, 2] : [0, 0.5, 1, 1.5], tick: String };
}

/** @param {Race} now @param {Common} common */
function rightChart(now, common) {
  const lines = now.nets.map((net) => {
    const points = now.step ? testsOf(net.id).map(({ step, right, count }) => /** @type {const} */ ([placeOf(net.id, step), right / count])) : [];
    return { ...lineOf(net), points };
  });
  const broken = failed(now).map((net) => ({ at: placeOf(net.id, net.step), y: 0.5, name: "" }));
  return { ...common, lines, most: 1, broken, ticks: [0, 0.5, 1], tick: share, chance: 1 / now.classes.length };
}

function shiftChart() {
  const { dx } = view.value;
  /** @type {Line[]} */
  const lines = [];
  for (const net of race.value?.nets ?? []) {
    const found = curves.value.get(net.id);
    if (!found || net.shuffled) continue;
    const here = found.right[dx + RANGE] ?? 0;
    const points = found.dx.map((x, at) => /** @type {const} */ ([x + RANGE, found.right[at] ?? 0]));
    lines.push({ ...lineOf(net), name: `${net.kind.toUpperCase()} ${percent(here, 1)}`, points });
  }
  const ends = [-8, -4, 0, 4, 8].map((x) => /** @type {const} */ ([x + RANGE, String(x).replace("-", MINUS)]));
  return { lines, most: 1, ticks: [0, 0.5, 1], tick: share, end: 2 * RANGE, ends, unit: "dx, px", head: dx + RANGE };
}

const share = (/** @type {number} */ value) => String(100 * value);
const failed = (/** @type {Race} */ now) => now.nets.filter((net) => net.failed);
const lineOf = (/** @type {RaceNet} */ net) => ({ hue: net.kind, dashed: net.shuffled, name: net.failed ? "" : shortName(net) });

customElements.define("race-charts", RaceCharts);
