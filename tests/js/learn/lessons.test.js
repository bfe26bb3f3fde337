import { AFTER, BEFORE, LESSONS } from "../../../static/lessons/course.js";
import { texts as de } from "../../../static/lessons/texts/de.js";
import { texts as en } from "../../../static/lessons/texts/en.js";
import { MEASURES, parseCall } from "../../../static/js/features/learn/measures/index.js";
import { assert, test } from "../harness.js";

/** @import { Ask } from "../../../static/lessons/types.js" */

const LANGUAGES = [en, de];
const STEPS = LESSONS.flatMap((lesson) => lesson.steps.map((step) => ({ key: `${lesson.id}.${step.id}`, step })));

/** @param {string} text @returns {string[]} */
const callsIn = (text) => [...text.matchAll(/\{([^}]+)\}/g)].map((found) => found[1] ?? "");

/** @param {Ask | null} ask @returns {string[]} */
function callsOf(ask) {
  if (ask?.kind === "number") return [ask.right];
  if (ask?.kind === "click") return ask.channel ? [ask.channel] : [];
  if (typeof ask?.right === "string") return [ask.right, ...ask.holds.map(({ measure }) => measure)];
  return ask?.holds.flatMap(({ measure, than }) => (typeof than === "string" ? [measure, than] : [measure])) ?? [];
}

/** @param {string} call */
function check(call) {
  const { name } = parseCall(call);
  assert.ok(Object.hasOwn(MEASURES, name), `${call}: no such measure`);
}

test("no two steps share a name, and every one has a text in every language, and no text is left over", () => {
  const keys = STEPS.map(({ key }) => key);
  assert.equal(new Set(keys).size, keys.length);
  for (const { name, steps } of LANGUAGES) assert.deepEqual(Object.keys(steps).sort(), [...keys].sort(), name);
});

test("every measure that a step or a text names is there", () => {
  for (const { step } of STEPS) [...step.measures, ...callsOf(step.ask)].forEach(check);
  for (const { steps } of LANGUAGES) {
    for (const { say = "", ask, got, means } of Object.values(steps)) [say, ask, means, ...got].flatMap(callsIn).forEach(check);
  }
});

test("every measured number is named, and every wrong answer has its own hint", () => {
  for (const { key, step } of STEPS) {
    for (const { name, steps } of LANGUAGES) {
      const text = steps[key];
      assert.equal(text?.got.length, step.measures.length, `${name} ${key}: names of what is measured`);
      const hints = /** @type {Record<string, string>} */ (text?.hints ?? {});
      if (step.ask?.kind !== "choice") {
        assert.ok(hints.any, `${name} ${key}: a hint`);
        continue;
      }
      const { right } = step.ask;
      const count = text?.options?.length ?? 0;
      // Where the photo decides which one is right, every one can be wrong.
      assert.ok(count >= 2 && (typeof right === "string" || right < count), `${name} ${key}: answers`);
      const wanted = Array.from({ length: count }, (_, at) => String(at)).filter((at) => at !== String(right));
      assert.deepEqual(Object.keys(hints).sort(), wanted, `${name} ${key}: hints`);
    }
  }
});

test("a choice is right by what is measured, never by itself", () => {
  for (const { key, step } of STEPS) if (step.ask?.kind === "choice") assert.ok(step.ask.holds.length || typeof step.ask.right === "string", key);
});

test("no number on a reveal is stored text: what a name says in digits is what its measure was told", () => {
  for (const { key, step } of STEPS) {
    for (const { name, steps } of LANGUAGES) {
      steps[key]?.got.forEach((label, at) => {
        const told = /** @type {string[]} */ ((step.measures[at] ?? "").match(/\d+/g) ?? []);
        for (const number of label.replace(/\{[^}]+\}/g, "").match(/\d+/g) ?? []) assert.ok(told.includes(number), `${name} ${key}: ${label}`);
      });
      const means = (steps[key]?.means ?? "").replace(/\{[^}]+\}|\w+_\w+|[135] × [135]/g, "");
      assert.ok(!/\d/.test(means), `${name} ${key}: ${means}`);
    }
  }
});

test("both languages have the same words, chapters and concepts, with the same places for numbers in them", () => {
  for (const part of /** @type {const} */ (["words", "chapters", "concepts", "basics", "leads"])) {
    assert.deepEqual(Object.keys(de[part]), Object.keys(en[part]), part);
  }
  for (const [key, text] of Object.entries(en.words)) assert.deepEqual(callsIn(de.words[key] ?? "").sort(), callsIn(text).sort(), key);
});

test("the practice has fifteen questions, five of them the lesson's own; the course has 26 steps or more", () => {
  const practice = LESSONS.find(({ id }) => id === "practice")?.steps ?? [];
  assert.equal(practice.length, 15);
  const own = practice.filter((step) => "lesson" in step && step.lesson);
  assert.equal(own.length, 5);
  assert.deepEqual(BEFORE.steps, own);
  assert.deepEqual(AFTER.steps, own);
  assert.ok(STEPS.length - practice.length - 3 >= 26);
});

test("every chapter and every set of questions has a title in every language", () => {
  const ids = [...LESSONS, BEFORE, AFTER].map(({ id }) => id);
  for (const { name, chapters } of LANGUAGES) assert.deepEqual(Object.keys(chapters).sort(), [...ids].sort(), name);
});
