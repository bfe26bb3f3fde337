import { compact, grouped } from "../../geometry/scale.js";
import { decades, scatter } from "../../geometry/scatter.js";
import { s } from "../../widgets/dom.js";

/** @import { ModelSummary } from "../../api/client.js" */

const SIZE = { width: 520, height: 300 };
const FRAME = { left: 44, top: 16, right: 500, bottom: 252 };
const SHARES = [0, 0.25, 0.5, 0.75, 1];

/** @typedef {ModelSummary & {accuracy: NonNullable<ModelSummary["accuracy"]>}} Measured */

/**
 * Accuracy over multiply-adds: a point for every model that was measured, its area its parameters.
 *
 * @param {readonly ModelSummary[]} models
 * @param {string} read Id of the one whose card is shown.
 * @param {(id: string) => void} choose
 * @returns {SVGElement}
 */
export function plotOf(models, read, choose) {
  const measured = /** @type {Measured[]} */ (models.filter(({ accuracy, macs }) => accuracy && macs > 0));
  const { width, height } = SIZE;
  const plot = s("svg", { viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "Accuracy over multiply-adds" });
  if (!measured.length) return plot;
  const ticks = decades(measured.map(({ macs }) => macs));
  plot.append(...axes(ticks));
  const most = commonest(models.map(subjectOf));
  const data = measured.map((model) => ({
    ...{ id: model.id, x: model.macs, y: model.accuracy.top1, area: model.parameter_count },
    name: labelOf(model, most),
  }));
  for (const point of scatter(data, FRAME, ticks)) {
    const model = /** @type {Measured} */ (measured.find(({ id }) => id === point.id));
    plot.append(pointOf(model, point, { name: labelOf(model, most), other: subjectOf(model) !== most, read: read === model.id, choose }));
  }
  return plot;
}

/** What was told apart: only accuracies on the same classes compare. @param {ModelSummary} model */
const subjectOf = ({ classes }) => classes.join();

/** @param {readonly string[]} all */
const commonest = (all) => [...all].sort((a, b) => all.filter((each) => each === b).length - all.filter((each) => each === a).length)[0];

/**
 * @param {ModelSummary} model
 * @param {string | undefined} most
 */
function labelOf(model, most) {
  if (subjectOf(model) === most) return model.title;
  return `${model.title}, ${/^\d+$/.test(model.classes[0] ?? "") ? "digits" : `${model.classes.length} classes`}`;
}

/** @param {readonly number[]} ticks */
function axes(ticks) {
  const { left, right, top, bottom } = FRAME;
  const across = (/** @type {number} */ index) => left + (index / (ticks.length - 1)) * (right - left);
  const down = (/** @type {number} */ share) => bottom - share * (bottom - top);
  const text = (/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ anchor, /** @type {string} */ words) =>
    s("text", { x, y, "text-anchor": anchor }, document.createTextNode(words));
  return [
    ...SHARES.map((share) => s("path", { class: share ? "grid" : "axis", d: `M${left} ${down(share)}H${right}` })),
    ...ticks.map((_, index) => s("path", { class: "grid", d: `M${across(index)} ${top}V${bottom}` })),
    ...SHARES.map((share) => text(left - 6, down(share) + 4, "end", `${100 * share}\u202f%`)),
    ...ticks.map((tick, index) => text(across(index), bottom + 16, "middle", compact(tick).replace(".0", ""))),
    text(left, height(bottom), "start", "Top-1 over multiply-adds; area: parameters; hollow: other classes"),
  ];
}

/** @param {number} bottom */
const height = (bottom) => bottom + 38;

/**
 * @param {Measured} model
 * @param {import("../../geometry/scatter.js").Point} point
 * @param {{name: string, other: boolean, read: boolean, choose: (id: string) => void}} style
 */
function pointOf(model, { x, y, r, label }, { name, other, read, choose }) {
  const { id, title, accuracy, macs, parameter_count: parameters } = model;
  const words = `${title}: ${(100 * accuracy.top1).toFixed(1)} % at ${grouped(macs)} multiply-adds, ${grouped(parameters)} parameters`;
  const group = s(
    "g",
    { class: `point${other ? " other" : ""}${read ? " read" : ""}`, role: "button", tabindex: 0, "data-point": id, "aria-label": words, "aria-pressed": String(read) },
    s("circle", { cx: x, cy: y, r }),
    s("text", { x: label.x, y: label.y, "text-anchor": label.anchor }, document.createTextNode(name)),
    s("title", {}, document.createTextNode(words)),
  );
  group.addEventListener("click", () => choose(id));
  group.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    choose(id);
  });
  return group;
}
