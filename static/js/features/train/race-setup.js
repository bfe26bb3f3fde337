import { effectOf } from "../../geometry/race.js";
import { fixed, grouped } from "../../geometry/scale.js";
import { listTrainingRuns } from "../../api/training-runs.js";
import { picturesOfTask } from "../../api/training.js";
import { change, order, seek } from "../../state/race-orders.js";
import { LEAST, forget, learn, loadTasks, taskNamed, tasks, toggleClass } from "../../state/race-tasks.js";
import { netShown, race, rowsOf, taskOf, told } from "../../state/race.js";
import { view as page } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, s } from "../../widgets/dom.js";
import { button, choices, pictureOf, renew } from "./parts.js";
import { openOwnClasses } from "./race-own.js";
import { runLinks } from "./run-links.js";

/** @import { Pictures } from "../../api/training-types.js" */
/** @import { Race, RaceTask } from "../../api/training.js" */

/** @type {Record<string, string>} */
const LABELS = {
  rate: "Learning rate",
  batch: "Batch",
  optimizer: "Optimiser",
  schedule: "Schedule",
  init: "First weights",
  decay: "Weight decay",
  shift: "Random shift",
  passes: "Passes",
};

/** @type {Record<string, string>} */
const NOTES = {
  shapes: "A shape anywhere in 28×28 px",
  digits: "Digits by many hands, drawn from a seed, centred in 28×28 px",
};

/** Tiles of tasks that have room. */
const TILES = 3;

/** What is learnt, with which settings, and what was changed on the way. */
export class RaceSetup extends BaseElement {
  /** @type {Map<string, Pictures>} */
  #samples = new Map();
  /** @type {Set<string>} */
  #asked = new Set();
  #built = "";

  /** @override */
  connected() {
    this.watch(race, told, tasks, page.theme);
    void loadTasks();
    void listTrainingRuns().then((runs) => {
      this.piece("runs-part").hidden = !runs.length;
      renew(this.piece("runs"), ...runLinks(runs));
    });
  }

  /** @override */
  paint() {
    const { value } = race;
    if (!value) return;
    const key = JSON.stringify([tasks.value.map(({ id }) => id), this.#samples.size, value.id, value.settings, value.changes, value.step > 0, Math.floor(value.step / 5), page.theme.value]);
    if (key === this.#built) return;
    this.#built = key;
    this.piece("size").textContent = `${value.classes.length} classes`;
    renew(this.piece("tasks"), ...this.#offered(value).map((task) => this.#tile(task, value)), ownTile());
    renew(this.piece("brought"), ...othersOf(value));
    const brought = taskNamed(taskOf(value));
    renew(this.piece("note"), ...noteOf(value), ...(brought && !brought.drawn ? classesOf(brought, value) : []));
    renew(this.piece("settings"), ...settingsOf(value));
    renew(this.piece("changes"), ...changesOf(value));
  }

  /** The drawn tasks, and of what was brought what is learnt now or was last. @param {Race} now */
  #offered(now) {
    const drawn = tasks.value.filter((task) => task.drawn);
    const brought = tasks.value.filter((task) => !task.drawn);
    const chosen = brought.filter(({ id }) => id === taskOf(now));
    return [...drawn, ...[...chosen, ...brought.filter((task) => !chosen.includes(task))].slice(0, Math.max(1, TILES - drawn.length))];
  }

  /** @param {string} id */
  #sampleOf(id) {
    if (!this.#asked.has(id)) {
      this.#asked.add(id);
      void picturesOfTask(id).then((found) => {
        this.#samples.set(id, found);
        this.requestPaint();
      });
    }
    return this.#samples.get(id);
  }

  /**
   * @param {RaceTask} task
   * @param {Race} now
   */
  #tile(task, now) {
    const chosen = taskOf(now) === task.id;
    const found = this.#sampleOf(task.id);
    const canvas = found ? fourOf(found) : h("canvas", {});
    const tile = button(canvas, { role: "radio", "aria-checked": String(chosen), "data-focus": task.id, title: task.title }, () => {
      if (!chosen) void learn(task);
    });
    tile.append(h("span", { class: "tile-name" }, task.title));
    return tile;
  }
}

/** What was brought and has no tile. @param {Race} now */
function othersOf(now) {
  const brought = tasks.value.filter((task) => !task.drawn);
  if (brought.length < 2) return [];
  const select = h("select", { "aria-label": "Pictures that were brought", "data-focus": "brought" }, new Option("Brought before\u2026", ""), ...brought.map(({ title, id }) => new Option(title, id, false, id === taskOf(now))));
  select.addEventListener("change", () => {
    const task = taskNamed(select.value);
    if (task) void learn(task);
  });
  return [select];
}

function ownTile() {
  const sign = s("svg", { viewBox: "0 0 40 40", "aria-hidden": "true" }, s("path", { d: "M8 13h6l3-4h6l3 4h6v18H8zM20 16a6 6 0 1 0 .1 0", fill: "none", stroke: "currentColor", "stroke-width": 2 }));
  const tile = button(sign, { class: "own-tile", "aria-haspopup": "dialog", "data-focus": "own", title: "Classes of your own, by camera or photos" }, openOwnClasses);
  tile.append(h("span", { class: "tile-name" }, "Own…"));
  return tile;
}

/** @param {Race} now */
function noteOf(now) {
  const words = NOTES[taskOf(now)] ?? `${now.title}, ${now.picture[1]}×${now.picture[2]} px`;
  return [h("span", {}, `${words}: ${grouped(now.train)} to learn from, ${grouped(now.test)} to test.`)];
}

/**
 * Which of the classes that were brought take part.
 *
 * @param {RaceTask} task
 * @param {Race} now
 */
function classesOf(task, now) {
  const chips = task.classes.map((name, at) => {
    const within = now.classes.includes(name);
    const few = (task.counts[at] ?? 0) < LEAST;
    const title = few ? `${task.counts[at]} of at least ${LEAST} pictures` : `${grouped(task.counts[at] ?? 0)} pictures`;
    const last = within && now.classes.length <= 2;
    return button(name, { class: "chip", "aria-pressed": String(within), disabled: few || last, title, "data-focus": `class ${name}` }, () => void toggleClass(task, name));
  });
  const left = task.skipped_count ? [h("span", {}, `${task.skipped_count} files are no pictures and left out: ${task.skipped[0]}`)] : [];
  const gone = button("forget these pictures", { class: "quiet", "data-focus": "forget" }, () => void forget(task));
  return [...left, h("span", { class: "chips", role: "group", "aria-label": "Classes that take part" }, ...chips), gone];
}

/** The first four pictures, in a square. @param {Pictures} pictures */
function fourOf({ shape, pixels }) {
  const [count, channels, height, width] = shape;
  const plane = height * width;
  const all = new Float32Array(4 * channels * plane);
  for (let at = 0; at < 4 * channels * plane; at += 1) {
    const [channel, place] = [Math.floor(at / (4 * plane)), at % (4 * plane)];
    const [row, column] = [Math.floor(place / (2 * width)), place % (2 * width)];
    const n = (2 * Math.floor(row / height) + Math.floor(column / width)) % count;
    all[at] = (pixels[(n * channels + channel) * plane + (row % height) * width + (column % width)] ?? 0) / 255;
  }
  return pictureOf(all, 2 * width, 2 * height, { "aria-hidden": "true" });
}

/** @param {Race} now */
function settingsOf({ settings: s, step }) {
  const decay = s.decay ? Math.log10(s.decay) + 5 : 0;
  const rows = [
    slider("rate", { min: -4, max: 1, step: 0.05, value: Math.log10(s.rate) }, String(s.rate), (v) => Number((10 ** v).toPrecision(2))),
    seg("batch", [[8, "8"], [32, "32"], [128, "128"]], s.batch),
    seg("optimizer", [["sgd", "SGD"], ["momentum", "Momentum"], ["adam", "Adam"]], s.optimizer),
    seg("schedule", [["constant", "Constant"], ["cosine", "Cosine"]], s.schedule),
    seg("init", [["uniform", "Uniform"], ["he", "He"], ["small", "Small"], ["large", "Large"], ["zeros", "Zeros"]], s.init),
    slider("decay", { min: 0, max: 5, step: 1, value: decay }, s.decay ? String(s.decay) : "none", (v) => (v ? Number((10 ** (v - 5)).toPrecision(1)) : 0)),
    slider("shift", { min: 0, max: 4, step: 1, value: s.shift }, s.shift ? `±${s.shift} px` : "none", Number),
    seg("passes", [[1, "1"], [3, "3"], [5, "5"], [10, "10"]], s.passes),
  ];
  if (step) rows[4]?.setAttribute("title", "Other first weights begin the race anew");
  return rows;
}

/**
 * @param {string} name
 * @param {Record<string, number>} range
 * @param {string} shown
 * @param {(position: number) => number} valueAt
 */
function slider(name, range, shown, valueAt) {
  const input = h("input", { id: `s-${name}`, type: "range", ...range, "data-focus": name, "aria-valuetext": shown });
  const output = h("output", { class: "num", for: `s-${name}` }, shown);
  input.addEventListener("input", () => (output.textContent = String(valueAt(Number(input.value)) || "none")));
  input.addEventListener("change", () => change(name, valueAt(Number(input.value))));
  return h("div", { class: "setting" }, h("div", {}, h("label", { for: `s-${name}` }, LABELS[name] ?? name), output), input);
}

/**
 * @template {string | number} T
 * @param {string} name
 * @param {readonly (readonly [T, string])[]} options
 * @param {T} now
 */
function seg(name, options, now) {
  const label = LABELS[name] ?? name;
  // A recipe may have a number between those that are offered.
  const known = options.some(([value]) => value === now);
  const all = known ? options : [...options, /** @type {const} */ ([now, String(now)])].toSorted(([a], [b]) => Number(a) - Number(b));
  return h("div", { class: "setting" }, h("div", {}, label), choices(label, all, now, (value) => change(name, value)));
}

/** @param {Race} now */
function changesOf({ changes, step }) {
  if (!changes.length) {
    const words = step ? "Nothing yet. A change gets a flag on the curves and its effect here." : "A change while it runs gets a flag on the curves.";
    return [h("li", { class: "note plain" }, words)];
  }
  const net = netShown();
  return changes.slice(-4).map((each) => {
    const number = changes.indexOf(each);
    const [before, after] = effectOf(net ? rowsOf(net.id).losses : [], each.step);
    const effect = Number.isFinite(after) && step > each.step + 2 ? fixed(after, 2) : "…";
    return h(
      "li",
      {},
      h("span", { class: "flag" }, String(number + 1)),
      h("span", { class: "what" }, `${(LABELS[each.name] ?? each.name).toLowerCase()} ${each.before || "none"} → ${each.after || "none"}`),
      h("small", { class: "num" }, `step ${each.step}: loss ${fixed(before, 2)} → ${effect}`),
      button("undo", { class: "quiet", title: `Back to step ${each.step}, before this change` }, () => {
        void order("undo", { change: number }).then(() => seek(each.step));
      }),
    );
  });
}

customElements.define("race-setup", RaceSetup);
