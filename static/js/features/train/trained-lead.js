import { grouped, percent } from "../../geometry/scale.js";
import { keptShown, run, runProblem, runRows, runTests, runTold, runView } from "../../state/training-run.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h } from "../../widgets/dom.js";
import { renew } from "./parts.js";

/** @import { TrainingRun } from "../../api/training-runs.js" */

const b = (/** @type {string | number} */ text) => h("b", {}, String(text));

/** How a run stands, in a sentence and a row of numbers. */
export class TrainedLead extends BaseElement {
  /** @override */
  connected() {
    this.watch(run, runTold, runView, runProblem);
  }

  /** @override */
  paint() {
    const trouble = this.piece("trouble");
    trouble.hidden = !runProblem.value;
    if (runProblem.value) renew(trouble, h("p", {}, b(`${runProblem.value.title}. `), runProblem.value.detail));
    const { value } = run;
    if (!value) return;
    renew(this.piece("lead"), ...sentence(value));
    renew(this.piece("numbers"), ...numbers(value));
  }
}

/** @param {TrainingRun} now @returns {(Node | string)[]} */
function sentence(now) {
  const test = runTests.at(-1);
  const measured = test ? [", ", b(percent(test.right / test.count, 1)), ` of ${grouped(test.count)} held-back images right`] : [];
  const where = ["Step ", b(grouped(now.step)), ` of ${grouped(now.total)}`];
  if (now.running) return [b("Running. "), ...where, ...measured, "."];
  if (now.step >= now.total) return [b("Finished. "), ...where, ...measured, "."];
  return [b("Stopped. "), ...where, ...measured, ". The same command with ", h("code", {}, "--resume"), " goes on from the last whole pass."];
}

/** @param {TrainingRun} now */
function numbers(now) {
  const { steps, losses, milliseconds } = runRows;
  const at = keptShown();
  const row = steps.findLastIndex((step) => step <= at);
  const test = runTests.findLast(({ step }) => step <= at);
  const spent = milliseconds.reduce((sum, each) => sum + each, 0) / 1000;
  const shown = /** @type {const} */ ([
    ["Parameters", grouped(now.parameters)],
    ["Images a second", spent ? grouped(Math.round((Number(now.recipe.batch) * steps.length) / spent)) : "–"],
    [`Loss at step ${at}`, row < 0 ? "–" : (losses[row] ?? NaN).toFixed(3)],
    ["Last test", test ? percent(test.right / test.count, 1) : "–"],
    ["Errors there", test ? grouped(test.count - test.right) : "–"],
  ]);
  return shown.map(([name, text]) => h("div", {}, h("dt", {}, name), h("dd", { class: "num" }, text)));
}

customElements.define("trained-lead", TrainedLead);
