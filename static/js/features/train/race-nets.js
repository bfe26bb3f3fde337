import { fixed, grouped, percent } from "../../geometry/scale.js";
import { order } from "../../state/race-orders.js";
import { NETS, netNamed, netShown, race, rowsOf, see, stepShown, testAt, told, view } from "../../state/race.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, s } from "../../widgets/dom.js";
import { button, renew } from "./parts.js";

/** @import { Race, RaceNet } from "../../api/training.js" */

/** @type {Record<string, string>} */
const TITLES = { cnn: "CNN", mlp: "MLP", "cnn-shuffled": "CNN, pixels shuffled", "mlp-shuffled": "MLP, pixels shuffled" };

/** Who races, and how it stands: one row a net. */
export class RaceNets extends BaseElement {
  /** @override */
  connected() {
    this.watch(race, told, view);
  }

  /** @override */
  paint() {
    const { value } = race;
    if (!value) return;
    const heads = ["", "Net", "Parameters", "Images a second", "Loss", `Right, % of ${value.test}`, "Errors"];
    this.piece("head").replaceChildren(...heads.map((text) => (text ? h("th", { scope: "col" }, text) : h("td", {}))));
    renew(this.piece("body"), ...NETS.map((net) => row(net, value)));
  }
}

/**
 * @param {string} id
 * @param {Race} now
 */
function row(id, now) {
  const net = netNamed(id);
  const chosen = Boolean(net) && netShown()?.id === id;
  const tr = h("tr", { class: chosen ? "chosen" : "", "data-net": id });
  tr.style.setProperty("--hue", `var(--${id.startsWith("cnn") ? "cnn" : "mlp"})`);
  const box = h("input", { type: "checkbox", "aria-label": `${TITLES[id]} in the race`, "data-focus": `in ${id}` });
  box.checked = Boolean(net);
  box.disabled = Boolean(net) && now.nets.length === 1;
  box.addEventListener("change", () => toggle(id, now));
  const name = button(TITLES[id] ?? id, { class: "runner-name", "aria-pressed": String(chosen), disabled: !net, "data-focus": id, title: net ? "Show what this net has learnt" : "" }, () => see({ net: id, cell: null }));
  name.prepend(signOfLine(id));
  tr.append(h("td", {}, box), h("td", {}, name), ...(net ? numbers(net, now) : absent()));
  tr.addEventListener("click", (event) => {
    if (net && event.target instanceof Element && !event.target.closest("input, button")) see({ net: id, cell: null });
  });
  return tr;
}

const absent = () => Array.from({ length: 5 }, (_, at) => h("td", { class: "off" }, at ? "" : "not in the race"));

/**
 * @param {RaceNet} net
 * @param {Race} now
 */
function numbers(net, now) {
  const step = Math.min(stepShown(), net.step);
  const { losses, seconds } = rowsOf(net.id);
  const test = testAt(net.id, step);
  const speed = (now.settings.batch * step) / (seconds[step - 1] ?? NaN);
  const bar = h("i", {});
  bar.style.width = step && test ? `${(100 * test.right) / test.count}%` : "0";
  return [
    h("td", {}, grouped(net.parameters)),
    h("td", {}, step && Number.isFinite(speed) ? grouped(Math.round(speed / 10) * 10) : "–"),
    h("td", {}, step ? fixed(losses[step - 1] ?? NaN, 3) : "–"),
    h("td", {}, h("span", { class: "bar" }, bar), h("b", { class: "big" }, step && test ? percent(test.right / test.count, 1).replace(/[^\d.<>]/g, "") : "–")),
    h("td", {}, step && test ? String(test.count - test.right) : "–"),
  ];
}

/**
 * @param {string} id
 * @param {Race} now
 */
function toggle(id, now) {
  const nets = now.nets.map((net) => net.id);
  const wanted = nets.includes(id) ? nets.filter((net) => net !== id) : [...nets, id];
  const late = !nets.includes(id) && now.step > 0;
  // One that comes late catches up with the same batches.
  void order("enter", { nets: wanted }).then(() => late && !race.value?.running && order("go"));
}

/** @param {string} id */
function signOfLine(id) {
  const path = s("path", { d: "M0 5h28", class: id.startsWith("cnn") ? "cnn" : "mlp", fill: "none", "stroke-width": 2.5, "stroke-dasharray": id.includes("shuffled") ? "5 3" : null });
  return s("svg", { width: 28, height: 10, "aria-hidden": "true" }, path);
}

customElements.define("race-nets", RaceNets);
