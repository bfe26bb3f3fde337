import { axesMarkup, lineMarkup, yOf } from "../../draw/line-chart.js";
import { largestOf } from "../../geometry/extremes.js";
import { fixed } from "../../geometry/scale.js";
import { className } from "../../state/scene.js";
import { named } from "../../state/verdict.js";
import { h, s, setAttribute, setMarkup, setStyle, setText } from "../../widgets/dom.js";
import { unit } from "./chart.js";
import { FILL_TEXTS, pointsText } from "./words.js";

/** @import { Doubt } from "../../api/client.js" */
/** @import { CurvePoint, Invariance } from "../../api/live-messages.js" */
/** @import { Frame } from "../../draw/line-chart.js" */
/** @import { Now } from "./cursor.js" */

const CLASSES = 3;
/** Names beside the lines are at least so far apart, in CSS pixels. */
const APART = 14;
/** Letters of the longest of them. */
const LONG = 11;

/** Bars of a few classes: name, number, length. */
export class Bars {
  element = h("ul", { class: "shift-bars" });

  /**
   * @param {readonly {name: string, title?: string, text: string, share: number, best: boolean}[]} rows
   */
  paint(rows) {
    while (this.element.children.length > rows.length) this.element.lastElementChild?.remove();
    while (this.element.children.length < rows.length) {
      this.element.append(h("li", {}, h("span"), h("b", { class: "num" }), h("i", { "aria-hidden": "true" })));
    }
    rows.forEach(({ name, title = name, text, share, best }, index) => {
      const row = /** @type {HTMLElement} */ (this.element.children[index]);
      const [label, value, bar] = /** @type {[HTMLElement, HTMLElement, HTMLElement]} */ ([...row.children]);
      row.classList.toggle("best", best);
      setText(label, name);
      setAttribute(row, "title", title);
      setText(value, text);
      setStyle(bar, "--share", String(Math.min(1, share)));
    });
  }
}

/** The answer, which should not move at all: probabilities before and after, and for every dx. */
export class ShiftAnswer {
  #points = h("b", { class: "num" });
  #verdict = h("p", { class: "shift-count" });
  #fill = h("p", { class: "shift-count" });
  #after = new Bars();
  #before = new Bars();
  #difference = new Bars();
  #axes = s("g");
  #curve = s("g", { class: "curve" });
  #svg = s("svg", { role: "img", "aria-label": "Class probability for every dx" }, this.#axes, this.#curve);

  constructor() {
    const error = h("p", { class: "shift-error" }, this.#points, h("small", {}, "\u202fpts"));
    const label = h("div", { class: "shift-label" }, h("h3", { class: "shift-name" }, "Class probability"), h("p", { class: "shift-facts" }, "should not move at all"), error, this.#verdict, this.#fill);
    const signs = ["\u2212", "="].map((sign) => h("span", { class: "shift-operator", "aria-hidden": "true" }, sign));
    const [minus, equals] = /** @type {[Node, Node]} */ (/** @type {unknown} */ (signs));
    this.chartElement = h("div", { class: "shift-chart", "data-chart": "", "data-lesson": "chart" }, this.#svg);
    const maps = [this.#after.element, minus, this.#before.element, equals, this.#difference.element, this.chartElement];
    this.element = h("div", { class: "shift-row shift-answer", role: "group", "aria-label": "Class probability", "data-lesson": "answer" }, label, ...maps);
  }

  /**
   * @param {Invariance | null} answer  null: this net has no classes as it stands.
   * @param {Doubt | null} doubt  Of the answer to the photo at rest.
   */
  paint(answer, doubt) {
    this.element.hidden = !answer;
    if (!answer) return;
    const { labels, before, after, fill } = answer;
    const first = before.indexOf(largestOf(before));
    const now = after.indexOf(largestOf(after));
    const change = (after[first] ?? 0) - (before[first] ?? 0);
    setText(this.#points, pointsText(change));
    setText(this.#verdict, `the answer ${now === first ? "stays" : "flips"}: ${named(labels[now] ?? "", doubt)}`);
    setText(this.#fill, `Net as trained;\n${FILL_TEXTS[fill]}.`);
    this.element.dataset.top = String(now);
    const bars = (/** @type {(index: number) => number} */ of) =>
      answer.top.map((index) => ({
        ...{ name: shortened(className(labels[index] ?? "")), title: className(labels[index] ?? ""), best: index === first },
        ...{ text: percentOf(of(index)), share: of(index) },
      }));
    this.#after.paint(bars((index) => after[index] ?? 0));
    this.#before.paint(bars((index) => before[index] ?? 0));
    this.#difference.paint(bars((index) => Math.abs((after[index] ?? 0) - (before[index] ?? 0))));
  }

  /** What the curves were drawn from: most answers change none of it. */
  #drawn = { points: /** @type {readonly CurvePoint[]} */ ([]), key: "" };

  /**
   * @param {Frame} frame
   * @param {readonly CurvePoint[]} points  In order of dx.
   * @param {Invariance} answer
   */
  chart(frame, points, { labels, before, top }) {
    const key = JSON.stringify([frame, labels, before, top]);
    if (points === this.#drawn.points && key === this.#drawn.key) return;
    this.#drawn = { points, key };
    for (const side of /** @type {const} */ (["width", "height"])) setAttribute(this.#svg, side, String(frame[side]));
    setMarkup(this.#axes, axesMarkup(frame, { most: "100\u202f%", step: 4, name: (each) => fixed(each, 0) }) + unit(frame));
    const first = before.indexOf(largestOf(before));
    const lines = top.slice(0, CLASSES).map((index) => ({
      index,
      best: index === first,
      dots: points.flatMap((point) => (point.probabilities ? [{ dx: point.dx, share: point.probabilities[index] ?? 0 }] : [])),
    }));
    setMarkup(this.#curve, lines.map(({ dots, best }) => lineMarkup(frame, dots, best ? "best" : "other")).join(""));
    this.#names(frame, lines.map(({ index, best, dots }) => ({ best, name: className(labels[index] ?? ""), share: dots.at(-1)?.share ?? before[index] ?? 0 })));
  }

  /**
   * @param {Frame} frame
   * @param {Invariance} answer
   * @returns {Now[]}  In the chart.
   */
  now(frame, { before, after, top }) {
    const first = before.indexOf(largestOf(before));
    return top.slice(0, CLASSES).map((index) => {
      const y = yOf(frame, after[index] ?? 0);
      return index === first ? { y, ink: "accent", radius: 5 } : { y, ink: "ink-3", radius: 3 };
    });
  }

  /** @type {SVGElement[]} */
  #texts = Array.from({ length: CLASSES }, () => this.#svg.appendChild(s("text", { class: "name" })));

  /**
   * Names at the ends of the lines, moved apart where they would lie on each other.
   *
   * @param {Frame} frame
   * @param {{name: string, share: number, best: boolean}[]} lines
   */
  #names(frame, lines) {
    const placed = lines.map((line) => ({ ...line, y: yOf(frame, line.share) })).sort((a, b) => a.y - b.y);
    placed.forEach((line, index) => (line.y = Math.max(line.y, (placed[index - 1]?.y ?? -Infinity) + APART)));
    const over = Math.max(0, (placed.at(-1)?.y ?? 0) - (frame.height - frame.bottom - 4));
    this.#texts.forEach((text, index) => {
      const line = placed[index];
      setText(text, shortened(line?.name ?? ""));
      setAttribute(text, "class", line?.best ? "name best" : "name");
      setAttribute(text, "x", String(frame.width - frame.right + 10));
      setAttribute(text, "y", String((line?.y ?? 0) - over + 4));
    });
  }
}

/** There is room for no more, beside a chart and on a narrow screen. @param {string} name */
const shortened = (name) => (name.length > LONG ? `${name.slice(0, LONG - 1)}…` : name);

/** @param {number} share */
const percentOf = (share) => (share > 0 && share < 0.0005 ? "<0.1" : (share * 100).toFixed(1));
