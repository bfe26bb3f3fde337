import { largestOf } from "../../geometry/extremes.js";
import { MINUS } from "../../geometry/scale.js";
import { look, netShown, race, see, view } from "../../state/race.js";
import { view as page } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h } from "../../widgets/dom.js";
import { openSheet } from "./race-draw.js";
import { button, called, choices, colouredOf, largest, mapOf, pictureOf, renew, tint } from "./parts.js";
import { choosePicture } from "./test-picture.js";
import { ownWords } from "./own-words.js";

/** @import { Panel } from "../../api/training-types.js" */
/** @import { Race } from "../../api/training.js" */

/** So many filters have room for their numbers. */
const NAMED = 16;

/** What the chosen net has learnt: its filters, the maps of a test picture, its answer. */
export class RaceLearnt extends BaseElement {
  /** @override */
  connected() {
    this.watch(race, look, view, page.theme);
  }

  /** @override */
  paint() {
    const { value } = race;
    const net = netShown();
    if (!value || !net) return;
    const panel = look.value?.panel;
    this.style.setProperty("--hue", `var(--${net.kind})`);
    if (!panel || !value.nets.some(({ id }) => id === panel.net)) return;
    const own = value.nets.find(({ id }) => id === panel.net) ?? net;
    const when = panel.step ? `at step ${panel.step}` : "at step 0: random numbers";
    const layers = own.kind === "cnn" ? ["conv_1", "conv_2", "conv_3"] : ["dense_1"];
    renew(
      this,
      h(
        "div",
        { class: "sheet-head" },
        h("span", {}, `What the ${called(own)} has learnt `, h("small", {}, when)),
        choices("Layer", layers.map((layer) => /** @type {const} */ ([layer, layer])), panel.layer, (layer) => chooseLayer(layer)),
      ),
      gridOf(panel, value),
      answerOf(panel, value),
    );
  }
}

/** @param {string} layer Another layer has other filters: the first of them is chosen. */
function chooseLayer(layer) {
  if (layer.startsWith("conv")) see({ layer, filter: 0, channel: 0, row: 1, column: 1 });
}

/**
 * @param {Panel} panel
 * @param {Race} now
 */
function gridOf(panel, now) {
  const count = panel.shape[0] ?? 0;
  const grid = h("div", { class: `filters${count > 8 ? " many" : ""}` });
  grid.style.setProperty("--n", String(Math.min(count, NAMED)));
  const conv = panel.shape.length === 4;
  grid.append(labelled(conv ? "Filters" : "Weights", wordsOf(panel, now)), row(weightsOf(panel, now)));
  if (conv && (panel.shape[1] ?? 1) > 1) grid.append(labelled("Kernels", [`of filter ${view.value.filter}`]), row(kernelsOf(panel)));
  grid.append(testOf(panel, now), row(conv ? mapsOf(panel) : barsOf(panel)));
  return grid;
}

/** @param {string} title @param {readonly string[]} words */
const labelled = (title, words) => h("div", { class: "label" }, title, ...words.map((text) => h("small", {}, text)));

/** @param {readonly Node[]} cells */
const row = (cells) => h("div", { class: "cells" }, ...cells);

/** @param {Panel} panel @param {Race} now */
function wordsOf(panel, now) {
  const [, channels, height, width] = panel.shape;
  if (height === undefined) return [`${now.picture[1]}×${now.picture[2]} a unit`, "click any one"];
  if (channels === 3) return [`${height}×${width} in colour`, "click any one"];
  return channels === 1 ? [`${height}×${width} weights`, "click any one"] : [`${channels} of ${height}×${width}`, `here: map ${view.value.channel}`];
}

/** @param {Panel} panel @param {Race} now */
function weightsOf(panel, now) {
  const [count = 0, channels = 1, height = now.picture[1] ?? 1, width = now.picture[2] ?? 1] = panel.shape;
  const conv = panel.shape.length === 4;
  const { filter, channel, unit } = view.value;
  const most = largest(panel.weights) * (conv ? 1 : 0.6);
  const chosen = conv ? filter : unit;
  return Array.from({ length: count }, (_, n) => {
    const coloured = now.picture[0] === 3 && (!conv || channels === 3);
    const first = coloured ? n * 3 * height * width : conv ? (n * channels + Math.min(channel, channels - 1)) * height * width : n * channels;
    const values = panel.weights.subarray(first, first + (coloured ? 3 : 1) * height * width);
    const name = conv ? `Filter ${n}` : `Weights of unit ${n}`;
    return cell(values, { width, height, most, name, chosen: n === chosen, number: n, count }, (row, column) =>
      see(conv ? { filter: n, row, column } : { unit: n, pixel: row * width + column }),
    );
  });
}

/** All kernels of the chosen filter. @param {Panel} panel */
function kernelsOf(panel) {
  const [, channels = 1, height = 1, width = 1] = panel.shape;
  const { filter, channel } = view.value;
  const most = largest(panel.weights);
  return Array.from({ length: channels }, (_, n) => {
    const first = (filter * channels + n) * height * width;
    const values = panel.weights.subarray(first, first + height * width);
    return cell(values, { width, height, most, name: `Kernel for map ${n}`, chosen: n === channel, number: n, count: channels }, (row, column) =>
      see({ channel: n, row, column }),
    );
  });
}

/**
 * @param {Float32Array} values
 * @param {{width: number, height: number, most: number, name: string, chosen: boolean, number: number, count: number}} about
 * @param {(row: number, column: number) => void} choose
 */
function cell(values, { width, height, most, name, chosen, number, count }, choose) {
  const drawn = values.length > width * height ? colouredOf : mapOf;
  const canvas = drawn(values, width, height, most, { "aria-hidden": "true" });
  const box = button(canvas, { class: `filter${chosen ? " chosen" : ""}`, "aria-label": name, "aria-pressed": String(chosen), "data-focus": name }, () => {});
  box.addEventListener("click", (event) => {
    const frame = canvas.getBoundingClientRect();
    const inside = (/** @type {number} */ at, /** @type {number} */ size, /** @type {number} */ cells) =>
      Math.max(0, Math.min(cells - 1, Math.floor((at / size) * cells)));
    // From the keyboard there is no place: the one that was chosen stays.
    if (event.detail === 0) choose(Math.min(view.value.row, height - 1), Math.min(view.value.column, width - 1));
    else choose(inside(event.clientY - frame.top, frame.height, height), inside(event.clientX - frame.left, frame.width, width));
  });
  if (chosen) box.append(spotOn(width, height));
  const label = count > NAMED ? [] : [h("span", { class: "fname" }, String(number))];
  return h("div", { class: chosen ? "cell chosen" : "cell" }, box, ...label);
}

/** @param {number} width @param {number} height */
function spotOn(width, height) {
  const { row, column, pixel } = view.value;
  // A unit's weights lie as the pixels of its picture, which is larger than any kernel.
  const [top, left] = width > 7 ? [Math.floor((pixel % (width * height)) / width), pixel % width] : [row, column];
  const spot = h("i", { class: "spot" });
  Object.assign(spot.style, {
    left: `${(100 * left) / width}%`,
    top: `${(100 * top) / height}%`,
    width: `${100 / width}%`,
    height: `${100 / height}%`,
  });
  return spot;
}

/** The test picture as this net sees it. @param {Panel} panel @param {Race} now */
function testOf(panel, now) {
  const { image, drawn, left, dx } = view.value;
  const moved = left === "shift" && now.step > 0 && dx;
  const words = moved ? `dx ${String(dx).replace("-", MINUS)}` : drawn ? "yours" : `test ${image}`;
  const turn = (/** @type {number} */ by) => see({ image: (image + (drawn ? 0 : by) + now.test) % now.test, drawn: "" });
  return h(
    "div",
    { class: "label test" },
    pictureOf(panel.seen, now.picture[2] ?? 1, now.picture[1] ?? 1, { role: "img", "aria-label": "Test image" }),
    h(
      "div",
      { class: "pager" },
      button("‹", { class: "btn", "aria-label": "Previous test image", "data-focus": "back" }, () => turn(-1)),
      h("span", {}, words),
      button("›", { class: "btn", "aria-label": "Next test image", "data-focus": "on" }, () => turn(1)),
    ),
    now.picture[0] === 1
      ? button("Draw one", { class: "quiet", "data-focus": "draw", title: "Draw a test image; or drop a picture on the page" }, openSheet)
      : button("Your photo…", { class: "quiet", "data-focus": "photo", title: "Choose a photo; or drop one on the page" }, choosePicture),
  );
}

/** @param {Panel} panel */
function mapsOf(panel) {
  const [count = 0, height = 1, width = 1] = panel.maps_shape;
  const most = largest(panel.maps);
  return Array.from({ length: count }, (_, n) => {
    const values = panel.maps.subarray(n * height * width, (n + 1) * height * width);
    const dead = values.every((value) => value === 0);
    const name = `Map ${n}${dead ? ": all 0" : ""}`;
    const box = button(
      mapOf(values, width, height, most, { "aria-hidden": "true" }, "sequential"),
      { class: `filter map${n === view.value.filter ? " chosen" : ""}`, "aria-label": name, title: name, "data-focus": `map ${n}` },
      () => see({ filter: n }),
    );
    return h("div", { class: "cell" }, box, ...(count > NAMED ? [] : [h("span", { class: "fname" }, dead && count <= 8 ? `${n}: all 0` : String(n))]));
  });
}

/** What the hidden units say. @param {Panel} panel */
function barsOf(panel) {
  const most = largest(panel.maps);
  return [...panel.maps].map((value, n) => {
    const box = h("div", { class: "filter unit num" }, value.toFixed(2).replace("-", MINUS));
    tint(box, value, most, "sequential");
    return h("div", { class: "cell" }, box, h("span", { class: "fname" }, `unit ${n}`));
  });
}

/** @param {Panel} panel @param {Race} now */
function answerOf(panel, now) {
  const said = panel.answer.indexOf(largestOf(panel.answer));
  const right = said === panel.label;
  const rows = [...panel.answer].map((value, n) => {
    const box = h("div", { class: "cell num" }, (100 * value).toFixed(value > 0.995 ? 0 : 1));
    tint(box, value, 1, "sequential");
    const name = now.classes[n] ?? "";
    const words = n === panel.label && now.classes.length < 6 ? `${name} (true)` : name;
    return h("div", { class: n === panel.label ? "true" : "" }, box, h("small", {}, words));
  });
  const score = h("div", { class: "score-row" }, ...rows);
  score.style.setProperty("--k", String(rows.length));
  const mark = panel.label === null ? "" : right ? "✓" : "✗";
  const first = now.classes[said] ?? "";
  const own = panel.label === null ? ownWords(panel.answer, first) : null;
  return h("div", { class: "scores" }, h("div", { class: "label" }, "It says", h("b", {}, own ? own.lead : `${first} ${mark}`), ...(own ? [h("small", {}, own.rest)] : [])), score);
}

customElements.define("race-learnt", RaceLearnt);
