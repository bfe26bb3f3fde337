import { compares } from "../../state/comparison.js";
import { standApart } from "../../state/correspondence.js";
import { effect } from "../../state/store.js";
import { choice } from "../../widgets/choice.js";
import { h, setHidden } from "../../widgets/dom.js";
import { onKeys } from "../../widgets/keys.js";

/** @import { Comparison } from "../../state/comparison.js" */
/** @import { Lane } from "../../state/types.js" */

/** Milliseconds for which A and B each stand while they blink: slow enough to be no flashing. */
const BEAT = 400;
const LANES = /** @type {const} */ ([
  ["a", "A", "Show A (1)"],
  ["b", "B", "Show B (2)"],
  ["difference", "B \u2212 A", "Show the difference (3)"],
]);
const GAINS = /** @type {const} */ ([
  ["1", "\u00d7 1", "Differences in the colours of the values"],
  ["4", "\u00d7 4", "Differences four times as strong"],
]);

/**
 * Which of the two is shown, or what differs, and how strongly.
 *
 * @param {Comparison} comparison
 */
export function laneBar(comparison) {
  const { a, b, pinned, begun, answer, lane, gain } = comparison;
  const { signal } = new AbortController();
  const hint = h("p", { class: "strip-hint" });
  const lanes = choice("Show", lane, LANES, signal);
  const gains = choice("Strength of differences", gain, GAINS, signal);
  const blink = h("button", { type: "button", class: "btn small", title: "A and B in turn, while held (B)" }, "Blink");
  lanes.classList.add("lanes");
  blinkWhileHeld(comparison, blink);
  keys(comparison);
  effect([a.shown, b.shown, pinned, begun, answer, lane], () => {
    const [here, apart] = [compares(comparison), standApart(comparison)];
    const lead = apart ? "Two networks, two shapes." : "A is pinned.";
    setHidden(hint, !pinned.value || (here && !apart));
    hint.replaceChildren(h("b", {}, lead), apart ? "" : " Whatever you change now is B.");
    for (const part of [lanes, blink]) setHidden(part, !here || apart);
    setHidden(gains, !here || apart || lane.value !== "difference");
  });
  return h("div", { class: "compare-lanes" }, hint, lanes, gains, blink);
}

/** @param {Comparison} comparison */
function keys(comparison) {
  const show = (/** @type {Lane} */ lane) => () => {
    if (!compares(comparison) || standApart(comparison)) return false;
    comparison.lane.value = lane;
    return true;
  };
  onKeys(Object.fromEntries(LANES.map(([lane], at) => [String(at + 1), ["A, B, or what differs", show(lane)]])));
}

/**
 * @param {Comparison} comparison
 * @param {HTMLElement} button
 */
function blinkWhileHeld(comparison, button) {
  const { lane } = comparison;
  /** The lane to come back to; null while nothing blinks. */
  let before = /** @type {Lane | null} */ (null);
  let timer = 0;
  const turn = () => {
    lane.value = lane.value === "b" ? "a" : "b";
    timer = setTimeout(turn, BEAT);
  };
  const begin = () => {
    if (before || !compares(comparison) || standApart(comparison)) return;
    before = lane.value;
    turn();
  };
  const end = () => {
    if (!before) return;
    clearTimeout(timer);
    [lane.value, before] = [before, null];
  };
  button.addEventListener("pointerdown", begin);
  for (const over of ["pointerup", "pointercancel", "blur"]) addEventListener(over, end);
  onKeys({ b: ["A and B in turn, while held", begin] });
  addEventListener("keyup", (event) => event.key.toLowerCase() === "b" && end());
  button.addEventListener("keydown", ({ key, repeat }) => [" ", "Enter"].includes(key) && !repeat && begin());
  button.addEventListener("keyup", end);
}
