import { largestOf } from "../../geometry/extremes.js";
import { netShown, pictures, race, scores, see, stepShown, view } from "../../state/race.js";
import { view as page } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h } from "../../widgets/dom.js";
import { button, pictureOf, pixelsOf, renew, signOf, tint } from "./parts.js";

/** @import { Pictures, Scores } from "../../api/training-types.js" */
/** @import { Race } from "../../api/training.js" */

const WORST = 5;

/** Which class is taken for which, and the surest mistakes. */
export class RaceMistakes extends BaseElement {
  /** @override */
  connected() {
    this.watch(race, scores, pictures, view, page.theme);
  }

  /** @override */
  paint() {
    const { value } = race;
    const found = scores.value;
    if (!value) return;
    if (!found || !value.step || found.net !== netShown()?.id) {
      const words = value.step ? "" : "Which class is taken for which: the first steps fill this.";
      renew(this, head("Mistakes", "", null), emptyMatrix(value.classes.length), h("p", { class: "note" }, words));
      return;
    }
    const wrong = found.said.length - found.right;
    renew(
      this,
      head("Mistakes", `${wrong} of ${found.said.length}`, view.value.cell),
      matrixOf(found, value),
      h("div", { class: "matrix-words" }, h("span", {}, "row: true → column: said"), h("span", {}, found.step === stepShown() ? "" : `step ${found.step}`)),
      worstOf(found, value),
    );
  }
}

/** @param {string} title @param {string} count @param {number | null} cell */
function head(title, count, cell) {
  const all = cell === null ? "" : button("all", { class: "quiet" }, () => see({ cell: null }));
  return h("div", { class: "sheet-head" }, h("span", {}, `${title} `, h("small", {}, count)), all);
}

/** @param {number} count */
function matrixBox(count) {
  const matrix = h("div", { class: "matrix" });
  matrix.style.setProperty("--n", String(count));
  matrix.style.gridTemplateRows = `repeat(${count}, 1fr) 16px`;
  return matrix;
}

/** @param {number} count */
function emptyMatrix(count) {
  const matrix = matrixBox(count);
  for (let at = 0; at < count; at += 1) {
    matrix.append(h("span", {}), ...Array.from({ length: count }, () => h("span", { class: "well" })));
  }
  return matrix;
}

/** @param {Scores} found @param {Race} now */
function matrixOf(found, now) {
  const count = now.classes.length;
  const matrix = matrixBox(count);
  matrix.setAttribute("role", "group");
  matrix.setAttribute("aria-label", "True class by row, said class by column");
  const off = found.confusion.flatMap((line, row) => line.filter((_, column) => column !== row));
  const most = Math.max(1, largestOf(off)) * 1.15;
  found.confusion.forEach((line, row) => {
    matrix.append(h("span", { class: "lab", "aria-hidden": "true" }, signOf(now.classes[row] ?? "")));
    line.forEach((value, column) => {
      const at = row * count + column;
      const title = `${value} of class ${now.classes[row]} called ${now.classes[column]}`;
      const same = row === column;
      const box = button(value || same ? String(value) : "", { class: `${same ? "same" : ""}${value > 99 && count > 6 ? " long" : ""}${view.value.cell === at ? " chosen" : ""}`, title, "aria-label": title, "data-focus": `cell ${at}` }, () =>
        see({ cell: view.value.cell === at ? null : at }),
      );
      if (!same) tint(box, value, most, "sequential");
      matrix.append(box);
    });
  });
  matrix.append(h("span", {}), ...now.classes.map((name) => h("span", { class: "lab", "aria-hidden": "true" }, signOf(name))));
  return matrix;
}

/** @param {Scores} found @param {Race} now */
function worstOf(found, now) {
  const held = pictures.value;
  if (!held) return "";
  const count = now.classes.length;
  const { cell } = view.value;
  const fits = (/** @type {number} */ at) => {
    const [truth, said] = [held.labels[at] ?? 0, found.said[at] ?? 0];
    return cell === null ? truth !== said : truth * count + said === cell;
  };
  const sure = (/** @type {number} */ at) => found.sure[at] ?? 0;
  const wrong = [...found.said.keys()].filter(fits).sort((a, b) => sure(b) - sure(a)).slice(0, WORST);
  return h("div", { class: "worst", role: "group", "aria-label": "Surest mistakes" }, ...wrong.map((at) => mistake(at, found, held, now)));
}

/**
 * @param {number} at
 * @param {Scores} found
 * @param {Pictures} held
 * @param {Race} now
 */
function mistake(at, found, held, now) {
  const [, , height, width] = held.shape;
  const pixels = pixelsOf(held, at, netShown()?.shuffled ?? false);
  const [truth, said] = [now.classes[held.labels[at] ?? 0] ?? "", now.classes[found.said[at] ?? 0] ?? ""];
  const share = `${(100 * (found.sure[at] ?? 0)).toFixed(1)} %`;
  const title = `Called ${said} with ${share}, is ${truth}. Look at it`;
  const box = button(pictureOf(pixels, width, height), { class: at === view.value.image && !view.value.drawn ? "chosen" : "", title, "aria-label": title, "data-focus": `worst ${at}` }, () => see({ image: at, drawn: "" }));
  const arrow = signOf(truth).length > 1 ? "→" : " → ";
  box.append(signOf(truth), arrow, h("b", {}, signOf(said)));
  return box;
}

customElements.define("race-mistakes", RaceMistakes);
