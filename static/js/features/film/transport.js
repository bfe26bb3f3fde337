import { stepLayer, view } from "../../state/view.js";
import { choice } from "../../widgets/choice.js";
import { h, s, setAttribute } from "../../widgets/dom.js";

/** @import { Player } from "../../state/playback.js" */
/** @import { LayerSource } from "../../state/sources.js" */

const SIGNS = {
  first: "M2 2v12M14 2L5 8l9 6z",
  back: "M12 2L4 8l8 6z",
  play: "M4 2l9 6-9 6z",
  pause: "M4.5 2.5v11M10.5 2.5v11",
  next: "M4 2l8 6-8 6z",
  last: "M14 2v12M2 2l9 6-9 6z",
};

const MOVES = /** @type {const} */ ([
  { name: "first", by: -Infinity, titles: ["First layer (Home)", "First row of the layer", "First value of the layer"] },
  { name: "back", by: -1, titles: ["Layer before (←)", "Row before (,)", "Value before (,)"] },
  { name: "next", by: 1, titles: ["Next layer (→)", "Next row (.)", "Next value (.)"] },
  { name: "last", by: Infinity, titles: ["Last layer (End)", "Last row of the layer", "Last value of the layer"] },
]);
const PACES = /** @type {const} */ (["layer", "row", "value"]);
const PACE_CHOICES = /** @type {const} */ ([
  ["layer", "Layer", "Play layer by layer"],
  ["row", "Row", "The window slides row by row (, and . step)"],
  ["value", "Value", "The window slides value by value (, and . step)"],
]);

/**
 * The buttons that move through the layers or through one layer, the pace and the speed, and the keys that do the same.
 *
 * @param {Player} player
 * @param {LayerSource} source
 * @param {AbortSignal} signal
 */
export function transport(player, { model }, signal) {
  const play = h("button", { class: "btn primary icon play", type: "button" });
  play.addEventListener("click", () => player.toggle(), { signal });
  view.playback.subscribe(
    ({ playing }) => {
      if (play.getAttribute("aria-label") === label(playing)) return;
      setAttribute(play, "aria-label", label(playing));
      play.title = `${label(playing)} (Space)`;
      play.replaceChildren(sign(playing ? "pause" : "play"));
    },
    { signal },
  );
  const steps = MOVES.map(({ name, by, titles }) => {
    const button = h("button", { class: "btn icon", type: "button" }, sign(name));
    const act = () => (view.pace.value === "layer" ? stepLayer(model.value, by) : player.step(by));
    button.addEventListener("click", act, { signal });
    view.pace.subscribe(
      (pace) => {
        button.title = titles[PACES.indexOf(pace)] ?? "";
        setAttribute(button, "aria-label", button.title.replace(/ \(.*/, ""));
      },
      { signal },
    );
    return button;
  });
  steps.splice(2, 0, play);
  const pace = choice("Pace", view.pace, PACE_CHOICES, signal);
  return h(
    "div",
    { class: "transport" },
    h("div", { class: "transport-buttons" }, ...steps),
    h("div", { class: "transport-speed" }, pace, ...speed(player, signal)),
    keyHints(signal),
  );
}

/** @param {boolean} playing */
const label = (playing) => (playing ? "Pause the forward pass" : "Play the forward pass");

/** @param {keyof typeof SIGNS} name */
function sign(name) {
  const attributes = {
    d: SIGNS[name],
    fill: "currentColor",
    stroke: "currentColor",
    "stroke-width": name === "pause" ? 3 : 1.5,
    "stroke-linejoin": "round",
  };
  return s("svg", { width: 16, height: 16, viewBox: "0 0 16 16", "aria-hidden": "true" }, s("path", attributes));
}

/**
 * @param {Player} player
 * @param {AbortSignal} signal
 */
function speed(player, signal) {
  const slider = h("input", { type: "range", min: -2, max: 5, step: 1, value: 0, "aria-label": "Speed", title: "Speed" });
  const shown = h("output", {}, "1×");
  slider.addEventListener(
    "input",
    () => {
      const factor = 2 ** Number(slider.value);
      player.setSpeed(factor);
      shown.textContent = `${{ 0.25: "¼", 0.5: "½" }[factor] ?? factor}×`;
      slider.setAttribute("aria-valuetext", `${factor} times`);
    },
    { signal },
  );
  return [slider, shown];
}

/** @param {AbortSignal} signal */
function keyHints(signal) {
  const key = (/** @type {string} */ text) => h("kbd", {}, text);
  const hints = h("p", { class: "transport-keys", "aria-hidden": "true" });
  view.pace.subscribe(
    (pace) =>
      hints.replaceChildren(
        ...[key("Space"), " play ", key("←"), key("→"), " layer "],
        ...(pace === "layer" ? [key("↑"), key("↓"), " map"] : [key(","), key("."), ` ${pace}`]),
      ),
    { signal },
  );
  return hints;
}
