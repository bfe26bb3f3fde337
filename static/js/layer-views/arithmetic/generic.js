/** A kind without a sheet of its own: its terms as the server tells them, and how they make the value. */

import { addUp, decimalsFor } from "../../geometry/rounding.js";
import { fixed, grouped, rounded } from "../../geometry/scale.js";
import { viewOf } from "../index.js";
import { chip, largestOf, plus, reach, word } from "./cells.js";

/** @import { Term } from "../../draw/products.js" */
/** @import { Arithmetic, Cell, Explained, Row, Share, Question } from "./types.js" */

/** Larger patches are told by how many values they have. */
const MOST_SHOWN = 64;

/** What the printed sum of the terms becomes, where their sum is what counts. @type {Record<string, (told: Explained) => string>} */
const AFTER_SUM = {
  sum: () => "",
  mean: ({ constants }) => `÷ ${grouped(constants.divisor ?? 1)}`,
  softmax: () => "the sum of the powers",
  log_softmax: () => "the logarithm of the own power ÷ Σ",
  local_response: ({ constants: { own = 0, bias = 0, alpha = 0, size = 1, beta = 0 } }) =>
    `${rounded(own)} ÷ (${rounded(bias)} + ${rounded(alpha / size)} × Σ)^${rounded(beta)}`,
};

const WORDS = /** @type {Record<string, string>} */ ({
  copy: "a copy",
  constant: "a constant, whatever the photo",
  max: "the largest",
  min: "the smallest",
  place: "where it is among its neighbours",
  product: "the product",
});

/** @type {Arithmetic} */
export const working = (question) => {
  const told = question.explained();
  if (!told) return null;
  const { own, node } = question;
  const summed = told.operation in AFTER_SUM;
  const terms = summed ? told.terms : [...told.terms].sort((a, b) => node.inputs.indexOf(a.node ?? "") - node.inputs.indexOf(b.node ?? ""));
  const adds = terms.map((term) => term.sum);
  const exact = adds.reduce((sum, each) => sum + each, told.rest.sum);
  const decimals = decimalsFor(Math.max(reach(own), largestOf(adds), Math.abs(exact)));
  const { lines, total } = summed ? sumLines(question, told, exact, decimals) : { lines: [otherLine(question, told)], total: 0 };
  return {
    layout: "origins",
    captions: ["input", "channel, y, x", "reads", summed ? "adds" : "value"],
    count: terms.length,
    ...(summed && { adds, rest: told.rest, total, decimals }),
    current: terms.length ? 0 : -1,
    rowOf: (pointed) => terms.findIndex((term) => term.node === pointed.node && term.channel === pointed.channel),
    row: (index, share) => termRow(question, /** @type {Term} */ (terms[index]), summed ? share : null),
    lines,
    notes: notesOf(told),
  };
};

/**
 * Σ, and the bias, and what is made of them; the printed parts of a sum make the printed value.
 *
 * @param {Question} question
 * @param {Explained} told
 * @param {number} exact
 * @param {number} decimals
 * @returns {{lines: Cell[][], total: number}}
 */
function sumLines({ own }, told, exact, decimals) {
  const { operation, bias, value } = told;
  const plain = operation === "sum";
  const { parts, holds } = addUp(bias === null ? [exact] : [exact, bias], plain ? value : exact + (bias ?? 0), decimals);
  const [sum, added] = parts;
  const between = AFTER_SUM[operation]?.(told) ?? "";
  const result = plain && bias === null ? [] : [word(plain && holds ? "=" : "→"), chip(value, own, plain ? fixed(value, decimals) : rounded(value))];
  const first = [word("Σ"), chip(exact, own, sum?.text ?? "", sum?.adjusted)];
  if (added) first.push(word("+ bias"), chip(bias ?? 0, own, added.text, added.adjusted));
  return {
    lines: between ? [first, [word(between), ...result]] : [[...first, ...result]],
    total: (sum?.units ?? 0) / 10 ** decimals,
  };
}

/**
 * @param {Question} question
 * @param {Explained} told
 * @returns {Cell[]}
 */
function otherLine({ own, node }, { operation, value }) {
  return [word(`${WORDS[operation] ?? viewOf(node.kind).title} →`), chip(value, own, rounded(value))];
}

/**
 * @param {Question} question
 * @param {Term} term
 * @param {Share | null} share
 * @returns {Row}
 */
function termRow({ node, inputs }, term, share) {
  const { node: source = "" } = term;
  const input = inputs[node.inputs.indexOf(source)];
  const place = `${term.channel}, ${term.y}, ${term.x}`;
  const [only = NaN] = term.patch;
  const single = term.patch.length === 1 && !Number.isNaN(only);
  const outcome = single ? only : term.sum;
  return {
    label: share ? `${source} at ${place} adds ${share.text}` : `${source} at ${place} is ${rounded(outcome)}`,
    cells: [
      word(source),
      word(place, "end"),
      single ? word(share ? rounded(only) : "", "end") : word(`${grouped(term.patch.length)} values`, "end"),
      share ? word(plus(share), "end adds", share.adjusted) : chip(outcome, input ?? Math.abs(outcome), rounded(outcome)),
    ],
    target: { node: source, channel: term.channel, y: term.y, x: term.x },
    descends: true,
    detail: () => (single || term.patch.length > MOST_SHOWN ? [] : grids(term)),
  };
}

/**
 * What is read, and beside it what each is multiplied with and makes.
 *
 * @param {Term} term
 * @returns {Cell[]}
 */
function grids({ patch, kernel, products, width }) {
  return [patch, kernel, products].filter((values) => values.length).map((values) => ({ kind: "grid", values, width, tone: largestOf([...values].filter((each) => !Number.isNaN(each))) || 1 }));
}

/** @param {Explained} told */
function notesOf({ constants }) {
  const numbers = Object.entries(constants).map(([name, value]) => `${name.replaceAll("_", " ")} ${rounded(value)}`);
  return numbers.length ? [[`With ${numbers.join(", ")}.`]] : [];
}
