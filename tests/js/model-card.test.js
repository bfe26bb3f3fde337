import { cardOf } from "../../static/js/elements/model-card.js";
import { assert, test } from "./harness.js";
import { MODEL } from "./small-model.js";

const ACCURACY = { top1: 0.812, top3: 0.944, n: 1000, split: "unseen", calibration_error: 0.0431 };

/** @param {typeof ACCURACY | {calibration_error: null} | null} accuracy @returns {Record<string, string>} Each row's text under its term. */
function rowsOf(accuracy) {
  const parts = cardOf({ ...MODEL, accuracy: accuracy && { ...ACCURACY, ...accuracy } });
  const terms = parts.flatMap((part) => [...part.querySelectorAll("dt")]);
  return Object.fromEntries(terms.map((term) => [term.textContent, term.nextElementSibling?.textContent ?? ""]));
}

test("a card tells the calibration error as a share", () => {
  const { Accuracy, Calibration } = rowsOf(ACCURACY);
  assert.equal(Calibration?.includes("differ by 4.3\u202f%"), true);
  assert.equal(Accuracy?.includes("81.2\u202f%"), true);
});

test("a calibration error of zero is a number like any other", () => {
  assert.equal(rowsOf({ ...ACCURACY, calibration_error: 0 }).Calibration?.includes("0.0\u202f%"), true);
});

test("where nobody measured it there is no such row", () => {
  assert.equal("Calibration" in rowsOf({ calibration_error: null }), false);
  assert.equal("Calibration" in rowsOf(null), false);
});
