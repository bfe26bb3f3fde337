import { grouped, shapeText } from "../../geometry/scale.js";
import { SCALINGS } from "../../geometry/scalings.js";
import { view } from "../../state/view.js";
import { copyText } from "../../widgets/clipboard.js";
import { h } from "../../widgets/dom.js";
import { importBadge } from "./badge.js";

/** @import { ModelSummary } from "../../api/client.js" */

const SAID_FOR = 1500;

/** @param {number} share */
const percent = (share) => `${(100 * share).toFixed(1)}\u202f%`;

/** @param {ModelSummary} model */
function accuracyOf({ accuracy, card: { epochs, size_bytes: bytes }, classes }) {
  if (!accuracy) return !epochs && bytes ? "Not measured here." : "Nobody has measured these weights.";
  const found = `The right class first: ${percent(accuracy.top1)}, among the first three: ${percent(accuracy.top3)}, of ${grouped(accuracy.n)} images (${accuracy.split}).`;
  if (epochs) return found;
  return `Untrained: chance. ${found} Guessing among ${classes.length} classes gives ${percent(1 / classes.length)}.`;
}

/** @param {ModelSummary} model @returns {[string, string][]} Nothing where it was never measured. */
function calibrationOf({ accuracy }) {
  const error = accuracy?.calibration_error ?? null;
  if (error === null) return [];
  return [["Calibration", `How sure it says it is and how often it is right differ by ${percent(error)} (expected calibration error, 15 bins).`]];
}

/** How often it is sure of what it does not know, by every rule that was measured. @param {ModelSummary} model @returns {[string, string][]} Nothing of a network without classes. */
function doubtOf({ card: { doubts }, classes }) {
  if (!classes.length) return [];
  if (!doubts.length) return [["Doubt", "Nobody has measured how often it is sure of what it does not know."]];
  const told = doubts.map(({ rule, doubted, caught, believed }) => `by ${rule} it doubts ${percent(doubted)} of right answers, ${percent(caught)} of wrong ones, and is sure of ${percent(believed)} of the others`);
  const [{ known, strange } = { known: 0, strange: 0 }] = doubts;
  return [["Doubt", `Of ${grouped(known)} photos of its classes and ${grouped(strange)} of other things: ${told.join("; ")}.`]];
}

/** @param {ModelSummary} model */
function trainingOf({ card: { epochs, hours, seed, size_bytes: bytes } }) {
  if (!epochs && bytes) return "By its publisher: see the notes.";
  if (!epochs) return `None: the weights are drawn from seed ${seed}.`;
  const time = hours ? `, ${hours.toFixed(2)} hours` : "";
  return `${grouped(epochs)} epochs${time}, seed ${seed}.`;
}

/**
 * Everything a person needs to know before trusting the weights, and to make them again.
 *
 * @param {ModelSummary} model
 * @param {() => void} describe Change or remove one that was brought.
 * @returns {HTMLElement[]}
 */
export function cardOf(model, describe) {
  const { card, classes, input, imported } = model;
  if (imported) return importedCard(model, imported, describe);
  const sees = shapeText([input.channels, input.height, input.width]);
  /** @type {[string, string | HTMLElement][]} */
  const rows = [
    ["Architecture", card.architecture],
    ["Input", `${sees} values, ${classes.length} classes`],
    ["Data", card.data],
    ["Licence", card.licence],
    ["Made by", commandOf(card.command)],
    ["Training", trainingOf(model)],
    ["Accuracy", accuracyOf(model)],
    ...calibrationOf(model),
    ...doubtOf(model),
    ...(card.notes ? [/** @type {[string, string]} */ (["Notes", card.notes])] : []),
  ];
  return [
    h("h3", { id: "card-title" }, model.title),
    h("dl", {}, ...rows.flatMap(([term, told]) => [h("dt", {}, term), h("dd", {}, told)])),
  ];
}

/**
 * @param {ModelSummary} model
 * @param {NonNullable<ModelSummary["imported"]>} imported
 * @param {() => void} describe
 */
function importedCard(model, imported, describe) {
  const { title, card, classes, input } = model;
  const change = h("button", { type: "button", class: "btn" }, "Change or remove\u2026");
  change.addEventListener("click", describe);
  const scaling = SCALINGS.find(([name]) => name === imported.scaling);
  const each = imported.output_kind === "independent" ? ", a yes or no each" : "";
  const answer = classes.length ? `${grouped(classes.length)} classes${each}` : imported.output_kind === "maps" ? "maps, no classes" : "numbers, no classes";
  const rows = [
    ["Architecture", card.architecture],
    ["Input", `${shapeText([input.channels, input.height, input.width])} values`],
    ["Pixels", scaling ? `${scaling[1]}: ${scaling[2]}` : "As the file says"],
    ["Answer", answer],
    ...trainedHere(model),
    ["Accuracy", accuracyOf(model)],
    ...doubtOf(model),
    ...(model.accuracy ? [["Notes", card.notes]] : imported.notes.map((note) => ["Note", note])),
  ];
  return [
    h("h3", { id: "card-title" }, title),
    importBadge(imported),
    h("dl", {}, ...rows.flatMap(([term = "", told = ""]) => [h("dt", {}, term), h("dd", {}, told)])),
    h("p", { class: "card-change" }, change),
  ];
}

/** Of a network that was trained in the Training lab more is known than its file says. @param {ModelSummary} model */
function trainedHere(model) {
  const { card, accuracy } = model;
  if (!accuracy) return [];
  /** @type {[string, string | HTMLElement][]} */
  const rows = [["Data", card.data], ["Licence", card.licence], ["Made by", commandOf(card.command)], ["Training", trainingOf(model)]];
  return rows;
}

/** @param {string} command */
function commandOf(command) {
  const button = h("button", { type: "button", class: "btn" }, "Copy");
  button.setAttribute("aria-label", "Copy the command");
  button.addEventListener("click", () => {
    copyText(command).then(
      () => say(button, "Copied"),
      () => say(button, "Select it instead"),
    );
  });
  return h("span", { class: "model-command" }, h("code", {}, command), button);
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} text
 */
function say(button, text) {
  button.textContent = text;
  view.announcement.value = text;
  setTimeout(() => (button.textContent = "Copy"), SAID_FOR);
}
