import { fileOfRace } from "../../api/training.js";
import { ApiProblem } from "../../api/client.js";
import { isPast, netNamed, netShown, problem, race, stepShown, told, view } from "../../state/race.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h } from "../../widgets/dom.js";
import { PAGES, openBeside, openIn } from "./checkpoint.js";
import { button, called, renew, unfolds } from "./parts.js";

/** @import { Race, RaceNet } from "../../api/training.js" */


/** Where a trained network goes from here: to another page, beside another one, or to a file. */
export class RaceExits extends BaseElement {
  #busy = false;
  /** What it is compared with. @type {{net: string | null, step: number}} */
  #other = { net: null, step: 0 };

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(race, told, view);
    for (const part of ["open", "export"]) unfolds(this.piece(part), this.piece(`${part}-list`), signal, () => this.paint());
  }

  /** @override */
  paint() {
    const { value } = race;
    const net = netShown();
    for (const part of ["open", "export"]) this.piece(part, HTMLButtonElement).disabled = !value?.step || value.running || this.#busy;
    if (!value || !net) return;
    const step = Math.min(stepShown(), net.step);
    renew(this.piece("export-list"), ...filesOf(value, net, step));
    // A field that somebody writes in stays as it is.
    if (!this.piece("open-list").contains(document.activeElement)) this.piece("open-list").replaceChildren(...this.#places(value, net, step));
  }

  /**
   * @param {Race} now
   * @param {RaceNet} net
   * @param {number} step
   */
  #places(now, net, step) {
    const pages = PAGES.map(([title, path, words]) => {
      const place = button(title, {}, () => void this.#go(() => openIn(path, now.id, net.id, step)));
      place.append(h("small", {}, words));
      return place;
    });
    return [h("p", { class: "menu-head" }, `The ${called(net)} at step ${step}`), ...pages, this.#beside(now, net, step)];
  }

  /**
   * The network that is looked at as B, another one, or itself at another step, as A.
   *
   * @param {Race} now
   * @param {RaceNet} net
   * @param {number} step
   */
  #beside(now, net, step) {
    const other = this.#other;
    const nets = h("select", { "aria-label": "Compare with which net" }, ...now.nets.map((each) => new Option(called(each), each.id, false, each.id === (other.net ?? net.id))));
    const steps = h("input", { type: "number", min: 0, max: now.step, value: Math.min(other.step, now.step), "aria-label": "Compare with which step", class: "num" });
    nets.addEventListener("change", () => (other.net = nets.value));
    steps.addEventListener("change", () => (other.step = Math.max(0, Math.min(now.step, Math.round(steps.valueAsNumber) || 0))));
    const go = button("Compare", { class: "btn" }, () => {
      const a = netNamed(nets.value) ?? net;
      const at = Math.min(Math.max(0, Math.round(steps.valueAsNumber) || 0), a.step);
      if (a.id === net.id && at === step) return steps.focus();
      void this.#go(() => openBeside(now.id, { net: a.id, step: at }, { net: net.id, step }));
    });
    return h("div", { class: "menu-compare" }, h("p", { class: "menu-head" }, "Compare it with"), h("div", {}, nets, h("label", {}, "step ", steps), go));
  }

  /** @param {() => Promise<string>} way Gives the address of where it leads. */
  async #go(way) {
    this.#busy = true;
    this.paint();
    try {
      location.assign(await way());
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      problem.value = { title: error.title, detail: error.detail };
    } finally {
      this.#busy = false;
      this.requestPaint();
    }
  }
}

/**
 * @param {Race} now
 * @param {RaceNet} net
 * @param {number} step
 */
function filesOf(now, net, step) {
  const link = (/** @type {string} */ href, /** @type {string} */ name, /** @type {string} */ words) =>
    h("a", { href, download: true, "data-focus": name }, name, h("small", {}, words));
  return [
    link(fileOfRace(now.id, `${net.id}.safetensors`, step), "Weights", `safetensors, the ${called(net)} at step ${step}`),
    link(fileOfRace(now.id, `${net.id}.onnx`, step), "ONNX", `opens in other programs${isPast() ? `, at step ${step}` : ""}`),
    link(fileOfRace(now.id, "steps.csv"), "Curves", "CSV: net, step, loss, accuracy, milliseconds"),
    link(fileOfRace(now.id, "scores.csv"), "Tests", "CSV: net, step, right"),
  ];
}

customElements.define("race-exits", RaceExits);
