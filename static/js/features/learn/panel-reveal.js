/** What stands on the reveal: the measured numbers, and what they mean. */

import { h } from "../../widgets/dom.js";
import { word } from "./language.js";

/** @import { Run } from "./run.js" */

/** @param {Run} run @returns {HTMLElement | null} */
export function revealPart(run) {
  const { trial, shown, trouble, projector, ask } = run.state.value;
  const { texts } = run;
  const own = ownOf(run);
  if (trouble) return failed(run, trouble);
  if (run.step?.ask && !trial.done) return null;
  if (run.frame.quiz) return ask && h("section", { class: "lesson-reveal", "aria-live": "polite" }, h("h3", {}, word(texts, "kept")), h("p", {}, word(texts, "kept_why")));
  if (!ask && shown && !shown.rows.length && !shown.means) return null;
  const part = h("section", { class: "lesson-reveal", "aria-live": "polite" });
  part.append(h("h3", {}, verdict(run)), h("p", { class: "note" }, word(texts, `measured_on_${own}`)));
  if (!shown) part.append(h("p", { class: "lesson-measuring" }, word(texts, "measuring")));
  else {
    const rows = shown.rows.map(({ label, text }) => h("div", {}, h("dt", {}, label), h("dd", {}, text)));
    part.append(h("dl", { class: "num" }, ...rows));
    if (!trial.contradicted) part.append(h("p", {}, shown.means));
  }
  if (trial.contradicted && !projector) part.append(h("p", { class: "note" }, word(texts, `no_score_${own}`)));
  return part;
}

/** What of the learner's is measured. @param {Run} run */
const ownOf = (run) => run.page.mine()?.what ?? "photo";

/** @param {Run} run */
function verdict(run) {
  const { trial, projector, ask } = run.state.value;
  const { texts } = run;
  if (trial.contradicted) return word(texts, `contradicted_${ownOf(run)}`);
  if (projector || !ask) return word(texts, "measured");
  if (!trial.right) return word(texts, "otherwise");
  return word(texts, trial.wrong.length ? "second_try" : "as_you_said");
}

/** @param {Run} run @param {string} cause */
function failed(run, cause) {
  const { texts } = run;
  const again = h("button", { class: "btn", type: "button", "data-key": "again" }, word(texts, "try_again"));
  again.addEventListener("click", () => run.retry());
  return h("section", { class: "lesson-trouble", role: "alert" }, h("p", {}, word(texts, "not_measured", { cause })), again);
}
