import { paintMap } from "../../draw/attribution.js";
import { colormap } from "../../draw/colormap.js";
import { CONTROL, FORGOTTEN, METHODS, entryOf, explain, explainSignals, forgetting, leftOver, mapSize, reachOf } from "../../state/explain.js";
import { currentTheme } from "../../state/scene.js";
import { BaseElement } from "../../widgets/base-element.js";
import { MapCanvas } from "../../widgets/canvases.js";
import { h, s, setAttribute, setHidden, setMarkup, setText } from "../../widgets/dom.js";
import { line } from "./plots.js";
import { withSpot } from "./spot.js";
import { filmWords, forgetWords, quiet, sumTitle, sumWords, toldOf } from "./words.js";

/** @import { Entry, Picture } from "../../state/explain-types.js" */
/** @import { MethodName } from "../../state/explain.js" */

/** Size of the line beside *forgets*, and the correlations at its lower and upper edge. */
const SPARK = { width: 38, height: 14, low: -0.2, high: 1 };

/** Ten answers to one question, side by side, each with its three checks. */
export class ExplainTiles extends BaseElement {
  #tiles = /** @type {Tile[]} */ ([]);

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.#tiles = METHODS.map((name) => new Tile(name, signal));
    this.replaceChildren(...this.#tiles.map(({ element }) => element));
    this.watch(...explainSignals(), this.subject.status);
  }

  /** @override */
  paint() {
    const empty = this.subject.status.value === "empty";
    for (const tile of this.#tiles) tile.paint(empty);
  }
}

/** One method. */
class Tile {
  #name;
  #map = new MapCanvas();
  #key = "";
  #head = h("b");
  #why = h("span", { class: "na" });
  #words = h("span");
  #meter = h("i", { class: "meter" });
  #field = h("span", { class: "t-map" }, this.#map.element, this.#why);
  #spark = s("svg", { class: "spark", width: SPARK.width, height: SPARK.height, viewBox: `0 0 ${SPARK.width} ${SPARK.height}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  #sum = row("adds up");
  #forgets = row("forgets", this.#spark);
  #film = row("film");

  /**
   * @param {MethodName} name
   * @param {AbortSignal} signal
   */
  constructor(name, signal) {
    this.#name = name;
    this.#why.append(this.#words, this.#meter);
    this.element = h("button", { class: `tile${name === CONTROL ? " control" : ""}`, type: "button", "data-method": name },
      h("span", { class: "t-head" }, this.#head), this.#field, this.#sum.element, this.#forgets.element, this.#film.element);
    this.element.addEventListener("click", () => (explain.method.value = name), { signal });
    withSpot(this.#field, signal);
  }

  /** @param {boolean} empty  Without a photo. */
  paint(empty) {
    const entry = entryOf(this.#name);
    const { picture } = entry;
    const on = explain.method.value === this.#name;
    setAttribute(this.element, "aria-pressed", String(on));
    setText(this.#head, toldOf(this.#name).name.replace("gradients", "grad."));
    setHidden(this.#map.element, !picture);
    setHidden(this.#why, !!picture);
    if (picture) this.#show(picture);
    else this.#wait(entry, empty);
    this.#sum.set(picture ? (this.#name === CONTROL ? [quiet("no claim")] : sumWords(picture.header)) : ["–"], picture ? sumTitle(picture.header) : "");
    const forgets = forgetWords(this.#name, entry);
    this.#forgets.set(forgets.words, forgets.title);
    this.#line(entry);
    const film = filmWords(this.#name, entry);
    this.#film.set(film.words, film.title);
  }

  /** @param {Picture} picture */
  #show(picture) {
    const reach = reachOf(picture);
    const key = [reach, currentTheme(), picture.header.method].join();
    if (key === this.#key && this.#shown === picture) return;
    this.#key = key;
    this.#shown = picture;
    this.#map.show(paintMap(picture.values, mapSize(), reach, colormap("diverging", currentTheme())));
  }

  #shown = /** @type {Picture | null} */ (null);

  /** @param {Entry} entry @param {boolean} empty */
  #wait({ blocked, progress }, empty) {
    const next = explain.running.value && !empty ? "next" : "";
    setText(this.#words, blocked ?? (progress ? `${progress.done} of ${progress.total}` : next));
    setHidden(this.#meter, !progress || !!blocked);
    if (progress) this.#meter.style.setProperty("--share", String(progress.done / progress.total));
  }

  /** @param {Entry} entry */
  #line(entry) {
    const rows = forgetting(entry);
    const stages = entry.memories[0]?.stages.length ?? 1;
    const x = (/** @type {number} */ stage) => 1 + (stage / stages) * (SPARK.width - 2);
    const y = (/** @type {number} */ value) => SPARK.height - 1 - ((Math.max(SPARK.low, value) - SPARK.low) / (SPARK.high - SPARK.low)) * (SPARK.height - 2);
    const left = leftOver(entry);
    const kept = left !== null && left >= FORGOTTEN && this.#name !== CONTROL;
    const drawn = rows.map(([stage, mean]) => /** @type {const} */ ([x(stage), y(mean)]));
    setMarkup(/** @type {SVGElement} */ (this.#spark), rows.length ? line([[1, y(0)], [SPARK.width - 1, y(0)]], "gr") + line(drawn, kept ? "ln bad" : "ln") : "");
  }
}

/**
 * A row of a tile: its name, something drawn, its words.
 *
 * @param {string} name
 * @param {...Node} drawn
 */
function row(name, ...drawn) {
  const words = h("span", { class: "val num" });
  const element = h("span", { class: "t-row", "data-lesson": "checks" }, h("span", {}, name), ...drawn, words);
  let last = "";
  return {
    element,
    /** @param {(Node | string)[]} told @param {string} title */
    set(told, title) {
      const key = told.map((each) => (typeof each === "string" ? each : `${each.textContent}${/** @type {Element} */ (each).getAttribute("class")}`)).join("|") + title;
      if (key === last) return;
      last = key;
      words.replaceChildren(...told);
      element.title = title;
    },
  };
}

customElements.define("explain-tiles", ExplainTiles);
