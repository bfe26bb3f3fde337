import { addNoise, compares, keepNetwork, noiseOf, setNetwork, swap } from "../../state/comparison.js";
import { catalogue } from "../../state/catalogue.js";
import { unedited } from "../../state/edits.js";
import { effect, signal } from "../../state/store.js";
import { h, setAttribute, setHidden } from "../../widgets/dom.js";
import { noiseControls } from "./noise.js";

/** @import { Comparison } from "../../state/comparison.js" */

/** @typedef {"edits" | "photo" | "network" | "noise"} Way  What B may differ in. */

const WAYS = /** @type {const} */ ([
  ["edits", "Edits", "Numbers of the network changed in the inspector"],
  ["photo", "Photo", "Another photo, or another part of it"],
  ["network", "Network", "Another network, or the same one untrained"],
  ["noise", "Noise", "Noise that leads away from A's answer"],
]);
const FIRST_NOISE = { epsilon: 4, steps: 10 };

/**
 * What B is: A with another photo, another network, or noise.
 *
 * @param {Comparison} comparison
 */
export function changePart(comparison) {
  const { a, b, pinned, begun } = comparison;
  const way = signal(/** @type {Way | null} */ (null));
  const exchange = h("button", { type: "button", class: "quiet", title: "Swap A and B (X)" }, "A \u21c4 B");
  exchange.addEventListener("click", () => swap(comparison));
  const noise = noiseControls(comparison);
  const network = networkChoice(comparison);
  const note = h("p", { class: "note" }, "Nothing yet: A and B are the same.");
  const tabs = ways(comparison, way);
  effect([a.shown, b.shown, pinned, begun], () => (way.value = pinned.value ? (wayOf(comparison) ?? way.value) : null));
  effect([way, begun, pinned], () => {
    setAttribute(document.body, "data-change", pinned.value ? (way.value ?? "") : null);
    setHidden(network, way.value !== "network");
    setHidden(noise, way.value !== "noise");
    setHidden(note, compares(comparison) || way.value !== null);
    exchange.disabled = !compares(comparison);
  });
  const head = h("div", { class: "dock-head" }, h("h2", {}, "B is A with"), exchange);
  return h("section", { class: "compare-change", "aria-label": "B is A with" }, head, tabs, network, noise, note);
}

/**
 * What B differs in from A now; null where it does not.
 *
 * @param {Comparison} comparison
 * @returns {Way | null}
 */
function wayOf(comparison) {
  const [a, b] = [comparison.a.shown.value, comparison.b.shown.value];
  if (!a || !b || !compares(comparison)) return null;
  if (noiseOf(comparison)) return "noise";
  if (a.model.id !== b.model.id) return unedited(a.model.id) === unedited(b.model.id) ? "edits" : "network";
  return a.key === b.key ? null : "photo";
}

/**
 * @param {Comparison} comparison
 * @param {import("../../state/store.js").Signal<Way | null>} way
 */
function ways(comparison, way) {
  const group = h("div", { class: "seg fill", role: "group", "aria-label": "B is A with" });
  for (const [value, text, title] of WAYS) {
    const button = h("button", { type: "button", title, "data-edit": value === "edits" ? "kernel" : null }, text);
    button.addEventListener("click", () => {
      way.value = value;
      choose(comparison, value);
    });
    way.subscribe((now) => setAttribute(button, "aria-pressed", String(now === value)));
    if (value === "noise") comparison.a.shown.subscribe((shown) => setHidden(button, !shown?.model.classes.length));
    group.append(button);
  }
  return group;
}

/**
 * @param {Comparison} comparison
 * @param {Way} way
 */
function choose(comparison, way) {
  const first = comparison.a.shown.value;
  if (!first || wayOf(comparison) === way) return;
  if (way === "photo") keepNetwork(comparison);
  if (way === "network") setNetwork(comparison, twinOf(first.model.id));
  if (way === "noise") addNoise(comparison, FIRST_NOISE);
}

/** @param {string} id @param {number} [seed] */
const untrained = (id, seed = 1) => `${id}~untrained-${seed}`;
/** @param {string} id The network that a twin comes from. */
const trained = (id) => id.split("~")[0] ?? id;

/**
 * The other one of a network and its untrained twin.
 *
 * @param {string} id
 */
export const twinOf = (id) => (id === trained(id) ? untrained(id) : trained(id));

/** @param {Comparison} comparison */
function networkChoice(comparison) {
  const { a, b } = comparison;
  const select = h("select", { "aria-label": "Network of B" });
  select.addEventListener("change", () => setNetwork(comparison, select.value));
  effect([catalogue.models, a.shown, b.model], () => {
    const first = a.shown.value?.model;
    if (!first) return;
    const base = trained(first.id);
    const [title] = first.title.split(", untrained");
    const own = [base, untrained(base, 1), untrained(base, 2)];
    const names = [`${title}`, `${title}, untrained`, `${title}, untrained again`].map((name, at) => (own[at] === first.id ? `${name}: the same` : name));
    const others = catalogue.models.value.filter(({ id }) => id !== base);
    select.replaceChildren(
      ...own.map((id, at) => h("option", { value: id }, names[at] ?? id)),
      h("optgroup", { label: "Others" }, ...others.map(({ id, title: other }) => h("option", { value: id }, other))),
    );
    select.value = b.model.value?.id ?? base;
  });
  return h("label", { class: "compare-field" }, h("span", {}, "Network"), select);
}
