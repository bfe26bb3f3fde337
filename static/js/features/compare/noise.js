import { addNoise, noiseOf } from "../../state/comparison.js";
import { effect } from "../../state/store.js";
import { h, setAttribute, setText } from "../../widgets/dom.js";

/** @import { ModelDetail } from "../../api/client.js" */
/** @import { Comparison } from "../../state/comparison.js" */

/** How strongly noise is drawn. */
const STRENGTH = 10;
const STEPS = /** @type {const} */ ([
  [1, "1", "One step of the whole size (FGSM)"],
  [10, "10", "Ten steps of a quarter of it (PGD)"],
]);

/**
 * How much noise, in how many steps, and a picture of it.
 *
 * @param {Comparison} comparison
 */
export function noiseControls(comparison) {
  const { a, b, noise } = comparison;
  const canvas = h("canvas", { width: 1, height: 1, role: "img", "aria-label": `The noise, drawn ${STRENGTH} times as strong` });
  const slider = h("input", { type: "range", min: 1, max: 16, step: 1, "aria-label": "Epsilon, in 255ths" });
  const amount = h("b", { class: "num" });
  const steps = h("span", { class: "seg tiny", role: "group", "aria-label": "Steps" });
  const now = () => noise.value ?? { epsilon: Number(slider.value), steps: 10 };
  slider.addEventListener("input", () => addNoise(comparison, { ...now(), epsilon: Number(slider.value) }));
  for (const [count, text, title] of STEPS) {
    const button = h("button", { type: "button", title }, text);
    button.addEventListener("click", () => addNoise(comparison, { ...now(), steps: count }));
    noise.subscribe((wanted) => setAttribute(button, "aria-pressed", String(wanted?.steps === count)));
    steps.append(button);
  }
  effect([noise], () => {
    const { epsilon } = now();
    if (Number(slider.value) !== epsilon) slider.value = String(epsilon);
    setAttribute(slider, "aria-valuetext", `${epsilon} of 255`);
    setText(amount, `${epsilon}/255`);
  });
  effect([a.shown, b.shown], () => {
    if (noiseOf(comparison)) drawNoise(canvas, comparison);
  });
  const lines = [h("label", {}, h("span", {}, "\u03b5"), slider, amount), h("div", {}, h("span", {}, "steps"), steps), h("small", {}, `noise, drawn \u00d7 ${STRENGTH}`)];
  return h("div", { class: "compare-noise" }, canvas, h("div", {}, ...lines));
}

/**
 * What of the photo the noise has changed, around grey: from the very inputs of both networks.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Comparison} comparison
 */
function drawNoise(canvas, { a, b }) {
  const model = b.shown.value?.model;
  const name = model?.nodes.find(({ kind }) => kind === "input")?.name ?? "";
  const [clean, noisy] = [a, b].map(({ shown }) => shown.value?.activations.get(name)?.data);
  if (!model || !clean?.length || clean.length !== noisy?.length) return;
  const { width, height } = model.input;
  const picture = new ImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    for (let colour = 0; colour < 3; colour += 1) {
      picture.data[4 * pixel + colour] = 128 + STRENGTH * moved(model, clean, noisy, pixel, colour);
    }
    picture.data[4 * pixel + 3] = 255;
  }
  [canvas.width, canvas.height] = [width, height];
  canvas.getContext("2d")?.putImageData(picture, 0, 0);
}

/**
 * By how many 255ths a colour of a pixel has moved.
 *
 * @param {ModelDetail} model
 * @param {Float32Array} clean
 * @param {Float32Array} noisy
 * @param {number} pixel
 * @param {number} colour Red, green or blue.
 */
function moved({ input: { channels, width, height, std, divisor, order } }, clean, noisy, pixel, colour) {
  const channel = channels === 1 ? 0 : order === "BGR" ? 2 - colour : colour;
  const at = channel * width * height + pixel;
  return ((noisy[at] ?? 0) - (clean[at] ?? 0)) * (std[channel] ?? 1) * divisor;
}
