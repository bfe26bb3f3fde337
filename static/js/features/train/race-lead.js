import { smallestOf } from "../../geometry/extremes.js";
import { grouped, percent } from "../../geometry/scale.js";
import { goOnFromHere, order, play, seek } from "../../state/race-orders.js";
import { inLine, isPast, netNamed, problem, race, see, stepShown, taskOf, testAt, told, view } from "../../state/race.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h } from "../../widgets/dom.js";
import { button, choices, renew, shortName } from "./parts.js";

/** @import { Race } from "../../api/training.js" */

const GUESSES = /** @type {const} */ ([["cnn", "CNN"], ["mlp", "MLP"], ["same", "No difference"]]);

/** @type {Record<string, string>} */
const NOUNS = { digits: "digits", shapes: "drawings" };

/** A lead of so many of 500 is no difference. */
const TIE = 10;

const b = (/** @type {string | number} */ text) => h("b", {}, String(text));

/** What is to be seen now, in one sentence: first a question, in the end its answer. */
export class RaceLead extends BaseElement {
  /** @override */
  connected() {
    this.watch(race, told, view, problem, inLine);
  }

  /** @override */
  paint() {
    const { value } = race;
    if (!value) {
      if (problem.value) renew(this.piece("trouble"), h("p", {}, b(`${problem.value.title}. `), problem.value.detail));
      this.piece("trouble").hidden = !problem.value;
      return;
    }
    const [words, next] = sentence(value);
    renew(this.piece("lead"), ...words);
    renew(this.piece("next"), ...next);
    const trouble = troubleOf(value);
    this.piece("trouble").hidden = !trouble.length;
    renew(this.piece("trouble"), ...trouble);
  }
}

/**
 * @param {Race} now
 * @returns {[words: (Node | string)[], next: Node[]]}
 */
function sentence(now) {
  const cnn = netNamed("cnn");
  const mlp = netNamed("mlp");
  if (!cnn || !mlp) return [["Choose the CNN and the MLP below to have them race on the same pictures."], []];
  if (now.queued) {
    return [["All cores are taken by other races: yours is number ", b(now.queued), " in the queue and starts by itself."], []];
  }
  if (!now.step) return question(now);
  const step = stepShown();
  const right = (/** @type {string} */ net) => shareRight(net, step);
  if (isPast()) {
    const words = ["You look at step ", b(step), `: the CNN had ${right("cnn")} right, the MLP ${right("mlp")}. The race waits at ${now.step}.`];
    return [words, [
      button("Go on from here", { class: "btn", title: "Drop what came after, go on from here" }, () => void goOnFromHere()),
      button(`To step ${now.step}`, { class: "btn" }, () => seek(now.step)),
    ]];
  }
  if (now.step >= now.total && !now.running) return answer(now);
  const end = now.running ? ". Click any weight while it runs." : ". Paused.";
  return [["Step ", b(now.step), ` of ${now.total}: the CNN names `, b(right("cnn")), ` of ${now.test} test images right, the MLP `, b(right("mlp")), end], []];
}

/** @param {string} net @param {number} step */
function shareRight(net, step) {
  const found = testAt(net, step);
  return found ? percent(found.right / found.count, 1) : "–";
}

/** @param {Race} now @returns {[(Node | string)[], Node[]]} */
function question(now) {
  const noun = NOUNS[taskOf(now)] ?? "pictures";
  const guess = GUESSES.find(([id]) => id === view.value.guess);
  const end = guess ? h("span", {}, `Your guess: ${guess[1]}. `, b("Now start the race.")) : b("Which will name more test images right?");
  const words = ["Two nets with ", b("as many parameters"), `, the same ${grouped(now.train)} ${noun}. `, end];
  return [words, [choices("Your guess", GUESSES, view.value.guess, (guess) => see({ guess }))]];
}

/** @param {Race} now @returns {[(Node | string)[], Node[]]} */
function answer(now) {
  const errors = (/** @type {string} */ net) => {
    const found = testAt(net, now.step);
    return found ? found.count - found.right : NaN;
  };
  const [cnn, mlp] = [errors("cnn"), errors("mlp")];
  const won = Math.abs(cnn - mlp) <= (TIE * now.test) / 500 ? "same" : cnn < mlp ? "cnn" : "mlp";
  const guess = GUESSES.find(([id]) => id === view.value.guess);
  const said = !guess ? "" : guess[0] === won ? "You were right. " : `You said ${guess[1]}. `;
  const shuffled = netNamed("cnn-shuffled") && netNamed("mlp-shuffled");
  const words = [`${said}CNN `, b(cnn), ` errors of ${now.test}, MLP `, b(mlp)];
  if (shuffled && cnn < mlp) words.push(". Pixels shuffled, the CNN has ", b(errors("cnn-shuffled")), ": its edge was ", b("knowing neighbours"), ".");
  else words.push(", with as many parameters.");
  const next = [button("Shift the test images", { class: `btn${view.value.left === "shift" ? "" : " primary"}` }, () => see({ left: "shift" }))];
  const other = view.value.net.endsWith("shuffled") ? "cnn" : "cnn-shuffled";
  next.push(
    shuffled
      ? button(other === "cnn" ? "Unshuffled again" : "See it shuffled", { class: "btn" }, () => see({ net: other, cell: null }))
      : button("Shuffle the pixels", { class: "btn" }, () => void order("enter", { nets: ["cnn", "mlp", "cnn-shuffled", "mlp-shuffled"] }).then(() => order("go"))),
  );
  return [words, next];
}

/** @param {Race} now @returns {Node[]} */
function troubleOf(now) {
  const failed = now.nets.filter((net) => net.failed);
  if (failed.length) {
    const step = smallestOf(failed.map((net) => net.failed ?? Infinity));
    const back = Math.max(0, step - 1);
    const tamer = Number((now.settings.rate / 10).toPrecision(2));
    const names = failed.map(shortName).join(", ").replace(/, ([^,]+)$/, " and $1");
    return [
      h("p", {}, b(`The loss of ${names} is not finite since step ${step}. `), `At a learning rate of ${now.settings.rate} the weights ran away.`),
      button(`Back to step ${back}`, { class: "btn" }, () => void order("back", { step: back }).then(() => see({ step: null }))),
      button(`Back, and on at ${tamer}`, { class: "btn primary" }, () => {
        void order("back", { step: back }).then(() => order("change", { name: "rate", value: tamer })).then(() => play());
      }),
    ];
  }
  if (now.problem) return [h("p", {}, b("The race has stopped. "), `${now.problem}.`), button("Go on", { class: "btn primary" }, () => void play())];
  if (inLine.value) return [h("p", { role: "status" }, inLine.value)];
  const said = problem.value;
  if (said) return [h("p", {}, b(`${said.title}. `), said.detail), button("Dismiss", { class: "btn" }, () => (problem.value = null))];
  return [];
}

customElements.define("race-lead", RaceLead);
