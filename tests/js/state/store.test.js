import { computed, effect, signal } from "../../../static/js/state/store.js";
import { assert, test } from "../harness.js";

const turn = () => new Promise((resolve) => setTimeout(resolve));

test("a subscriber is called at once, then for every change, and not for the same value again", () => {
  const count = signal(1);
  /** @type {number[]} */
  const seen = [];
  count.subscribe((value) => seen.push(value));
  count.value = 2;
  count.value = 2;
  count.value = Number.NaN;
  count.value = Number.NaN;
  assert.deepEqual(seen, [1, 2, Number.NaN]);
});

test("a subscription ends with its signal or by its own function", () => {
  const count = signal(0);
  const ended = new AbortController();
  let calls = 0;
  count.subscribe(() => (calls += 1), { signal: ended.signal });
  const leave = count.subscribe(() => (calls += 10));
  ended.abort();
  leave();
  count.value = 1;
  assert.equal(calls, 11);
  count.subscribe(() => (calls += 100), { signal: ended.signal });
  assert.equal(calls, 11);
});

test("one function subscribed twice leaves once", () => {
  const count = signal(0);
  let calls = 0;
  const listener = () => void (calls += 1);
  count.subscribe(listener);
  count.subscribe(listener)();
  count.value = 1;
  assert.equal(calls, 3);
});

test("an effect answers several changes of one turn once", async () => {
  const width = signal(2);
  const height = signal(3);
  /** @type {number[]} */
  const areas = [];
  const ended = new AbortController();
  effect([width, height], () => areas.push(width.value * height.value), { signal: ended.signal });
  width.value = 4;
  height.value = 5;
  await turn();
  ended.abort();
  width.value = 6;
  await turn();
  assert.deepEqual(areas, [6, 20]);
});

test("an effect that ends before its turn does not run", async () => {
  const width = signal(1);
  const ended = new AbortController();
  let runs = 0;
  effect([width], () => (runs += 1), { signal: ended.signal });
  width.value = 2;
  ended.abort();
  await turn();
  assert.equal(runs, 1);
});

test("a computed value follows its inputs at once", () => {
  const width = signal(2);
  const double = computed([width], () => width.value * 2);
  width.value = 5;
  assert.equal(double.value, 10);
});
