import { oneOf, opinionWords } from "../../../static/js/widgets/opinion-words.js";
import { knows } from "../../../static/js/widgets/opinion.js";
import { follow } from "../../../static/js/state/second-opinion.js";
import { createSubject } from "../../../static/js/state/subject.js";
import { assert, test } from "../harness.js";
import { MODEL } from "../small-model.js";
import { until } from "../small-server.js";

const FIRST = { label: "ladybug", probability: 0.7 };
const TIGER = { model: "big", title: "Big", support: 0.0004, label: "tiger", probability: 0.946, same: null };

/** @param {Record<string, unknown>} opinion @param {boolean} unsure */
function told(opinion, unsure) {
  const all = { ...TIGER, ...opinion };
  const { lead, before, after } = opinionWords("Tiny VGG", FIRST, /** @type {any} */ ({ unsure }), all);
  return lead + before + all.title + after;
}

test("a stranger is told by its name, and that the network does not know it", () => {
  assert.equal(told({}, true), "Hardly a ladybug: Big sees a tiger, 94\u202f%, which Tiny VGG does not know.");
  assert.equal(told({ same: "orange", label: "orange" }, true), "Hardly a ladybug: Big sees an orange, 94\u202f%, which both know.");
  assert.equal(told({ same: "ladybug", label: "ladybug", probability: 0.007, support: 0.007 }, true), "Not sure: Big sees a ladybug, under 1\u202f%, and is no surer.");
});

test("two networks agree, or name two things", () => {
  assert.equal(told({ label: "ladybug", same: "ladybug", support: 0.99 }, false), "ladybug, 70\u202f%; Big agrees, 94\u202f%.");
  assert.equal(told({ label: "orange", same: "orange", support: 0.03 }, false), "Perhaps a ladybug: Big sees an orange, 94\u202f%, and a ladybug with 3\u202f%.");
  assert.equal(told({ support: 0.2 }, false), "Perhaps a ladybug: Big sees a tiger, 94\u202f%, and a ladybug with 20\u202f%.");
});

test("names get the article they have", () => {
  assert.deepEqual(["Egyptian_cat", "tiger", "sunglasses", "school bus", "moss"].map(oneOf), ["an Egyptian cat", "a tiger", "sunglasses", "a school bus", "a moss"]);
});

test("what a network knows is told, and without a second one how often its doubt errs", () => {
  const model = { ...MODEL, second: "big", classes: ["red_panda", "orange"] };
  assert.deepEqual(knows(model), ["Knows 2 things: red panda, orange."]);
  const doubts = [{ rule: /** @type {const} */ ("entropy"), doubted: 0.19, caught: 0.7, believed: 0.36, known: 500, strange: 400 }];
  assert.ok(knows({ ...model, second: null, card: { ...model.card, doubts } }).join().endsWith("of 400 other things it was sure of 36\u202f%."));
  assert.ok(knows({ ...model, second: null }).join().endsWith("it names one of them; how often it is sure of anything else was not measured."));
  const many = Array.from({ length: 1000 }, (_, at) => `c${at}`);
  assert.ok(/^Knows 1.000 things, from c0 to c999\.$/.test(knows({ ...model, classes: many }).join()));
});

/** @param {string} id */
const view = (id) => /** @type {any} */ ({ key: id, model: { ...MODEL, second: "big" }, image: { id }, crop: { left: 0, top: 0, width: 4, height: 4 } });

test("only the last photo is asked about, and an opinion never stands beside another photo", async () => {
  const real = globalThis.fetch;
  const end = new AbortController();
  const subject = createSubject();
  /** @type {{ url: string, answer: () => void, aborted: () => boolean }[]} */
  const asked = [];
  globalThis.fetch = (input, options) =>
    new Promise((resolve) => {
      const doubt = { rule: "second opinion", entropy: 0, margin: 0, unsure: true, opinion: TIGER };
      asked.push({ url: String(input), answer: () => resolve(Response.json(doubt)), aborted: () => options?.signal?.aborted === true });
    });
  try {
    follow(subject, end.signal);
    subject.shown.value = view("aa");
    subject.shown.value = view("bb");
    await until(() => asked.length > 0);
    assert.equal(asked.length, 1);
    assert.ok(asked[0]?.url.includes("/bb/doubt"), asked[0]?.url);
    subject.status.value = "loading";
    await new Promise((resolve) => setTimeout(resolve));
    assert.ok(asked[0]?.aborted());
    subject.shown.value = view("cc");
    asked[0]?.answer();
    subject.status.value = "ready";
    await until(() => asked.length > 1);
    assert.equal(subject.opinion.value, null);
    asked[1]?.answer();
    await until(() => subject.opinion.value?.key === "cc");
    // A photo that stays after another one failed is not asked about twice.
    subject.status.value = "error";
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(asked.length, 2);
  } finally {
    end.abort();
    globalThis.fetch = real;
  }
});
