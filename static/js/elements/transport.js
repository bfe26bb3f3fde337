import { selectNode, session } from "../state/session.js";
import { h, s, setAttribute } from "./dom.js";

/** @import { Player } from "./playback.js" */

const SIGNS = {
  first: "M2 2v12M14 2L5 8l9 6z",
  back: "M12 2L4 8l8 6z",
  play: "M4 2l9 6-9 6z",
  pause: "M4.5 2.5v11M10.5 2.5v11",
  next: "M4 2l8 6-8 6z",
  last: "M14 2v12M2 2l9 6-9 6z",
};

/**
 * Move the selection by layers.
 *
 * @param {number} step
 */
export function stepLayer(step) {
  const nodes = session.model.value?.nodes ?? [];
  const at = nodes.findIndex((node) => node.name === session.selection.value.node);
  const target = nodes[Math.min(nodes.length - 1, Math.max(0, at + step))];
  if (target) selectNode(target.name);
}

/**
 * The buttons that move through the layers, the speed, and the keys that do the same.
 *
 * @param {Player} player
 * @param {AbortSignal} signal
 */
export function transport(player, signal) {
  const move = (/** @type {number} */ step) => () => {
    player.pause();
    stepLayer(step);
  };
  const play = h("button", { class: "btn primary icon play", type: "button" });
  play.addEventListener("click", () => player.toggle(), { signal });
  session.playback.subscribe(
    ({ playing }) => {
      if (play.getAttribute("aria-label") === label(playing)) return;
      setAttribute(play, "aria-label", label(playing));
      play.title = `${label(playing)} (Space)`;
      play.replaceChildren(sign(playing ? "pause" : "play"));
    },
    { signal },
  );
  const buttons = h(
    "div",
    { class: "transport-buttons" },
    button("First layer", "first", move(-Infinity), signal),
    button("Layer before (←)", "back", move(-1), signal),
    play,
    button("Next layer (→)", "next", move(1), signal),
    button("Last layer", "last", move(Infinity), signal),
  );
  return h("div", { class: "transport" }, buttons, speed(player, signal), keyHints());
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
 * @param {string} title
 * @param {keyof typeof SIGNS} name
 * @param {() => void} action
 * @param {AbortSignal} signal
 */
function button(title, name, action, signal) {
  const element = h(
    "button",
    { class: "btn icon", type: "button", title, "aria-label": title.replace(/ \(.*/, "") },
    sign(name),
  );
  element.addEventListener("click", action, { signal });
  return element;
}

/**
 * @param {Player} player
 * @param {AbortSignal} signal
 */
function speed(player, signal) {
  const slider = h("input", { type: "range", min: -2, max: 3, step: 1, value: 0, "aria-label": "Speed" });
  const shown = h("output", {}, "1×");
  slider.addEventListener(
    "input",
    () => {
      const factor = 2 ** Number(slider.value);
      player.setSpeed(factor);
      shown.textContent = `${factor}×`;
      slider.setAttribute("aria-valuetext", `${factor} times`);
    },
    { signal },
  );
  return h("label", { class: "transport-speed" }, "Speed", slider, shown);
}

function keyHints() {
  const key = (/** @type {string} */ text) => h("kbd", {}, text);
  return h(
    "p",
    { class: "transport-keys", "aria-hidden": "true" },
    key("Space"),
    " play ",
    key("←"),
    key("→"),
    " layer ",
    key("↑"),
    key("↓"),
    " map",
  );
}
