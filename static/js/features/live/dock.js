/** The dock while something is watched: how fast, what can be done, and where the frames go. */

import { effect } from "../../state/store.js";
import { h, setHidden, setText } from "../../widgets/dom.js";

/** @import { ReadonlySignal } from "../../state/store.js" */
/** @import { Source } from "./panel.js" */

/**
 * What the dock tells of, and what it can have done.
 *
 * @typedef {object} Watched
 * @property {{ phase: ReadonlySignal<keyof typeof PHASES>, title: ReadonlySignal<string>, trouble: ReadonlySignal<string>, pace: ReadonlySignal<{ rate: number, behind: number, left: number, all: number }> }} live
 * @property {ReadonlySignal<boolean>} mirrored
 * @property {ReadonlySignal<boolean>} hears
 * @property {ReadonlySignal<readonly Source[]>} sources
 * @property {ReadonlySignal<string>} device
 * @property {(device: string) => Promise<void>} open
 * @property {() => Promise<void>} toggle
 * @property {() => Promise<void>} stop
 * @property {() => void} mirror
 */

const LOCAL_HOSTS = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Where it goes, in true words. @param {string} what  A frame, or a second. */
function privacy(what) {
  const where = LOCAL_HOSTS.has(location.hostname) ? "to your own ConvScope server on this machine" : `to ${location.host}`;
  return `Only the newest ${what} is sent, ${where}, and forgotten at once. One that you freeze is kept there for a while.`;
}

const PHASES = { off: "", opening: "waiting", live: "\u25cf live", frozen: "\u2016 frozen" };

/** @param {Watched} watching @param {HTMLElement} dock */
export function liveDock(watching, dock) {
  const { live, mirrored, sources, device, hears } = watching;
  const title = h("h2", { id: "live-title" });
  const phase = h("span", { class: "live-phase" });
  const numbers = h("dl", { class: "live-numbers" });
  const [rate, behind, left] = [number(numbers, "updates a second"), number(numbers, "ms behind, p95"), number(numbers, "left out, 5 s")];
  const freeze = button("Freeze", "Space", () => void watching.toggle());
  freeze.classList.add("primary");
  const note = h("p", { class: "note" });
  const mirror = button("Mirror", "The network gets the mirrored picture, as you see it", () => watching.mirror());
  const stop = button("Stop", "Let go of it; what is on the page stays", () => void watching.stop());
  const select = h("select");
  select.addEventListener("change", () => void watching.open(select.value));
  const trouble = h("p", { class: "note news", role: "status" });
  const part = h("div", { class: "live-part", role: "group", "aria-labelledby": "live-title", hidden: true }, select, numbers, h("div", { class: "live-buttons" }, freeze, mirror, stop), trouble, note);
  const head = h("div", { class: "dock-head live-head", hidden: true }, title, phase);
  const hint = h("p", { class: "strip-hint live-hint", hidden: true }, h("b", {}, "Live."), " Space freezes: then every number can be read, and how it adds up. H holds this as A.");
  document.querySelector(".strip-hint")?.before(hint);
  dock.prepend(head);
  dock.querySelector(".sources")?.before(part);
  effect([live.phase, live.title, hears], () => {
    for (const each of [part, head, hint]) setHidden(each, live.phase.value === "off");
    const name = hears.value ? "Microphone" : "Camera";
    setText(title, live.title.value || name);
    setHidden(mirror, hears.value);
    setText(note, hears.value ? `The last second, 20 times a second. ${privacy("second")}` : privacy("frame"));
    select.setAttribute("aria-label", name);
    setText(phase, PHASES[live.phase.value]);
    setText(freeze, live.phase.value === "frozen" ? "Go on" : "Freeze");
    freeze.disabled = live.phase.value === "opening";
  });
  effect([live.pace], () => {
    const pace = live.pace.value;
    setText(rate, pace.rate.toFixed(pace.rate < 9.95 ? 1 : 0));
    setText(behind, String(Math.round(pace.behind)));
    setText(left, String(pace.left));
    numbers.dataset.painted = String(pace.all);
  });
  effect([live.trouble], () => setText(trouble, live.trouble.value));
  effect([mirrored], () => mirror.setAttribute("aria-pressed", String(mirrored.value)));
  effect([sources, device], () => {
    select.replaceChildren(...sources.value.map(({ id, name }) => new Option(name, id, false, id === device.value)));
    setHidden(select, sources.value.length < 2);
  });
}

/**
 * @param {HTMLElement} list
 * @param {string} says
 */
function number(list, says) {
  const value = h("dd", { class: "num" });
  list.append(h("div", {}, h("dt", {}, says), value));
  return value;
}

/**
 * @param {string} text
 * @param {string} title
 * @param {() => void} act
 */
function button(text, title, act) {
  const made = h("button", { type: "button", class: "btn", title }, text);
  made.addEventListener("click", act);
  return made;
}
