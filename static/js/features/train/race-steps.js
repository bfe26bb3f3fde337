import { forth, order, play, restart, seek } from "../../state/race-orders.js";
import { film, isPast, netShown, race, slow, stepShown, told, view } from "../../state/race.js";
import { view as page } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, onWidth } from "../../widgets/dom.js";
import { button, called, choices, icon, renew } from "./parts.js";
import { onDrag, partsOfReel, stepAtPlace } from "./reel.js";

/** @import { Race } from "../../api/training.js" */

/** Time as a thing to hold: the buttons, and the film of one filter forming. */
export class RaceSteps extends BaseElement {
  #width = 0;
  #bar = "";

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(race, told, view, film, slow, page.theme);
    const reel = this.piece("film");
    onWidth(reel, signal, (width) => {
      this.#width = width;
      this.requestPaint();
    });
    onDrag(reel, signal, (left) => this.#to(left));
  }

  /** @override */
  paint() {
    const { value } = race;
    if (!value) return;
    this.#transport(value);
    this.#sentence(value);
    if (this.#width) this.#film(value);
  }

  /** @param {number} left CSS pixels from the left edge of the reel. */
  #to(left) {
    const { value } = race;
    if (!value?.step) return;
    seek(stepAtPlace(left, this.#width, Math.max(value.total, value.step)));
  }

  /** @param {Race} now */
  #transport(now) {
    const at = stepShown();
    const done = now.step >= now.total;
    const key = [now.id, now.running, now.queued, now.step > 0, at > 0, done, isPast(), slow.value].join();
    if (key === this.#bar) return;
    this.#bar = key;
    const go = now.running || now.queued ? "Pause" : now.step ? "Go on" : "Start";
    const title = go === "Go on" && done ? "One more pass (Space)" : `${go} (Space)`;
    const each = (/** @type {string} */ name, /** @type {string} */ keys, /** @type {string} */ path, /** @type {() => void} */ action, off = false, extra = "") =>
      button(icon(path), { class: `btn ${extra}`, title: `${name} (${keys})`, "aria-label": name, disabled: off, "data-focus": keys }, action);
    const main = each(go, "Space", go === "Pause" ? "M3 1h4v12H3zM9 1h4v12H9z" : "M3 1v12l10-6z", () => void play(), false, "play primary");
    main.title = title;
    const speed = choices("Speed", [[false, "Full speed"], [true, "Slow"]], slow.value, (value) => {
      slow.value = value;
      void order("pace", { slow: value });
    });
    const again = now.step ? button("Restart", { class: "quiet", title: "The same first weights and batches (R)" }, () => void restart()) : "";
    renew(
      this.piece("transport"),
      h(
        "div",
        { class: "transport-buttons" },
        each("First step", "Home", "M2 1h2v12H2zM14 1v12L5 7z", () => seek(0), !at),
        each("One step back", "←", "M12 1v12L3 7z", () => seek(at - 1), !at),
        main,
        each("One step", "→", "M4 1v12l9-6z", forth, now.running || (done && !isPast())),
        each("Last step", "End", "M12 1h2v12h-2zM2 1v12l9-6z", () => seek(now.step), !now.step),
      ),
      h("div", { class: "transport-speed" }, speed, h("span", { class: "spring" }), again),
      h("p", { class: "transport-keys" }, h("kbd", {}, "Space"), " run ", h("kbd", {}, "←"), h("kbd", {}, "→"), " step ", h("kbd", {}, "↑"), h("kbd", {}, "↓"), " filter"),
    );
  }

  /** @param {Race} now */
  #sentence(now) {
    const net = netShown();
    if (!net) return;
    const at = stepShown();
    const per = now.train / now.settings.batch;
    const pass = Math.min(now.settings.passes, Math.floor(at / per) + 1);
    const what = net.kind === "cnn" ? `${view.value.layer}, filter ${view.value.filter}` : `unit ${view.value.unit}`;
    const words = now.step ? "Drag to look at any past step: everything above goes there." : "Every step is kept: later you can go back to any of them.";
    renew(
      this.piece("sentence"),
      h("span", { class: "step-number" }, `Step ${at} of ${Math.max(now.total, now.step)}, pass ${pass} of ${now.settings.passes}`),
      h("b", {}, `How ${what} of the ${called(net)} formed. `),
      h("span", { class: "long-only" }, words),
    );
  }

  /** @param {Race} now */
  #film(now) {
    const total = Math.max(now.total, now.step);
    const marks = now.changes.map(({ step }) => step);
    const reel = this.piece("film");
    renew(reel, ...partsOfReel({ film: film.value, reached: now.step, total, at: stepShown(), width: this.#width, marks }));
    for (const [name, value] of Object.entries({ min: 0, max: now.step, now: stepShown() })) reel.setAttribute(`aria-value${name}`, String(value));
  }
}

customElements.define("race-steps", RaceSteps);
