import { fileOfRace, openTrained } from "../../api/training.js";
import { postFile } from "../../api/client.js";
import { isPast, netShown, pictures, problem, race, stepShown, told, view } from "../../state/race.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h } from "../../widgets/dom.js";
import { pictureOf } from "./parts.js";

/** Where a trained network goes from here: to another page, or to a file. */
export class RaceExits extends BaseElement {
  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(race, told, view);
    for (const [part, path] of [["explore", "/"], ["shift", "/shift"]]) {
      this.piece(part ?? "").addEventListener("click", () => void this.#open(path ?? "/"), { signal });
    }
    const menu = this.piece("menu");
    const toggle = this.piece("export");
    const show = (/** @type {boolean} */ open) => {
      menu.hidden = !open;
      toggle.setAttribute("aria-expanded", String(open));
      if (open) menu.querySelector("a")?.focus();
    };
    toggle.addEventListener("click", () => show(menu.hidden === true), { signal });
    document.addEventListener("click", (event) => event.target instanceof Node && !this.contains(event.target) && show(false), { signal });
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || menu.hidden) return;
      show(false);
      toggle.focus();
    }, { signal });
  }

  /** @override */
  paint() {
    const { value } = race;
    const net = netShown();
    const off = !value?.step || value.running;
    const shuffled = net?.shuffled === true;
    for (const part of ["explore", "shift"]) {
      const button = this.piece(part, HTMLButtonElement);
      button.disabled = off || shuffled;
      button.title = shuffled ? "It learnt from shuffled pixels: a picture elsewhere is not shuffled" : `The ${net?.title ?? "net"} at step ${stepShown()}`;
    }
    this.piece("export", HTMLButtonElement).disabled = off;
    if (!value || !net) return;
    const step = Math.min(stepShown(), net.step);
    const link = (/** @type {string} */ href, /** @type {string} */ name, /** @type {string} */ words) =>
      h("a", { role: "menuitem", href, download: true }, name, h("small", {}, words));
    this.piece("menu").replaceChildren(
      link(fileOfRace(value.id, `${net.id}.safetensors`, step), "Weights", `safetensors, the ${net.title} at step ${step}`),
      link(fileOfRace(value.id, `${net.id}.onnx`, step), "ONNX", `opens in other programs${isPast() ? `, at step ${step}` : ""}`),
      link(fileOfRace(value.id, "steps.csv"), "Curves", "CSV: net, step, loss, accuracy, milliseconds"),
      link(fileOfRace(value.id, "scores.csv"), "Tests", "CSV: net, step, right"),
    );
  }

  /** With the test picture that is looked at. @param {string} path */
  async #open(path) {
    const { value } = race;
    const net = netShown();
    const held = pictures.value;
    if (!value || !net || !held) return;
    try {
      const [, , height, width] = held.shape;
      const size = held.pixels.length / held.shape[0];
      const values = Float32Array.from(held.pixels.subarray(view.value.image * size, (view.value.image + 1) * size), (each) => each / 255);
      const canvas = pictureOf(values, width, height);
      const blob = await new Promise((resolve) => canvas.toBlob(resolve));
      const image = await postFile("/api/images", /** @type {Blob} */ (blob), { name: "test.png" });
      const model = await openTrained(value.id, net.id, Math.min(stepShown(), net.step));
      location.assign(`${path}?model=${model.id}&image=${image.id}`);
    } catch (error) {
      const { title = "It cannot be opened", detail = "" } = /** @type {any} */ (error);
      problem.value = { title, detail };
    }
  }
}

customElements.define("race-exits", RaceExits);
