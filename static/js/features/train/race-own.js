import { percent, grouped } from "../../geometry/scale.js";
import { openOwn, raceOwn } from "../../api/training.js";
import { ApiProblem } from "../../api/client.js";
import { LEAST, MOST_CLASSES, NETWORKS, addClass, addPicture, ask, chooseNetwork, keep, own, questionOf, ready, removeClass, removePicture, rename, restore, stopAll, trainAll } from "../../state/own.js";
import { writeRaceView } from "../../state/race-address.js";
import { view } from "../../state/race.js";
import { learn, loadTasks } from "../../state/race-tasks.js";
import { copyText } from "../../widgets/clipboard.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h } from "../../widgets/dom.js";
import { droppedFiles } from "./bringing.js";
import { OwnCamera, frameOfFile, smallOf } from "./own-camera.js";
import { button, renew } from "./parts.js";

/** @import { OwnClass } from "../../state/own.js" */

/** Milliseconds between two pictures while a button is held: eight a second. */
const EVERY = 125;
/** Between two questions about what the camera sees. */
const LOOK = 400;
const SAID_FOR = 1500;

/** Own classes, by camera or photos: the last layer of a trained network is learnt while they come. */
export class RaceOwn extends BaseElement {
  /** @type {OwnCamera | null} */
  #camera = null;
  /** The class whose button is held. @type {OwnClass | null} */
  #held = null;
  #taking = false;
  #restored = false;
  #busy = "";

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.watch(own.classes, own.answer, own.control, own.shares, own.problem, own.missing, own.network, own.training);
    const dialog = this.#dialog;
    this.#camera = new OwnCamera(this.piece("video", HTMLVideoElement), (words, again) => this.#say(words, again));
    const network = this.piece("network", HTMLSelectElement);
    network.replaceChildren(...NETWORKS.map(([id, name]) => new Option(name, id)));
    network.addEventListener("change", () => chooseNetwork(network.value), { signal });
    this.piece("start").addEventListener("click", () => void this.#camera?.start().then(() => this.requestPaint()), { signal });
    this.piece("close").addEventListener("click", () => dialog.close(), { signal });
    this.piece("add").addEventListener("click", addClass, { signal });
    this.piece("explore").addEventListener("click", () => void this.#keep("explore"), { signal });
    this.piece("all").addEventListener("click", () => void (own.training.value?.state === "running" ? stopAll() : trainAll()), { signal });
    this.piece("race").addEventListener("click", () => void this.#keep("race"), { signal });
    this.piece("link").addEventListener("click", () => void this.#link(), { signal });
    view.subscribe(() => this.#restore(), { signal });
    dialog.addEventListener("close", () => this.#rest(), { signal });
    // Not the window's own: a button that has done its work and is hidden leaves the focus to the page.
    addEventListener("keydown", (event) => this.#key(event, true), { signal });
    addEventListener("keyup", (event) => this.#key(event, false), { signal });
    for (const end of ["pointerup", "pointercancel", "blur"]) addEventListener(end, () => (this.#held = null), { signal });
    const taking = setInterval(() => void this.#take(), EVERY);
    const looking = setInterval(() => void this.#look(), LOOK);
    signal.addEventListener("abort", () => (clearInterval(taking), clearInterval(looking), this.#rest()));
  }

  get #dialog() {
    return this.piece("dialog", HTMLDialogElement);
  }

  open() {
    this.#dialog.showModal();
    this.requestPaint();
  }

  #rest() {
    this.#held = null;
    this.#camera?.stop();
    this.#say("", false);
  }

  /** @param {string} words @param {boolean} again */
  #say(words, again) {
    this.piece("say").textContent = words;
    const start = this.piece("start");
    start.textContent = again ? "Try again" : "Use the camera";
    start.hidden = this.#camera?.on === true || (words !== "" && !again);
  }

  /** A digit records into its class for as long as it is held. @param {KeyboardEvent} event @param {boolean} down */
  #key(event, down) {
    if (!this.#dialog.open || event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
    const which = /^[1-9]$/.test(event.key) ? own.classes.value[Number(event.key) - 1] : undefined;
    if (!which) return;
    event.preventDefault();
    this.#held = down ? which : null;
  }

  async #take() {
    if (!this.#held || this.#taking || !this.#camera?.on) return;
    this.#taking = true;
    const which = this.#held;
    const frame = await this.#camera.frame();
    if (frame) await addPicture(which, frame.blob, frame.canvas);
    this.#taking = false;
  }

  async #look() {
    if (!this.#dialog.open || this.#taking || this.#held || !this.#camera?.on) return;
    this.#taking = true;
    const frame = await this.#camera.frame();
    if (frame) await ask(frame.blob);
    this.#taking = false;
  }

  /** @param {OwnClass} which @param {readonly Blob[]} files */
  async #bring(which, files) {
    for (const file of files) {
      const frame = await frameOfFile(file);
      if (frame) await addPicture(which, frame.blob, frame.canvas);
      else own.problem.value = `${file instanceof File ? file.name : "A file"} is no picture that this browser reads.`;
    }
  }

  /** A link names the classes: they are brought back once, before anything is taken. */
  #restore() {
    if (!view.value.own || this.#restored) return;
    this.#restored = true;
    if (lastPicture()) return;
    this.open();
    void restore(view.value.own, smallOf);
  }

  async #link() {
    await keep();
    await copyText(`${location.origin}${location.pathname}${writeRaceView()}`).then(
      () => this.#linked("Link copied"),
      () => this.#linked("Copy it from the address bar"),
    );
  }

  /** @param {string} words */
  #linked(words) {
    this.piece("link").textContent = words;
    setTimeout(() => (this.piece("link").textContent = "Copy link"), SAID_FOR);
  }

  /** @param {"explore" | "race"} way */
  async #keep(way) {
    this.#busy = way;
    this.paint();
    try {
      if (way === "race") {
        const task = await raceOwn(questionOf());
        await loadTasks();
        await learn(task, task.classes);
        this.#dialog.close();
      } else {
        const model = await openOwn(questionOf());
        location.assign(`/?model=${model.id}&image=${lastPicture()}`);
      }
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      own.problem.value = `${error.title}. ${error.detail}`;
    } finally {
      this.#busy = "";
      this.requestPaint();
    }
  }

  /** @override */
  paint() {
    if (!this.#dialog.open) return;
    renew(this.piece("classes"), ...own.classes.value.map((each, at) => this.#row(each, at)));
    renew(this.piece("bars"), ...bars());
    renew(this.piece("sum"), ...sentence());
    this.piece("live").textContent = live();
    this.piece("add", HTMLButtonElement).disabled = own.classes.value.length >= MOST_CLASSES;
    this.piece("network", HTMLSelectElement).value = own.network.value;
    this.piece("link", HTMLButtonElement).disabled = !lastPicture();
    for (const way of ["explore", "race"]) this.piece(way, HTMLButtonElement).disabled = !ready() || this.#busy !== "";
    const running = own.training.value?.state === "running";
    this.piece("all", HTMLButtonElement).disabled = !ready() && !running;
    this.piece("all").textContent = running ? "Stop training" : "Train all layers";
    renew(this.piece("training"), ...progress());
    this.piece("explore").textContent = this.#busy === "explore" ? "Opening\u2026" : "Open in Explore";
  }

  /** @param {OwnClass} which @param {number} at */
  #row(which, at) {
    const count = which.pictures.length;
    const name = h("input", { value: which.name, maxlength: 40, "aria-label": `Name of class ${at + 1}`, "data-focus": `name ${at}` });
    name.addEventListener("change", () => rename(which, name.value));
    const hold = button(`Hold to record (${at + 1})`, { class: "btn", disabled: !this.#camera?.on, "data-focus": `hold ${at}` }, () => {});
    hold.addEventListener("pointerdown", () => (this.#held = which));
    hold.addEventListener("keydown", (event) => (event.key === " " || event.key === "Enter") && (this.#held = which));
    hold.addEventListener("keyup", () => (this.#held = null));
    const input = h("input", { type: "file", accept: "image/*", multiple: true, hidden: true, "aria-label": `Photos of ${which.name}`, "data-photos": String(at) });
    input.addEventListener("change", () => void this.#bring(which, [...(input.files ?? [])]));
    const words = count < LEAST ? `${count} of at least ${LEAST} pictures: ${LEAST - count} more` : `${count} pictures`;
    const pictures = which.pictures.map((each, n) => {
      const box = button(each.canvas, { class: "own-pic", title: "Remove this picture", "aria-label": `Remove picture ${n + 1} of ${which.name}`, "data-focus": `pic ${at} ${n}` }, () => removePicture(which, each));
      return box;
    });
    const wells = Array.from({ length: Math.max(0, LEAST - count) }, () => h("i", {}));
    const row = h(
      "section",
      { class: "own-class", "aria-label": which.name },
      h("header", {}, name, h("span", { class: count < LEAST ? "num few" : "num" }, words), hold, button("Photos…", { class: "btn", "data-focus": `photos ${at}` }, () => input.click()), input, button("✕", { class: "btn icon", "aria-label": `Remove class ${which.name}`, "data-focus": `remove ${at}` }, () => removeClass(which))),
      h("div", { class: "own-pics" }, ...pictures, ...wells),
    );
    row.addEventListener("drop", (event) => {
      if (!event.dataTransfer) return;
      event.preventDefault();
      event.stopPropagation();
      void droppedFiles(event.dataTransfer).then((files) => this.#bring(which, files.map(({ file }) => file)));
    });
    return row;
  }
}

function bars() {
  const shares = own.shares.value;
  const names = questionOf().classes.map(({ name }) => name);
  if (shares.length !== names.length) return [];
  return names.flatMap((name, at) => {
    const fill = h("i", {});
    fill.style.width = `${100 * (shares[at] ?? 0)}%`;
    return [h("span", {}, name), h("span", { class: "bar" }, fill), h("output", {}, percent(shares[at] ?? 0, 0))];
  });
}

function live() {
  const name = NETWORKS.find(([id]) => id === own.network.value)?.[1] ?? "";
  const { value } = own.answer;
  const solved = value ? `, solved again in ${value.milliseconds < 1 ? "less than 1" : Math.round(value.milliseconds)} ms` : "";
  return `Features of the ${name}, frozen; only the last layer is learnt${solved}. It will know these objects in this room, no more.`;
}

/** How far the training of all layers is. @returns {(Node | string)[]} */
function progress() {
  const { value } = own.training;
  if (!value) return [];
  const { state, step, total, loss, before, right, count, problem, model } = value;
  if (state === "failed") return [h("b", { class: "bad" }, "The training has stopped. "), `${problem ?? ""}`];
  if (state === "stopped") return ["The training of all layers was stopped; nothing is kept of it."];
  const held = right === null ? "" : ` Of ${count} pictures held back ${right} right; the last layer alone: ${before}.`;
  const bar = h("progress", { max: Math.max(1, total), value: step, "aria-label": "Training of all layers" });
  if (state === "running") return [bar, ` All layers, step ${step} of ${total || "…"}${loss === null ? "" : `, loss ${loss.toFixed(3)}`}.${held} It goes on in the background.`];
  return ["All layers are trained.", held, " ", h("a", { href: `/?model=${model}&image=${lastPicture()}`, "data-focus": "trained" }, "Open in Explore")];
}

const lastPicture = () => own.classes.value.findLast(({ pictures }) => pictures.length)?.pictures.at(-1)?.id ?? "";

/** @returns {(Node | string)[]} */
function sentence() {
  if (own.problem.value) return [h("b", { class: "bad" }, own.problem.value)];
  if (own.missing.value) return [h("b", { class: "bad" }, `Pictures of this link that the server has no longer: ${own.missing.value}. `), "Take others in their place."];
  const few = own.classes.value.find(({ pictures }) => pictures.length < LEAST);
  const { value } = own.answer;
  if (own.classes.value.length < 2) return [h("b", { class: "bad" }, "One class is nothing to tell apart. "), "Add another one."];
  if (few) {
    const count = few.pictures.length;
    return [h("b", {}, "Too little to learn from. "), `“${few.name}” has ${count} pictures; with fewer than ${LEAST} a net learns them by heart. Take ${LEAST - count} more, or remove the class.`];
  }
  if (!value) return [];
  const { right, count, mistake, learnt, kept } = value;
  const control = own.control.value === null ? "" : `; an untrained network in its place: ${own.control.value}`;
  const worst = mistake ? ` Surest mistake: ${mistake.name} ${mistake.picture + 1}, called ${mistake.said} with ${percent(mistake.share, 0)}.` : "";
  return ["Each picture left out once and asked: ", h("b", {}, `${right} of ${count} right`), `${control}.${worst} `, h("b", {}, grouped(learnt)), ` numbers learnt, ${grouped(kept)} kept as they were.`];
}

customElements.define("race-own", RaceOwn);

/** Open the page's window for own classes. */
export function openOwnClasses() {
  const window = document.querySelector("race-own");
  if (window instanceof RaceOwn) window.open();
}
