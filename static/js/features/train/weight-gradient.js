import { look, netNamed, race, see, until, view } from "../../state/race.js";
import { view as page } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h } from "../../widgets/dom.js";
import { onKeys } from "../../widgets/keys.js";
import { fixed, grouped } from "../../geometry/scale.js";
import { button, choices, four, icon, largest, mapOf, renew, signed, tint } from "./parts.js";
import { SumOverPlaces } from "./sum-over-places.js";
import { updateOf } from "./update.js";

/** @import { WeightGradient } from "../../api/training-types.js" */
/** @import { Race } from "../../api/training.js" */

/** Milliseconds in which all places are added up before one's eyes. */
const ADDING = 4000;

const reduced = matchMedia("(prefers-reduced-motion: reduce)");

/** Where the change of one weight comes from: every place it was used at, and the number they add up to. */
export class GradientOfWeight extends BaseElement {
  #sum = new SumOverPlaces(() => this.requestPaint());
  #frame = 0;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(race, look, view, until, page.theme);
    // On a narrow screen it lies over the race: it comes when it is wanted.
    const details = this.querySelector("details");
    const narrow = matchMedia("(max-width: 1099px)");
    const fold = () => details?.toggleAttribute("open", !narrow.matches);
    narrow.addEventListener("change", fold, { signal });
    fold();
    onKeys({ a: ["Add the gradient up, place by place", () => this.#addUp()] }, signal);
    signal.addEventListener("abort", () => cancelAnimationFrame(this.#frame));
  }

  /** @override */
  paint() {
    const { value } = race;
    if (!value) return;
    const found = look.value?.gradient;
    const body = this.piece("body");
    if (!found) return renew(body, ...empty(value));
    renew(
      body,
      headOf(found),
      h("div", { class: "weights" }, kernelOf(found), factsOf(found)),
      this.#sumHead(found),
      ...this.#sum.parts(found, until.value),
      ...this.#totalOf(found),
      updateOf(found),
      ...placeOf(value),
    );
  }

  /** @param {WeightGradient} found */
  #sumHead(found) {
    const one = found.picture;
    const turn = (/** @type {string} */ mode) =>
      see({ picture: mode === "batch" ? null : one === undefined ? 0 : (one + 1) % found.images });
    return h(
      "div",
      { class: "sum-head" },
      h("h3", {}, "Sum over places"),
      h(
        "div",
        { class: "sum-tools" },
        button(icon("M3 1v12l10-6z"), { class: "btn icon", title: "Add up place by place (A)", "aria-label": "Add up place by place", "data-focus": "add" }, () => this.#addUp()),
        choices("Images", [["batch", `Batch of ${found.images}`], ["one", one === undefined ? "One image" : `Image ${one + 1} ›`]], one === undefined ? "batch" : "one", turn),
      ),
    );
  }

  /** @param {WeightGradient} found */
  #totalOf(found) {
    const shown = found.one ?? found.products;
    const places = shown.length;
    const now = until.value;
    const decimals = decimalsOf(found);
    const total = shown.slice(0, now ?? places).reduce((sum, value) => sum + value, 0);
    const words = now === null ? `Σ of ${grouped(places)} places${found.one ? ", one image" : ""}` : `Σ of ${now} of ${places} places`;
    const head = h("div", { class: "total num", "data-lesson": "total" }, h("span", {}, words), h("b", {}, fixed(total, decimals)));
    if (found.one) {
      const part = found.total ? `${fixed((100 * total) / found.total, 0)} %` : "–";
      return [head, h("p", { class: "check num" }, h("span", {}, `share of the batch's ${fixed(found.total, decimals)}`), h("span", {}, part))];
    }
    return [head, h("p", { class: "check num", "data-lesson": "total" }, h("span", {}, `The optimiser used ${fixed(found.used, decimals)}`), verdict(found, now))];
  }

  #addUp() {
    const found = look.value?.gradient;
    if (!found) return;
    const most = found.products.length;
    const began = performance.now();
    const tick = () => {
      const part = (performance.now() - began) / (reduced.matches ? 1 : ADDING);
      until.value = part >= 1 ? null : Math.max(1, Math.floor(part * most));
      if (part < 1) this.#frame = requestAnimationFrame(tick);
    };
    cancelAnimationFrame(this.#frame);
    tick();
  }
}

/** @param {WeightGradient} found */
export function decimalsOf(found) {
  const size = Math.abs(found.total) || 1e-4;
  return Math.min(6, Math.max(4, 3 - Math.floor(Math.log10(size))));
}

/** The check mark is for what was checked: the very step, made again, and its sum. @param {Pick<WeightGradient, "replayed" | "agrees" | "total" | "used">} found @param {number | null} now */
export function verdict(found, now) {
  if (now !== null) return h("span", {}, "adding up …");
  if (!found.replayed) return h("strong", { class: "bad" }, "the step came out otherwise when made again");
  if (!found.agrees) return h("strong", { class: "bad" }, `off by ${Math.abs(found.total - found.used).toExponential(0)}`);
  return h("strong", { title: "Their difference is below a millionth of the layer's largest gradient" }, "✓ the same");
}

/** @param {WeightGradient} found */
function headOf(found) {
  const [filter = 0, channel = 0, row = 0, column = 0] = found.index;
  const of = (found.shape[1] ?? 1) > 1 ? `, map ${channel}` : "";
  const count = found.shape[0] ?? 1;
  const turn = (/** @type {number} */ by) => see({ filter: (view.value.filter + by + count) % count });
  return h(
    "div",
    { class: "insp-head" },
    h("div", {}, h("h2", {}, "Gradient of one weight"), h("p", {}, `${found.layer}, filter ${filter}${of}, row ${row}, column ${column}`)),
    h(
      "div",
      {},
      button("‹", { class: "btn", title: "Previous filter (↑)", "aria-label": "Previous filter", "data-focus": "previous" }, () => turn(-1)),
      button("›", { class: "btn", title: "Next filter (↓)", "aria-label": "Next filter", "data-focus": "next" }, () => turn(1)),
    ),
  );
}

/** @param {WeightGradient} found */
function kernelOf(found) {
  const [, channels = 1, height = 1, width = 1] = found.shape;
  const [filter = 0, channel = 0, row = 0, column = 0] = found.index;
  const first = (filter * channels + channel) * height * width;
  const values = found.weight.subarray(first, first + height * width);
  const most = largest(values);
  // A large kernel has no room for the zero before the point.
  const short = (/** @type {number} */ value) => (width > 5 ? fixed(value, 2).replace("0.", ".") : fixed(value, 2));
  const grid = h("div", { class: `kernel num${width > 5 ? " wide" : ""}`, role: "group", "aria-label": "Kernel before the step", "data-lesson": "weight" });
  grid.style.setProperty("--k", String(width));
  values.forEach((value, at) => {
    const [y, x] = [Math.floor(at / width), at % width];
    const chosen = y === row && x === column;
    const cell = button(short(value), { class: chosen ? "chosen" : "", "aria-pressed": String(chosen), "aria-label": `Row ${y}, column ${x}: ${fixed(value, 3)}`, "data-focus": `w ${at}` }, () => see({ row: y, column: x }));
    grid.append(tint(cell, value, most));
  });
  return grid;
}

/** @param {WeightGradient} found */
function factsOf(found) {
  const [height, width] = found.places;
  const words = `products add up to the gradient of this `;
  const rest = ` weight: it is used at ${height}×${width} places of ${found.images} images.`;
  return h("p", { class: "facts", "data-lesson": "facts" }, h("span", { class: "times" }, grouped(height * width * found.images)), words, h("b", {}, "one"), rest);
}

/** @param {Race} now @returns {Node[]} */
function empty(now) {
  const cnn = now.nets.find((net) => net.kind === "cnn");
  const { layer, filter, row, column } = view.value;
  const [height = 1, width = 1] = cnn?.places[layer] ?? [];
  const words = cnn ? `${layer}, filter ${filter}, row ${row}, column ${column}` : "No CNN is in the race.";
  const failed = cnn?.failed ? `The CNN has no step ${cnn.failed}: its loss was no longer finite.` : "The first step fills this, term by term.";
  return [
    h("div", { class: "insp-head" }, h("div", {}, h("h2", {}, "Gradient of one weight"), h("p", {}, words))),
    h("p", { class: "facts" }, h("b", {}, "One"), ` weight, used at ${height}×${width} places of every image. Each place asks it to change. `, h("b", {}, "Its gradient is the sum.")),
    h("div", { class: "sum-head" }, h("h3", {}, "Sum over places")),
    h("div", { class: "sum" }, h("div", { class: "sum-map" }, h("canvas", { width: 1, height: 1 })), h("div", { class: "sum-bars blank" }), h("div", { class: "sum-rows" })),
    h("p", { class: "sum-say" }, failed),
    h("div", { class: "total num" }, h("span", {}, `Σ of ${height * width} places`), h("b", {}, "–")),
  ];
}

/** The same question for a weight of the fully connected net: it has one place. @param {Race} now @returns {Node[]} */
function placeOf(now) {
  const found = look.value?.place;
  if (!found || !netNamed(found.net)) return [];
  const [unit = 0, pixel = 0] = found.index;
  const [, height = 1, width = 1] = now.picture;
  const [y, x] = [Math.floor((pixel % (height * width)) / width), pixel % width];
  const change = found.update.after - found.update.before;
  const plane = new Float32Array(height * width);
  plane[y * width + x] = Math.sign(found.total);
  const spot = h("i", {});
  Object.assign(spot.style, { left: `${(100 * x) / width}%`, top: `${(100 * y) / height}%` });
  const sum = `${four(found.total)} ${found.agrees && found.replayed ? "✓" : ""}`;
  return [
    h(
      "div",
      { class: "mlp-card" },
      h("div", { class: "where", title: "Products by place, as in the map above" }, mapOf(plane, width, height, 1.4, { role: "img", "aria-label": "The one place of this weight" }), spot),
      h(
        "div",
        {},
        h("h3", {}, "A weight of the MLP"),
        h("p", {}, `Unit ${unit}, pixel row ${y}, column ${x}. `, h("b", {}, "One place, nothing to add up: "), `${found.images} products, ${found.inked} with ink: ${sum}. It learns for this pixel alone.`),
        h("p", { class: "num" }, "This step changed it by ", h("b", {}, Math.abs(change) < 5e-8 ? "0" : signed(change, 5))),
      ),
    ),
  ];
}

customElements.define("weight-gradient", GradientOfWeight);
