import { paintFilm } from "../../draw/attribution.js";
import { largestOf, smallestOf } from "../../geometry/extremes.js";
import { fixed, grouped } from "../../geometry/scale.js";
import { CONTROL, METHODS, RANDOM, STEPS, chosenPicture, entryOf, explain, explainSignals, mapSize, seek } from "../../state/explain.js";
import { BaseElement } from "../../widgets/base-element.js";
import { MapCanvas } from "../../widgets/canvases.js";
import { h, onWidth, s, setAttribute, setHidden, setMarkup, setText } from "../../widgets/dom.js";
import { dot, line, text } from "./plots.js";
import { answerText, isShare, subjectOf } from "./words.js";
import { zoomNow } from "../../widgets/zoom.js";

/** @import { Point } from "./plots.js" */
/** @import { Film } from "../../state/explain-types.js" */

/** CSS pixels: room beside the curve, a frame with its gap. */
const MARGIN = 32;
const FRAME = 70;
/** Milliseconds a step. */
const PACE = 90;

/** The photo losing its pixels, or getting them back, in the order of the chosen map; and what the answer is meanwhile. */
export class ExplainFilm extends BaseElement {
  #play = h("button", { class: "btn primary play", type: "button", title: "Play (Space)", "aria-label": "Play" });
  #ways = [
    h("button", { type: "button", "data-film": "deletion" }, "Remove"),
    h("button", { type: "button", "data-film": "insertion" }, "Put in"),
  ];
  #part = h("p", { class: "f-now num" });
  #done = h("span");
  #answer = h("span");
  #areas = h("span");
  #svg = s("svg", { role: "img", "aria-label": "The answer while pixels change" });
  #chart = h("div", { class: "f-chart" }, this.#svg);
  #frames = h("div", { class: "f-frames", "aria-hidden": "true" });
  #head = h("i", { class: "f-head", "aria-hidden": "true" });
  #reel = h("div", { class: "reel", role: "slider", tabindex: 0, "aria-label": "Step of the film", "aria-valuemin": 0, "aria-valuemax": STEPS },
    h("p", { class: "f-say num" }, this.#done, this.#answer, this.#areas), this.#chart, this.#frames, this.#head);
  #canvases = /** @type {MapCanvas[]} */ ([]);
  #width = 0;
  #timer = 0;
  #painted = "";

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    const first = h("button", { class: "btn icon", type: "button", title: "First (Home)", "aria-label": "First" }, icon("M2 1v10M11 1L4 6l7 5z"));
    const last = h("button", { class: "btn icon", type: "button", title: "Last (End)", "aria-label": "Last" }, icon("M10 1v10M1 1l7 5-7 5z"));
    first.addEventListener("click", () => seek(0), { signal });
    last.addEventListener("click", () => seek(STEPS), { signal });
    this.#play.addEventListener("click", togglePlaying, { signal });
    for (const button of this.#ways) button.addEventListener("click", () => (explain.film.value = /** @type {"deletion"} */ (button.dataset.film)), { signal });
    const transport = h("div", { class: "transport" }, h("div", { class: "f-buttons" }, first, this.#play, last),
      h("div", { class: "seg fill", role: "group", "aria-label": "Film" }, ...this.#ways), this.#part,
      h("p", { class: "f-keys" }, h("kbd", {}, "Space"), " play ", h("kbd", {}, "R"), " remove / put in"));
    this.replaceChildren(transport, this.#reel);
    onWidth(this.#reel, signal, (width) => this.#resize(width));
    this.#scrub(signal);
    explain.playing.subscribe((playing) => this.#run(playing), { signal });
    signal.addEventListener("abort", () => clearInterval(this.#timer));
    this.watch(...explainSignals(), explain.film, explain.at, explain.playing);
  }

  /** @param {number} width */
  #resize(width) {
    this.#width = width;
    const count = Math.max(5, Math.min(17, Math.floor((width - 26) / FRAME)));
    if (count !== this.#canvases.length) {
      this.#canvases = Array.from({ length: count }, () => new MapCanvas());
      this.#frames.replaceChildren(...this.#canvases.map(({ element }) => element));
      this.#painted = "";
    }
    this.requestPaint();
  }

  /** @param {AbortSignal} signal */
  #scrub(signal) {
    const move = (/** @type {PointerEvent} */ event) => {
      const box = this.#chart.getBoundingClientRect();
      const margin = MARGIN * zoomNow();
      seek((STEPS * (event.clientX - box.left - margin)) / (box.width - 2 * margin));
    };
    this.#reel.addEventListener("pointerdown", (event) => {
      explain.playing.value = false;
      this.#reel.setPointerCapture(event.pointerId);
      move(event);
    }, { signal });
    this.#reel.addEventListener("pointermove", (event) => void (this.#reel.hasPointerCapture(event.pointerId) && move(event)), { signal });
  }

  /** @param {boolean} playing */
  #run(playing) {
    clearInterval(this.#timer);
    this.#timer = 0;
    if (!playing) return;
    if (explain.at.value >= STEPS) seek(0);
    this.#timer = setInterval(() => {
      if (explain.at.value >= STEPS) explain.playing.value = false;
      else seek(explain.at.value + 1);
    }, PACE);
  }

  /** @override */
  paint() {
    const { film: way, at, playing } = explain;
    for (const button of this.#ways) setAttribute(button, "aria-pressed", String(button.dataset.film === way.value));
    const drawn = playing.value ? "M2 1h3v10H2zM7 1h3v10H7z" : "M2 1l9 5-9 5z";
    if (this.#play.dataset.icon !== drawn) this.#play.replaceChildren(icon(drawn));
    this.#play.dataset.icon = drawn;
    this.#play.setAttribute("aria-label", playing.value ? "Pause" : "Play");
    setText(this.#part, `${fixed((100 * at.value) / STEPS, 0)} % of the pixels`);
    setAttribute(this.#reel, "aria-valuenow", String(at.value));
    this.#paintFrames();
    this.#paintWords();
    if (this.#width) this.#paintChart();
  }

  #paintFrames() {
    const picture = chosenPicture();
    const question = explain.question.value;
    const key = JSON.stringify([picture?.header, explain.film.value, this.#canvases.length, session(question)]);
    if (key === this.#painted) return;
    this.#painted = key;
    for (const [index, canvas] of this.#canvases.entries()) {
      setHidden(canvas.element, !picture || !question);
      if (!picture || !question) continue;
      const changed = Math.round((index / (this.#canvases.length - 1)) * picture.values.length);
      canvas.show(paintFilm(mapSize(), question, picture.ranking.place, changed, explain.film.value));
    }
  }

  #paintWords() {
    const film = entryOf(explain.method.value).film;
    const question = explain.question.value;
    if (!film || !question) {
      setText(this.#done, "The film: pixels go in the order of the chosen map, and the answer is measured again after each step.");
      setText(this.#answer, "");
      setText(this.#areas, "");
      setAttribute(this.#reel, "aria-valuetext", "not measured yet");
      return;
    }
    const way = explain.film.value;
    const count = film.pixels.at(-1) ?? 0;
    const gone = Math.round((explain.at.value / STEPS) * count);
    const lead = way === "deletion" ? "Removed, strongest first: " : `Put into a blurred ${this.subject.image.value?.kind ?? "photo"}, strongest first: `;
    this.#done.replaceChildren(lead, h("b", {}, grouped(gone)), ` of ${grouped(count)} pixels`);
    const { answer, between } = answerAt(film, way, gone);
    const said = answerText(question, answer);
    this.#answer.replaceChildren(`${subjectOf(question)} `, h("b", { title: between ? "Between two measured steps" : "Measured" }, (between ? "≈ " : "") + said));
    setAttribute(this.#reel, "aria-valuetext", `${gone} of ${count} pixels, ${subjectOf(question)} ${said}`);
    const control = entryOf(CONTROL).film?.areas[way];
    const random = entryOf(RANDOM).film?.areas[way];
    const own = film.areas[way];
    const better = control === undefined ? null : way === "deletion" ? own < control : own > control;
    const verdict = explain.method.value === CONTROL || better === null ? "" : better ? ": beats the control" : ": does not beat the control";
    const others = `${control === undefined ? "" : `, edges only ${fixed(control, 3)}`}${random === undefined ? "" : `, random order ${fixed(random, 3)}`}`;
    this.#areas.replaceChildren("area ", h("b", {}, fixed(own, 3)), others + verdict);
  }

  #paintChart() {
    const way = explain.film.value;
    const question = explain.question.value;
    const width = this.#width - 32;
    const height = this.#chart.clientHeight || 60;
    const films = [...METHODS, RANDOM].flatMap((name) => {
      const film = entryOf(name).film;
      return film ? [{ name, film }] : [];
    });
    const values = films.flatMap(({ film }) => film[way]);
    const share = !question || isShare(question);
    const most = share ? Math.min(1, Math.ceil(Math.max(0.1, largestOf(values)) * 10) / 10) : Math.max(1e-9, largestOf(values));
    const least = share ? 0 : Math.min(0, smallestOf(values));
    const x = (/** @type {number} */ part) => MARGIN + (width - 2 * MARGIN) * part;
    const y = (/** @type {number} */ value) => 4 + (height - 8) * (1 - (value - least) / (most - least || 1));
    const points = (/** @type {Film} */ film) => film[way].map((value, index) => /** @type {Point} */ ([x((film.pixels[index] ?? 0) / (film.pixels.at(-1) || 1)), y(value)]));
    const chosen = entryOf(explain.method.value).film;
    let drawn = `<path d="M${MARGIN} ${y(least)}H${width - MARGIN}" class="ax"/><path d="M${MARGIN} ${y(most)}H${width - MARGIN}" class="gr"/>`;
    drawn += text(26, y(most) + 8, share ? `${fixed(100 * most, 0)} %` : fixed(most), "", "end") + text(26, y(least), share ? "0" : fixed(least), "", "end");
    for (const { name, film } of films) {
      if (name !== explain.method.value) drawn += line(points(film), `ln${name === CONTROL ? " ctl" : name === RANDOM ? " rnd" : ""}`);
    }
    const at = x(explain.at.value / STEPS);
    if (chosen) {
      const own = points(chosen);
      drawn += line([...own, [x(1), y(least)], [x(0), y(least)]], "area") + line(own, "ln on");
      const gone = (explain.at.value / STEPS) * (chosen.pixels.at(-1) ?? 0);
      drawn += dot([at, y(answerAt(chosen, way, gone).answer)], 4, "dot on");
    }
    this.#svg.setAttribute("width", String(width));
    this.#svg.setAttribute("height", String(height));
    setMarkup(this.#svg, drawn);
    setHidden(this.#head, !chosen);
    this.#head.style.left = `${at + 16}px`;
  }
}

/**
 * The answer after so many pixels; between two measured points on the line that joins them.
 *
 * @param {Film} film
 * @param {"deletion" | "insertion"} way
 * @param {number} count
 */
function answerAt(film, way, count) {
  const exact = film.pixels.indexOf(Math.round(count));
  if (exact >= 0) return { answer: film[way][exact] ?? 0, between: false };
  const after = Math.max(1, film.pixels.findIndex((pixels) => pixels > count));
  const [low = 0, high = 1] = [film.pixels[after - 1], film.pixels[after]];
  const [from = 0, to = 0] = [film[way][after - 1], film[way][after]];
  return { answer: from + ((to - from) * (count - low)) / (high - low), between: true };
}

export function togglePlaying() {
  if (entryOf(explain.method.value).film) explain.playing.value = !explain.playing.value;
}

/** What tells one photo from another. @param {import("../../state/explain-types.js").Question | null} question */
const session = (question) => question && [question.seen.length, question.seen.slice(0, 600).join(""), question.value];

/** @param {string} path */
const icon = (path) => s("svg", { width: 12, height: 12, viewBox: "0 0 12 12", "aria-hidden": "true" }, s("path", { d: path, fill: "currentColor", stroke: "currentColor" }));

customElements.define("explain-film", ExplainFilm);
