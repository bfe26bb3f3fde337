import { shiftAt, xOf, yOf } from "../../draw/line-chart.js";
import { largestOf } from "../../geometry/extremes.js";
import { fixed } from "../../geometry/scale.js";
import { onSystemTheme } from "../../state/scene.js";
import { curveOf } from "../../state/shift-live.js";
import { CURVE, MOST_LAYERS, addLayer, changeLayer, moveTo, removeLayer, shift } from "../../state/shift.js";
import { doubtOf } from "../../state/verdict.js";
import { view } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { setAttribute, setText } from "../../widgets/dom.js";
import { ShiftAnswer } from "./answer.js";
import { ShiftChart, frameOf } from "./chart.js";
import { ShiftCursor } from "./cursor.js";
import { ShiftRow } from "./row.js";
import { zoomNow } from "../../widgets/zoom.js";

/** @import { CurvePoint } from "../../api/live-messages.js" */
/** @import { Area } from "../../draw/marks.js" */
/** @import { AskedResult, Curve } from "../../state/shift-types.js" */
/** @import { Now } from "./cursor.js" */

/**
 * Sizes in CSS pixels: asking for them while painting would lay the page out once more for every answer.
 *
 * @typedef {{height: number, wide: boolean, room: number, charts: Area[], answer: Area}} Sizes
 */

/** Charts reach at least this error, so that a tiny one does not look like a large one. */
const LEAST_SCALE = 0.1;
/** How far beyond the charts the line stands for a shift that they do not reach, CSS pixels. */
const BEYOND = 9;

/** The layers compared, one a row, with the error of each for every dx, and the answer below them. */
export class ShiftTable extends BaseElement {
  /** @type {{row: ShiftRow, chart: ShiftChart}[]} */
  #rows = [];
  #answer = new ShiftAnswer();
  #cursor = new ShiftCursor();
  /** What the curves were drawn from: most answers change none of it. @type {readonly unknown[]} */
  #drawn = [];
  /** Of a curve, in order of dx. */
  #points = { of: /** @type {Curve | null} */ (null), all: /** @type {CurvePoint[]} */ ([]) };
  /** Upper end of the charts' scale, and the curves it is for. */
  #scale = { of: "", most: LEAST_SCALE };
  #seq = 0;
  #updates = 0;
  /** @type {Sizes | null} */
  #sizes = null;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    const { layers, result, curve, settled, late } = shift;
    this.watch(layers, result, curve, settled, late, view.theme, this.subject.model, this.subject.opinion);
    onSystemTheme(() => this.requestPaint(), signal);
    this.piece("rows").append(this.#answer.element);
    this.append(this.#cursor.element);
    const resized = new ResizeObserver(() => this.#measure());
    for (const part of [this, this.#answer.chartElement]) resized.observe(part);
    signal.addEventListener("abort", () => resized.disconnect());
    this.piece("add").addEventListener("click", () => addLayer(), { signal });
    this.addEventListener("pointerdown", (event) => this.#grab(event), { signal });
    this.#cursor.flag.addEventListener("keydown", (event) => this.#key(event), { signal });
  }

  /** The page has just been laid out. */
  #measure() {
    const corner = this.getBoundingClientRect();
    const areaOf = (/** @type {Element} */ part) => {
      const { left, top, width, height } = part.getBoundingClientRect();
      const zoom = zoomNow();
      return { x: (left - corner.left) / zoom, y: (top - corner.top) / zoom, width: width / zoom, height: height / zoom };
    };
    this.#sizes = {
      height: corner.height / zoomNow(),
      room: this.querySelector(".shift-map")?.clientWidth || 128,
      charts: this.#rows.map(({ chart }) => areaOf(chart.element)),
      answer: areaOf(this.#answer.chartElement),
      wide: this.#cursor.flag.getClientRects().length > 0,
    };
    this.requestPaint();
  }

  /** Drag the line, or anywhere in a chart. @param {PointerEvent} event */
  #grab(event) {
    const target = /** @type {Element} */ (event.target);
    const chart = target.closest("[data-chart]") ?? (target === this.#cursor.flag && this.querySelector("[data-chart]"));
    if (!(chart instanceof HTMLElement) || event.button !== 0) return;
    const left = chart.getBoundingClientRect().left;
    const frame = frameOf(chart.clientWidth, 1);
    const move = (/** @type {PointerEvent} */ each) => moveTo(shiftAt(frame, (each.clientX - left) / zoomNow()), shift.place.value.dy);
    const ended = new AbortController();
    this.setPointerCapture(event.pointerId);
    this.addEventListener("pointermove", move, ended);
    for (const end of ["pointerup", "pointercancel"]) this.addEventListener(end, () => ended.abort(), ended);
    move(event);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { dx, dy } = shift.place.value;
    const steps = { ArrowLeft: dx - 1, ArrowRight: dx + 1, PageDown: dx - 8, PageUp: dx + 8, Home: -CURVE, End: CURVE };
    if (!(event.key in steps)) return;
    event.preventDefault();
    event.stopPropagation();
    moveTo(steps[/** @type {keyof typeof steps} */ (event.key)], dy);
  }

  /** @override */
  paint() {
    const result = shift.result.value;
    this.#fitRows(shift.layers.value.length);
    const curve = result && curveFor(result);
    const sizes = this.#sizes;
    shift.layers.value.forEach((choice, index) => {
      const layer = result?.layers[index];
      if (sizes) this.#rows[index]?.row.paint(choice, layer?.node === choice.node ? layer : null, sizes.room);
    });
    this.#answer.paint(result?.probabilities ?? null, doubtOf(this.subject));
    if (result && sizes) this.#paintCharts(result, curve, sizes);
    // While the photo is moved up and down the curves are still those of the height where it rested.
    const dy = curve?.dy ?? result?.dy ?? 0;
    this.classList.toggle("stale", !!result && dy !== result.dy);
    this.piece("add", HTMLButtonElement).disabled = shift.layers.value.length >= MOST_LAYERS;
    setText(this.piece("caption"), `from ${fixed(-CURVE, 0)} to ${CURVE} px, at dy = ${fixed(dy, 0)}`);
    this.classList.toggle("late", shift.late.value);
    this.#tell(result);
  }

  /** @param {number} count */
  #fitRows(count) {
    while (this.#rows.length > count) this.#rows.pop()?.row.element.remove();
    while (this.#rows.length < count) {
      const index = this.#rows.length;
      const chart = new ShiftChart();
      const row = new ShiftRow((change) => changeLayer(index, change), { chart: chart.element, remove: () => removeLayer(index) });
      this.#rows.push({ row, chart });
      this.#answer.element.before(row.element);
    }
  }

  /**
   * @param {AskedResult} result
   * @param {Curve | null} curve
   * @param {Sizes} sizes
   */
  #paintCharts(result, curve, { height, wide, charts, answer }) {
    const points = curve === this.#points.of ? this.#points.all : pointsOf(curve);
    this.#points = { of: curve, all: points };
    const size = charts[0] ?? answer;
    const frame = frameOf(size.width, size.height);
    const most = this.#scaleFor(`${curve?.of} ${curve?.dy}`, [...points.flatMap((point) => point.errors), ...result.layers.map((layer) => layer.error)]);
    const last = result.probabilities ? -1 : result.layers.length - 1;
    const drawn = [curve, most, size.width, size.height, last, ...result.layers.map(({ node }) => node)];
    const same = drawn.length === this.#drawn.length && drawn.every((each, index) => each === this.#drawn[index]);
    this.#drawn = drawn;
    if (!same) result.layers.forEach(({ node, stride }, index) => this.#rows[index]?.chart.paint(frame, most, points, index, { step: stride[1], node, numbered: index === last }));
    const dots = result.layers.flatMap(({ error, exact }, index) => {
      /** @type {Now[]} */
      const now = error === null ? [] : [{ y: (charts[index]?.y ?? 0) + yOf(frame, error / most), ink: exact ? "accent" : "ink", radius: 5 }];
      return now;
    });
    const { probabilities } = result;
    if (probabilities) {
      const below = frameOf(answer.width, answer.height, { top: 12, bottom: 30 });
      this.#answer.chart(below, points, probabilities);
      dots.push(...this.#answer.now(below, probabilities).map((now) => ({ ...now, y: answer.y + now.y })));
    }
    const within = Math.max(-CURVE, Math.min(CURVE, result.dx));
    this.#cursor.paint(size.x + xOf(frame, within) + Math.sign(result.dx - within) * BEYOND, { height, wide }, result.dx, dots);
  }

  /**
   * Charts that were drawn on a new scale at every move could not be read, and took half of its time.
   *
   * @param {string} of  The curves: while they are the same their scale only grows.
   * @param {readonly (number | null)[]} errors
   */
  #scaleFor(of, errors) {
    const needed = Math.max(LEAST_SCALE, Math.ceil(largestOf(errors.map((error) => error ?? 0)) * 10) / 10);
    this.#scale = { of, most: of === this.#scale.of ? Math.max(this.#scale.most, needed) : needed };
    return this.#scale.most;
  }

  /** What a test, or a person in the console, can read. @param {AskedResult | null} result */
  #tell(result) {
    if (!result) return;
    if (result.seq !== this.#seq) this.#updates += 1;
    this.#seq = result.seq;
    const told = {
      updates: String(this.#updates),
      place: `${result.dx},${result.dy}`,
      variant: `${result.border},${result.pooling},${result.size[1]}`,
      state: shift.settled.value ? "ready" : "busy",
    };
    for (const [name, text] of Object.entries(told)) setAttribute(this, `data-${name}`, text);
  }
}

/**
 * The curve that belongs to what is shown, at whatever height.
 *
 * @param {AskedResult} result
 */
function curveFor(result) {
  const curve = shift.curve.value;
  return curve?.of === curveOf(result.asked) ? curve : null;
}

/**
 * @param {Curve | null} curve
 * @returns {CurvePoint[]}  In order of dx.
 */
const pointsOf = (curve) => [...(curve?.points.values() ?? [])].sort((a, b) => a.dx - b.dx);

customElements.define("shift-table", ShiftTable);
