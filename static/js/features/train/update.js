import { fixed } from "../../geometry/scale.js";
import { h } from "../../widgets/dom.js";
import { four } from "./parts.js";

/** @import { WeightGradient } from "../../api/training-types.js" */

const em = (/** @type {string} */ text) => h("em", {}, text);

/**
 * What the optimiser did with the gradient: its formula, line by line, with every number that went in.
 *
 * @param {WeightGradient} found
 */
export function updateOf(found) {
  const { before, after, rate, decay, velocity_before: past = 0, velocity = 0 } = found.update;
  const box = h("div", { class: "update num", role: "group", "aria-label": "What the optimiser did", "data-lesson": "update" });
  const line = (/** @type {string} */ name, /** @type {(Node | string)[]} */ middle, /** @type {string} */ end, final = false) =>
    box.append(h("span", {}, name), h("div", {}, ...middle), h("div", { class: `end${final ? " final" : ""}` }, end));
  let change = four(found.used);
  if (found.optimizer === "momentum") {
    line("momentum", ["0.9 × ", em(four(past)), " + ", em(four(found.used))], four(velocity));
    change = four(velocity);
  }
  if (found.optimizer === "adam") change = adam(found, line);
  let held = fixed(before, 5);
  if (decay) {
    const kept = before * (1 - rate * decay);
    line("decay", [em(held), ` × (1 − ${short(rate)} × ${decay})`], fixed(kept, 5));
    held = fixed(kept, 5);
  }
  line("weight", [em(held), ` − ${short(rate)} × `, em(change)], `=\u2009${fixed(after, 5)}`, true);
  return box;
}

/**
 * @param {WeightGradient} found
 * @param {(name: string, middle: (Node | string)[], end: string) => void} line
 */
function adam({ update, used }, line) {
  const { mean = 0, square = 0, mean_scale: meanScale = 1, square_scale: squareScale = 1, steps = 1 } = update;
  const [m, v] = [mean * meanScale, Math.sqrt(square * squareScale)];
  line("mean", ["0.9 × the last + 0.1 × ", em(four(used))], four(mean));
  line("corrected", [em(four(mean)), ` / (1 − 0.9^${steps})`], four(m));
  line("size", ["√(", em(four(square)), ` / (1 − 0.999^${steps}))`], four(v));
  return four(m / (v + 1e-8));
}

/** @param {number} rate */
const short = (rate) => String(Number(rate.toPrecision(3)));
