import { cardOf } from "../../../static/js/features/models/card.js";
import { ImportForm } from "../../../static/js/features/models/import-form.js";
import { signal } from "../../../static/js/state/store.js";
import { assert, test } from "../harness.js";
import { MODEL } from "../small-model.js";

const ACCURACY = { top1: 0.812, top3: 0.944, n: 1000, split: "unseen", calibration_error: 0.0431 };

/** @param {typeof ACCURACY | {calibration_error: null} | null} accuracy @returns {Record<string, string>} Each row's text under its term. */
function rowsOf(accuracy) {
  const parts = cardOf({ ...MODEL, accuracy: accuracy && { ...ACCURACY, ...accuracy } }, () => {});
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

test("weights of others are neither untrained nor measured here", () => {
  const { card } = MODEL;
  const parts = cardOf({ ...MODEL, accuracy: null, card: { ...card, epochs: 0, size_bytes: 1000 } }, () => {});
  const told = parts.map((part) => part.textContent).join();
  assert.ok(told.includes("By its publisher") && told.includes("Not measured here.") && !told.includes("drawn from seed"));
});

test("a card says how often the network is sure of what it does not know, or that nobody knows", () => {
  const doubtIn = (/** @type {any[]} */ doubts) => cardOf({ ...MODEL, accuracy: null, classes: ["a", "b"], card: { ...MODEL.card, doubts } }, () => {}).map((part) => part.textContent).join();
  assert.ok(doubtIn([]).includes("Nobody has measured how often it is sure of what it does not know."));
  const told = doubtIn([{ rule: "entropy", doubted: 0.248, caught: 0.69, believed: 0.297, known: 1000, strange: 788 }]);
  assert.ok(told.includes("788 of other things: by entropy it doubts 24.8\u202f% of right answers, 69.0\u202f% of wrong ones, and is sure of 29.7\u202f% of the others."));
});

const IMPORTED = {
  ...{ verified: true, verification: "verified: largest difference 1.2e-06, in 53 layers", pending: false, notes: ["Folded."], program: "" },
  ...{ scaling: "signed", output_kind: /** @type {const} */ ("maps"), output: "y", outputs: [], free: {}, file_bytes: 1000 },
};

/** @param {Partial<typeof IMPORTED>} [given] */
function importedCard(given) {
  const part = document.createElement("div");
  let asked = 0;
  part.append(...cardOf({ ...MODEL, classes: [], imported: { ...IMPORTED, ...given } }, () => (asked += 1)));
  return { part, asked: () => asked };
}

test("the card of a network that was brought says what the comparison found", () => {
  const { part } = importedCard();
  assert.equal(part.querySelector(".import-badge.verified")?.textContent, IMPORTED.verification);
  const other = importedCard({ verified: false, verification: "not verified: layer 'a' disagrees" }).part;
  assert.equal(other.querySelector(".import-badge.unverified")?.textContent, "not verified: layer 'a' disagrees");
});

test("the card of a network that was brought says what it gives and how it wants pixels", () => {
  const { part, asked } = importedCard();
  const told = part.querySelector("dl")?.textContent ?? "";
  for (const each of ["maps, no classes", "\u22121 to 1", "Folded."]) assert.equal(told.includes(each), true, each);
  part.querySelector("button")?.click();
  assert.equal(asked(), 1);
});

test("the card of a network from the Training lab says on what it learnt, and how well it does", () => {
  const part = document.createElement("div");
  const card = { ...MODEL.card, data: "Shapes: 2,000 pictures", epochs: 1, seed: 4, command: "convscope race shapes --set seed=4", notes: "After 16 steps." };
  part.append(...cardOf({ ...MODEL, card, accuracy: ACCURACY, imported: IMPORTED }, () => {}));
  const told = part.querySelector("dl")?.textContent ?? "";
  for (const each of ["Shapes: 2,000 pictures", "1 epochs, seed 4", "convscope race shapes --set seed=4", "81.2", "After 16 steps."]) assert.equal(told.includes(each), true, each);
  assert.equal(told.includes("Folded."), false);
});

test("the program that a network was compared with is a fact of its own", () => {
  const model = /** @type {any} */ ({ ...MODEL, classes: [], imported: IMPORTED });
  const form = new ImportForm(/** @type {any} */ ({ image: signal(null) }), model);
  const fact = () => [...form.element.querySelectorAll("dt")].find((term) => term.textContent === "Compared with")?.nextElementSibling?.textContent;
  assert.equal(fact(), undefined);
  form.tell({ ...IMPORTED, program: "ONNX Runtime 1.32.0" });
  assert.equal(fact(), "ONNX Runtime 1.32.0");
});
