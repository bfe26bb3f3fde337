import { urls } from "../../api/client.js";
import { ofSign, paintFilm, paintOver } from "../../draw/attribution.js";
import { colour, colormap, cssColour, inkOn, legendGradient } from "../../draw/colormap.js";
import { holdingHalf } from "../../geometry/ranking.js";
import { fixed, grouped } from "../../geometry/scale.js";
import { askedOptions, askedQuery, methodOf, setOptions } from "../../state/explain-stream.js";
import { CONTROL, STEPS, chosenPicture, entryOf, explain, explainSignals, mapSize, reachOf, stepMethod } from "../../state/explain.js";
import { currentTheme } from "../../state/scene.js";
import { BaseElement } from "../../widgets/base-element.js";
import { MapCanvas } from "../../widgets/canvases.js";
import { choice } from "../../widgets/choice.js";
import { h, onWidth, s, setAttribute, setHidden, setMarkup, setText } from "../../widgets/dom.js";
import { CHOICES } from "./methods.js";
import { dot, line, text } from "./plots.js";
import { withSpot } from "./spot.js";
import { mark, precise, quiet, signed, sumTitle, toldOf } from "./words.js";

/** @import { MapHeader, Picture } from "../../state/explain-types.js" */

const CUM = { height: 74, top: 18, bottom: 16 };

/** The chosen method, large: over the photo, value by value, and what it adds up to. */
export class ExplainInspector extends BaseElement {
  #title = h("h2");
  #png = h("a", { class: "btn sm", title: "Save the picture" }, "PNG");
  #npy = h("a", { class: "btn sm", title: "Save the values" }, "NPY");
  #options = h("div", { class: "i-opts" });
  #map = new MapCanvas();
  #why = h("span", { class: "na" });
  #frame = h("div", { class: "i-map" }, this.#map.element, this.#why);
  #opacity = h("input", { type: "range", min: 0, max: 1, step: 0.05, class: "vert", "aria-label": "Opacity of the map" });
  #ramp = h("i", { class: "ramp" });
  #tick = h("i", { class: "tick" });
  #low = h("span");
  #high = h("span");
  #where = h("span", { class: "where" });
  #value = h("b", { class: "v" });
  #cum = s("svg", { height: CUM.height, role: "img" });
  #sum = h("div", { class: "sum num" });
  #says = h("p", { class: "says" });
  #width = 0;
  #chosen = "";

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    const button = (/** @type {string} */ sign, /** @type {string} */ title, /** @type {number} */ step) => {
      const made = h("button", { class: "btn icon", type: "button", title, "aria-label": title }, sign);
      made.addEventListener("click", () => stepMethod(step), { signal });
      return made;
    };
    const head = h("div", { class: "i-head" }, this.#title,
      h("div", { class: "i-nav" }, button("‹", "Method before (←)", -1), button("›", "Next method (→)", 1), this.#png, this.#npy));
    const signs = choice("Sign", explain.sign, [["against", "against", "Only what speaks against"], ["both", "both", "All values"], ["for", "for", "Only what speaks for"]], signal);
    signs.classList.add("tiny");
    const opacity = h("div", { class: "i-op" }, h("span", {}, "map"), this.#opacity, h("span", { "data-noun": "" }, "photo"));
    const legend = h("div", { class: "i-legend num" }, this.#ramp, this.#tick, h("div", {}, this.#low, signs, this.#high));
    const figure = h("figure", { class: "cum" }, this.#cum);
    this.replaceChildren(head, this.#options, h("div", { class: "i-row" }, this.#frame, opacity), legend,
      h("div", { class: "i-value num" }, this.#where, this.#value), figure, this.#sum, this.#says);
    withSpot(this.#frame, signal);
    onWidth(figure, signal, (width) => {
      this.#width = width;
      this.requestPaint();
    });
    this.#opacity.addEventListener("input", () => (explain.opacity.value = Number(this.#opacity.value)), { signal });
    this.#png.addEventListener("click", () => this.#savePng(), { signal });
    this.#options.addEventListener("change", (event) => this.#choose(event), { signal });
    this.#options.addEventListener("click", (event) => this.#double(event), { signal });
    this.watch(...explainSignals(), this.subject.shown, explain.opacity, explain.sign, explain.pixel, explain.playing, explain.at, explain.film);
  }

  /** @param {Event} event */
  #choose(event) {
    if (!(event.target instanceof HTMLSelectElement)) return;
    const { key = "" } = event.target.dataset;
    const text = event.target.value;
    void setOptions(this.subject.shown.value, explain.method.value, { [key]: text !== "" && Number.isFinite(Number(text)) ? Number(text) : text });
  }

  /** @param {Event} event */
  #double(event) {
    const steps = chosenPicture()?.header.options.steps;
    if (!(event.target instanceof HTMLButtonElement) || typeof steps !== "number") return;
    void setOptions(this.subject.shown.value, explain.method.value, { steps: 2 * steps });
  }

  /** @override */
  paint() {
    const name = explain.method.value;
    const told = toldOf(name);
    const picture = chosenPicture();
    const { blocked } = entryOf(name);
    setText(this.#title, told.name);
    for (const link of [this.#png, this.#npy]) setAttribute(link, "aria-disabled", picture ? null : "true");
    setAttribute(this.#npy, "href", picture ? npyAddress(this.subject.shown.value) : null);
    setAttribute(this.#npy, "download", picture ? `${methodOf(name)}.npy` : null);
    setAttribute(this.#png, "href", picture ? "#" : null);
    this.#paintOptions(picture);
    setHidden(this.#why, !!picture);
    setHidden(this.#map.element, !picture);
    setText(this.#why, blocked ?? "");
    if (document.activeElement !== this.#opacity) this.#opacity.value = String(explain.opacity.value);
    if (picture) this.#paintMap(picture);
    this.#paintSum(picture);
    const key = told.name;
    if (key !== this.#chosen) this.#says.replaceChildren(h("b", {}, "Says "), told.says, " ", h("b", {}, "Does not say "), told.not);
    this.#chosen = key;
  }

  /** @param {Picture} picture */
  #paintMap(picture) {
    const question = explain.question.value;
    if (!question) return;
    const reach = reachOf(picture);
    const map = colormap("diverging", currentTheme());
    const changed = Math.round((explain.at.value / STEPS) * picture.values.length);
    if (explain.playing.value) this.#map.show(paintFilm(mapSize(), question, picture.ranking.place, changed, explain.film.value));
    else this.#map.show(paintOver(ofSign(picture.values, explain.sign.value), mapSize(), reach, map, question.seen, explain.opacity.value));
    this.#ramp.style.background = legendGradient(map);
    setText(this.#low, precise(-reach));
    setText(this.#high, precise(reach));
    const { y, x } = explain.pixel.value;
    const at = y * mapSize().width + x;
    const value = picture.values[at] ?? 0;
    this.#tick.style.left = `${50 + 50 * Math.max(-1, Math.min(1, value / reach))}%`;
    this.#where.replaceChildren("Row ", h("b", {}, String(y)), ", column ", h("b", {}, String(x)), ...besides(picture, at));
    setText(this.#value, precise(value));
    this.#paintCum(picture, at);
  }

  /** @param {Picture} picture @param {number} at */
  #paintCum({ ranking, values }, at) {
    const [width, count] = [this.#width, values.length];
    if (!width) return;
    const { height, top, bottom } = CUM;
    const x = (/** @type {number} */ rank) => (rank / count) * width;
    const y = (/** @type {number} */ held) => height - bottom - (held / (ranking.size || 1)) * (height - top - bottom);
    const half = holdingHalf(ranking);
    const rank = ranking.sizePlace[at] ?? 0;
    const points = Array.from({ length: 65 }, (_, part) => Math.round((part / 64) * count)).map((each) => /** @type {const} */ ([x(each), y(ranking.running[each] ?? 0)]));
    const base = height - bottom;
    const drawn = [
      text(0, 10, `<tspan class="k">${grouped(half)}</tspan> pixels, ${fixed((100 * half) / count, 1)} %, hold half of it`),
      text(width, 10, `${width > 330 && rank + half < 10_000 ? "this one: strongest no." : "this one: no."} <tspan class="k">${grouped(rank + 1)}</tspan>`, "", "end"),
      `<path d="M0 ${base}H${width}" class="ax"/>`,
      line([...points, [width, base], [0, base]], "area"),
      line(points, "ln on"),
      `<path d="M${x(half).toFixed(1)} ${y(ranking.size / 2).toFixed(1)}V${base}M0 ${y(ranking.size / 2).toFixed(1)}H${x(half).toFixed(1)}" class="ctl"/>`,
      dot([x(rank), y(ranking.running[rank + 1] ?? 0)], 3.5, "dot on"),
      text(0, height - 3, "strongest pixel"),
      text(width, height - 3, `all ${grouped(count)}`, "", "end"),
    ];
    this.#cum.setAttribute("width", String(width));
    this.#cum.setAttribute("aria-label", `${half} of ${count} pixels hold half of the map`);
    setMarkup(this.#cum, drawn.join(""));
  }

  #summed = "";

  /** @param {Picture | null} picture */
  #paintSum(picture) {
    const key = JSON.stringify([picture?.header, currentTheme()]);
    if (key === this.#summed) return;
    this.#summed = key;
    this.#sum.replaceChildren(...(picture ? sumParts(picture.header) : []));
    this.#sum.title = picture ? sumTitle(picture.header) : "";
  }

  #offered = "";

  /** @param {Picture | null} picture */
  #paintOptions(picture) {
    const name = explain.method.value;
    const told = toldOf(name);
    const chosen = explain.options.value[name] ?? {};
    const cam = name === "grad_cam";
    const layers = cam ? (explain.question.value?.layers ?? []) : [];
    const header = picture?.header ?? null;
    const missed = name === "integrated_gradients" && header?.adds_up === false && Number(header.options.steps) < 3200;
    const key = JSON.stringify([name, chosen, layers.length, header?.passes, header?.layer, missed]);
    if (key === this.#offered) return;
    this.#offered = key;
    const parts = [];
    if (cam) parts.push(select("variant", "Method", [["grad_cam", "Grad-CAM"], ["layer_cam", "LayerCAM"]], chosen.variant));
    if (cam && layers.length) {
      const names = layers.toReversed().map(({ name: node, shape: [, rows, columns] }) => /** @type {const} */ ([node, `${node}, ${rows}×${columns}`]));
      parts.push(select("layer", "Layer", names, chosen.layer ?? header?.layer));
    }
    for (const { key: option, label, choices } of CHOICES[name] ?? []) parts.push(select(option, label, choices, chosen[option] ?? header?.options[option]));
    if (!parts.length) parts.push(h("span", {}, told.sub));
    if (header) parts.push(missed ? h("button", { class: "btn more", type: "button", title: sumTitle(header) }, "Double the steps") : h("span", { class: "cost" }, cost(header)));
    this.#options.replaceChildren(...parts);
  }

  #savePng() {
    const link = h("a", { download: `${methodOf(explain.method.value)}.png`, href: this.#map.element.toDataURL("image/png") });
    link.click();
  }
}

/** @param {MapHeader} header */
const cost = ({ passes }) => (passes === 0 ? "control" : passes === 1 ? "1 pass" : `${grouped(passes)} passes`);

/**
 * @param {string} key
 * @param {string} label
 * @param {readonly (readonly [string | number, string])[]} choices
 * @param {unknown} chosen
 */
function select(key, label, choices, chosen) {
  const known = choices.some(([value]) => String(value) === String(chosen));
  const all = known || chosen === undefined || chosen === null ? choices : [...choices, /** @type {const} */ ([String(chosen), `${chosen} ${label.toLowerCase()}`])];
  const options = all.map(([value, text]) => h("option", { value, selected: String(value) === String(chosen) }, text));
  return h("select", { "aria-label": label, "data-key": key }, ...options);
}

/** What stands beside a pixel's place: its share of the value, or how sure the map is. @param {Picture} picture @param {number} at */
function besides({ header, values, spread }, at) {
  const value = explain.question.value?.value;
  if (spread) return [h("small", { title: "Standard error over the masks" }, `± ${fixed(spread[at] ?? 0, 4)}`)];
  if (!header.promise || !value) return [];
  return [h("small", { title: `of ${fixed(value)}` }, `${fixed((100 * (values[at] ?? 0)) / value, 2)} %`)];
}

/** @param {MapHeader} header */
function sumParts(header) {
  if (header.method === CONTROL) return [h("span", {}, "No network was asked: nothing here can add up.")];
  const chips = [chip(header.for, header), chip(header.against, header)];
  if (!header.promise) return [...chips, h("span", {}, "="), plain(header.total), h("span", {}, "promises no sum")];
  const parts = Object.entries(header.promise.parts).flatMap(([name, value]) => [quiet(`+ ${name}`), plain(value)]);
  const reached = header.total + Object.values(header.promise.parts).reduce((sum, value) => sum + value, 0);
  const held = header.adds_up ? mark(true) : [h("span", { class: "bad" }, `off ${fixed(header.residual ?? 0)}`)];
  return [...chips, ...parts, h("span", {}, "="), h("b", { class: "total" }, fixed(reached)), ...held];
}

/** @param {number} value @param {MapHeader} header */
function chip(value, header) {
  const most = Math.max(header.for, -header.against) || 1;
  const rgb = colour(value / most / 2, { low: -1, high: 1 }, colormap("diverging", currentTheme()));
  const made = h("b", { class: "chip num" }, signed(value));
  made.style.background = cssColour(rgb);
  made.style.color = inkOn(rgb);
  return made;
}

/** @param {number} value */
const plain = (value) => h("b", { class: "chip plain num" }, signed(value));

/** @param {import("../../state/types.js").TraceView | null} shown */
function npyAddress(shown) {
  if (!shown) return null;
  const query = { ...askedQuery(), options: askedOptions() };
  return urls.explanation(shown.model.id, shown.image.id, shown.crop, methodOf(explain.method.value), query);
}

customElements.define("explain-inspector", ExplainInspector);
