import { largestOf, smallestOf } from "../../geometry/extremes.js";
import { fixed } from "../../geometry/scale.js";
import { CONTROL, FORGOTTEN, METHODS, RANDOM, entryOf, explain, explainSignals, forgetting, leftOver } from "../../state/explain.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, onWidth, s, setMarkup } from "../../widgets/dom.js";
import { band, dot, line, text } from "./plots.js";
import { toldOf } from "./words.js";

/** @import { Point } from "./plots.js" */

const HEIGHT = 118;
/** Correlations at the lower edge and at the upper. */
const LOW = -0.4;
/** Pixels a letter takes, so that names do not cover each other. */
const LETTER = 6.3;

/** Which methods forget with the network, and whose pixels matter. */
export class ExplainCharts extends BaseElement {
  #forget = chart("Does it forget with the network?", "top layers first", "Rank correlation with the map of the trained network");
  #matter = chart("Do its pixels matter?", "further right and up is better", "Areas under the answer while pixels are removed and put in");
  #width = 0;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.replaceChildren(this.#forget.element, this.#matter.element);
    onWidth(this.#forget.element, signal, (width) => {
      this.#width = width;
      this.requestPaint();
    });
    this.watch(...explainSignals());
  }

  /** @override */
  paint() {
    if (!this.#width) return;
    this.#forget.draw(this.#width, forgetMarkup(this.#width));
    this.#matter.draw(this.#width, matterMarkup(this.#width));
  }
}

/** @param {string} title @param {string} more @param {string} label */
function chart(title, more, label) {
  const svg = s("svg", { height: HEIGHT, role: "img", "aria-label": label });
  const element = h("figure", {}, h("figcaption", {}, h("b", {}, title), ` ${more}`), svg);
  return {
    element,
    /** @param {number} width @param {string} markup */
    draw(width, markup) {
      svg.setAttribute("width", String(width));
      setMarkup(svg, markup);
    },
  };
}

/** @param {number} width */
function forgetMarkup(width) {
  const [left, right, top, bottom] = [22, 112, 8, 18];
  const stages = METHODS.map((name) => entryOf(name).memories[0]?.stages).find(Boolean) ?? [];
  const x = (/** @type {number} */ stage) => left + ((width - left - right) * stage) / Math.max(1, stages.length);
  const y = (/** @type {number} */ value) => top + (HEIGHT - top - bottom) * (1 - (Math.max(LOW, value) - LOW) / (1 - LOW));
  let drawn = `<path d="M${left} ${y(0)}H${width - right}" class="ax"/><path d="M${left} ${y(1)}H${width - right}" class="gr"/>`;
  drawn += text(left - 6, y(1) + 4, "1", "", "end") + text(left - 6, y(0) + 4, "0", "", "end");
  if (!stages.length) return drawn;
  drawn += text(left, HEIGHT - 4, "trained");
  const middle = Math.floor(stages.length / 2);
  if (stages.length > 3) drawn += text(x(middle), HEIGHT - 4, escaped(`to ${stages[middle - 1] ?? ""}`), "", "middle");
  drawn += text(x(stages.length), HEIGHT - 4, escaped(stages.at(-1) ?? ""), "", "end");
  /** @type {{ name: string, at: number, kind: string }[]} */
  const ends = [];
  for (const name of [...METHODS.filter((each) => each !== explain.method.value), explain.method.value]) {
    const rows = forgetting(entryOf(name));
    if (name === CONTROL || !rows.length) continue;
    const left = leftOver(entryOf(name));
    const kept = left !== null && left >= FORGOTTEN;
    const on = name === explain.method.value;
    const points = (/** @type {1 | 2 | 3} */ part) => rows.map((row) => /** @type {Point} */ ([x(row[0]), y(row[part])]));
    if (on) drawn += band(points(3), points(2));
    drawn += line(points(1), `ln${on ? " on" : ""}${kept ? " bad" : ""}`);
    if (left !== null && (on || kept)) ends.push({ name: toldOf(name).short, at: y(left), kind: on ? "on" : "bad" });
  }
  ends.sort((a, b) => a.at - b.at).forEach((end, at) => {
    end.at = Math.max(end.at, (ends[at - 1]?.at ?? -Infinity) + 13);
    drawn += text(width - right + 6, end.at + 4, end.name, end.kind);
  });
  return drawn;
}

/** @param {number} width */
function matterMarkup(width) {
  const [left, right, top, bottom] = [54, 12, 8, 18];
  const films = [...METHODS, RANDOM].flatMap((name) => {
    const film = entryOf(name).film;
    return film ? [{ name, ...film.areas }] : [];
  });
  const axes = `<path d="M${left} ${top}V${HEIGHT - bottom}H${width - right}" class="ax"/>`;
  if (!films.length) return axes;
  const [outs, ins] = [films.map(({ deletion }) => deletion), films.map(({ insertion }) => insertion)];
  const [leastOut, mostOut, leastIn, mostIn] = [smallestOf(outs), largestOf(outs), smallestOf(ins), largestOf(ins)];
  const x = (/** @type {number} */ value) => left + 40 + ((width - left - 80 - right) * (mostOut - value)) / (mostOut - leastOut || 1);
  const y = (/** @type {number} */ value) => top + 8 + ((HEIGHT - top - bottom - 16) * (mostIn - value)) / (mostIn - leastIn || 1);
  let drawn = axes + text(left - 6, y(mostIn) + 4, `in ${fixed(mostIn)}`, "", "end") + text(left - 6, y(leastIn) + 4, fixed(leastIn), "", "end");
  drawn += text(x(mostOut), HEIGHT - 4, `out ${fixed(mostOut)}`, "", "middle") + text(x(leastOut), HEIGHT - 4, fixed(leastOut), "", "middle");
  const control = films.find(({ name }) => name === CONTROL);
  if (control) drawn += `<path d="M${x(control.deletion).toFixed(1)} ${top}V${HEIGHT - bottom}M${left} ${y(control.insertion).toFixed(1)}H${width - right}" class="ctl"/>`;
  const points = films.map((film) => ({ name: film.name, at: /** @type {Point} */ ([x(film.deletion), y(film.insertion)]) }));
  /** @type {Box[]} */
  const taken = points.map(({ at: [px, py] }) => [px - 5, py - 5, px + 5, py + 5]);
  const chosen = explain.method.value;
  for (const { name, at } of points.toSorted((a, b) => Number(b.name === chosen) - Number(a.name === chosen))) {
    const on = name === chosen;
    const own = name === CONTROL || name === RANDOM;
    drawn += dot(at, on ? 5 : 3.5, `dot${on ? " on" : ""}${own ? " ctl" : ""}`);
    const words = name === RANDOM ? "Random order" : toldOf(name).short;
    const spot = freeSpot(at, words.length * (on ? 7.2 : LETTER), width, taken);
    if (spot) drawn += text(spot[0], spot[1], words, on ? "on" : "");
  }
  return drawn;
}

/** @typedef {[left: number, top: number, right: number, bottom: number]} Box */

/**
 * Where a name fits beside its dot; null where it would cover another.
 *
 * @param {Point} at
 * @param {number} wide
 * @param {number} width
 * @param {Box[]} taken  The place found is added.
 * @returns {Point | null}
 */
function freeSpot([px, py], wide, width, taken) {
  for (const [right, down] of [[8, 4], [-wide - 8, 4], [6, 15], [6, -7], [-wide - 6, 15], [-wide - 6, -7], [8, 24], [8, -16]]) {
    const x = px + (right ?? 0);
    const y = py + (down ?? 0);
    /** @type {Box} */
    const box = [x, y - 8, x + wide, y + 1];
    const free = taken.every((each) => each[0] >= box[2] || each[2] <= box[0] || each[1] >= box[3] || each[3] <= box[1]);
    if (!free || box[0] < 54 || box[2] > width - 4 || box[3] > HEIGHT - 18 || box[1] < 0) continue;
    taken.push(box);
    return [x, y];
  }
  return null;
}

/** Names of an imported network's nodes may hold anything. @param {string} name */
const escaped = (name) => name.replaceAll("&", "&amp;").replaceAll("<", "&lt;").slice(0, 24);

customElements.define("explain-charts", ExplainCharts);
